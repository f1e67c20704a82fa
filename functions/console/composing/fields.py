"""The fields of the form in which a person writes an alert, as they were typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from console.visit import Form
from tocsin.voice.domain.voices import DEFAULT_LANGUAGE, Gender

STEPS = 5
"""Steps that the form has room for."""

_BETWEEN = re.compile(r"[\n,;]")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the escalation, as it was typed."""

    after: str = ""
    by: str = "text"
    to: str = ""


class Dialogue(StrEnum):
    """What a call waits for; the values are those of the field `dialogue`."""

    KEY = "key"  # any key
    NOTHING = "nothing"  # it is enough that the call is answered, also by voicemail
    CHOICE = "choice"  # a key that says "again", "yes" or "no"


@dataclass(frozen=True, slots=True)
class CallFields:
    """What the form says of calls.

    Attributes:
        caller: the number that calls.
        say: the text that is read out.
        recording: id of the stored call that is said instead; "" = `say` is.
        dialogue: one of `Dialogue`.
        pre, post, done: what is said before the message, after it, and after a key, if there is a choice.
        again, ok, not_ok: keys that say "again", "yes" and "no", if there is a choice.
    """

    caller: str = ""
    say: str = ""
    recording: str = ""
    language: str = DEFAULT_LANGUAGE
    gender: str = Gender.FEMALE
    attempts: str = "3"
    dialogue: str = Dialogue.KEY
    pre: str = "This is an alert."
    post: str = "To hear it again, press 1. If you can come, press 2. If you cannot, press star."
    done: str = "Thank you. Goodbye."
    again: str = "1"
    ok: str = "2"
    not_ok: str = "*"


@dataclass(frozen=True, slots=True)
class Composed:
    """The form as it was typed, to be shown again. Nothing in it has been judged."""

    title: str = ""
    group: str = ""
    contact_set: str = "all"
    receivers: str = ""
    channels: tuple[str, ...] = ("text",)
    sender: str = ""
    text: str = ""
    subject: str = ""
    mail: str = ""
    call: CallFields = CallFields()
    need: str = ""
    steps: tuple[Step, ...] = ()
    all_clear: bool = False
    clear_text: str = ""
    urgent: bool = False
    when: str = "now"
    at: str = ""
    repeat: str = ""
    until: str = ""
    once: str = ""
    company: str = ""
    fields: tuple[tuple[str, str], ...] = field(default=())
    """Every field as it was sent, for the page on which the sending is confirmed."""

    def uses(self, how: str) -> bool:
        """Whether the alert, or one of its steps, goes out this way: `text`, `mail` or `call`."""
        return how in self.channels or any(step.by == how for step in self.steps)

    @property
    def words(self) -> str:
        """What the alert says, for a step of another kind than the alert itself."""
        return self.text or self.mail or self.call.say


def composed(form: Form) -> Composed:
    """Return what was typed."""
    steps = tuple(
        Step(form.get(f"after-{n}"), form.get(f"by-{n}", "text"), form.get(f"to-{n}")) for n in range(1, STEPS + 1)
    )
    return Composed(
        title=form.get("title"),
        group=form.get("group"),
        contact_set=form.get("set") or "all",
        receivers=form.text("receivers"),
        channels=tuple(form.all("channel")),
        sender=form.get("sender"),
        text=form.text("text"),
        subject=form.get("subject"),
        mail=form.text("mail"),
        call=_call(form),
        need=form.get("need"),
        steps=tuple(step for step in steps if step.after or step.to),
        all_clear=form.ticked("all_clear"),
        clear_text=form.text("clear_text"),
        urgent=form.ticked("urgent"),
        when=form.get("when", "now"),
        at=form.get("at"),
        repeat=form.get("repeat"),
        until=form.get("until"),
        once=form.get("once"),
        company=form.get("company"),
        fields=tuple((name, v) for name, values in form.values.items() for v in values if name not in _NOT_KEPT),
    )


_NOT_KEPT = ("csrf", "part", "typed")


def _call(form: Form) -> CallFields:
    """Return what was typed of calls. A form of an earlier version, as drafts hold them, has none of these fields."""
    unset = CallFields()
    return CallFields(
        caller=form.get("caller"),
        say=form.text("say"),
        recording=form.get("recording"),
        language=form.get("language", unset.language),
        gender=form.get("gender", unset.gender),
        attempts=form.get("attempts", unset.attempts),
        dialogue=form.get("dialogue", unset.dialogue),
        pre=form.get("pre", unset.pre),
        post=form.get("post", unset.post),
        done=form.get("done", unset.done),
        again=form.get("again", unset.again),
        ok=form.get("ok", unset.ok),
        not_ok=form.get("not_ok", unset.not_ok),
    )


def entries(text: str) -> list[str]:
    """Return numbers and addresses that were typed with commas, semicolons or line breaks between them."""
    return [entry.strip() for entry in _BETWEEN.split(text) if entry.strip()]
