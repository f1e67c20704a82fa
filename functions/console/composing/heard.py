"""What the first person who is called would hear, so that it can be listened to before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from console.composing.fields import Composed, Dialogue
from tocsin.planning.domain.plan import Plan


@dataclass(frozen=True, slots=True)
class Heard:
    """One call.

    Attributes:
        prompts: in their order; None stands for the recording.
        language: a BCP 47 tag.
        recording: id of the stored call that is played; "" = none.
    """

    prompts: tuple[str | None, ...]
    language: str
    recording: str


def heard_by_the_first(form: Composed, plan: Plan) -> Heard | None:
    """Return what the first person who is called would hear, with their own words in it; None if no one is called."""
    planned = (message for alert in plan.alerts for message in alert.messages)
    first = next((message for message in planned if message.seconds is not None), None)
    if first is None:
        return None
    sample = first.sample() if first.sample is not None else None
    words = sample.text if sample is not None and sample.text is not None else form.call.say
    call = form.call
    main = None if call.recording else words
    prompts = (call.pre, main, call.post, call.done) if call.dialogue == Dialogue.CHOICE else (main,)
    return Heard(prompts, call.language, call.recording)
