"""What Connect asks our function, and what our function answers.

Connect asks with `Details.Parameters {event, key, again, state}` and with the contact. The answer is one flat object of
strings, at most 32 KB (Amazon Connect Administrator Guide, "Invoke AWS Lambda functions"):

    play    what kind of prompt, and whether a key cuts it: `text`, `ssml`, `file`, each also with `_cut`; or `nothing`
    what    the text, the SSML, or the address of the file
    voice   the voice of a text or of SSML, and `engine` its engine
    prompt  the name of the prompt: `pre`, `main`, `post`, `done`, or empty; the flow does not need it
    then    `go_on`, `listen`, `glance` or `hang_up`
    state   the state of the dialogue, for the next question
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.calls.domain.call_question import CallQuestion
from tocsin.delivery.domain.message_id import MessageId
from tocsin.voice.domain.dialogue import Event, IvrStep, Signal
from tocsin.voice.domain.dialogue_state import DialogueState, decode, encode
from tocsin.voice.domain.script import AudioFile, Prompt, SpokenSsml, SpokenText, is_key

EVENT, KEY, AGAIN, STATE = "event", "key", "again", "state"
"""Names of the parameters of a question."""

MESSAGE = "message"
"""The attribute of a contact that holds our message id."""

WORDS = {"*": "star", "#": "hash"}
"""Names of keys that are no digits: an identifier of a flow may not hold every character."""

PLAYS = {
    f"{kind}{'_cut' if barge_in else ''}": (kind, barge_in)
    for kind in ("text", "ssml", "file")
    for barge_in in (False, True)
}
"""For each word of `play`, but `nothing`: the kind of the prompt, and whether a key cuts it."""


def question(asked: Mapping[str, Any]) -> CallQuestion:
    """Return what the flow asks with one invocation.

    Raises:
        ValueError: it is no invocation of our flow.
    """
    try:
        details = asked["Details"]
        parameters, contact = details["Parameters"], details["ContactData"]
        return CallQuestion(
            event=_event(parameters),
            state=decode(parameters.get(STATE) or ""),
            call_id=contact["ContactId"],
            message=MessageId.parse(named) if (named := (contact.get("Attributes") or {}).get(MESSAGE)) else None,
            inbound=contact.get("InitiationMethod") == "INBOUND",
            receiver=(contact.get("CustomerEndpoint") or {}).get("Address"),
            line=(contact.get("SystemEndpoint") or {}).get("Address"),
            again=AGAIN in parameters,
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not an invocation of our flow") from error


def _event(parameters: Mapping[str, Any]) -> Event:
    if parameters[EVENT] != "key":
        return Signal(parameters[EVENT])
    if not is_key(key := parameters[KEY]):
        raise ValueError("not a key")
    return str(key)


def answer(state: DialogueState, step: IvrStep, prompt: Prompt | None, files: str) -> dict[str, str]:
    """Return our answer.

    Args:
        prompt: the content of `step.prompt`; None if the step has no prompt.
        files: the address of the folder of recordings, e.g. `s3://bucket/`.
    """
    cut = "_cut" if step.barge_in else ""
    match prompt:
        case None:
            said = {"play": "nothing"}
        case SpokenText(text=text, voice=voice):
            said = {"play": f"text{cut}", "what": _no_reference(text), "voice": voice.name, "engine": voice.engine}
        case SpokenSsml(ssml=ssml, voice=voice):
            said = {"play": f"ssml{cut}", "what": ssml, "voice": voice.name, "engine": voice.engine}
        case AudioFile(key=key):
            said = {"play": f"file{cut}", "what": f"{files}{key}"}
    return said | {"prompt": str(step.prompt or ""), "then": str(step.then), STATE: encode(state)}


def _no_reference(text: str) -> str:
    """Return the text with a blank in front if Connect would read it as a reference to an attribute."""
    return f" {text}" if text.startswith("$.") else text
