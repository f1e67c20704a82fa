"""The elements of an alert that say the same as the form."""

from __future__ import annotations

import re
from typing import Any

from console.composing.fields import CallFields, Composed, Dialogue, Step, entries
from console.visit import whole

_CLEAR = "All clear. Enough people have answered; nothing more is needed from you."


def elements_of(form: Composed) -> list[dict[str, Any]]:
    """Return the elements of the alert itself, one for each way it goes out; none for a way without receivers."""
    typed = entries(form.receivers)
    mails = [entry for entry in typed if "@" in entry]
    numbers = [entry for entry in typed if "@" not in entry]
    found = []
    if "text" in form.channels:
        found.append(_text(form, "text", form.text) | _to(form, numbers))
    if "mail" in form.channels:
        found.append(_mail(form, "mail", form.mail) | _to(form, mails))
    if "call" in form.channels:
        found.append(_call(form.call, "call") | _to(form, numbers))
    return [element for element in found if "recipients" in element or "contactSets" in element]


def step_element(form: Composed, step: Step) -> dict[str, Any]:
    """Return the element of a step: its text is that of the alert, and its receivers are typed or of the group."""
    typed = entries(step.to)
    named = [entry for entry in typed if not _is_address(entry)]
    to: dict[str, Any] = {}
    if recipients := [entry for entry in typed if _is_address(entry)]:
        to["recipients"] = recipients
    if "everybody" in (entry.casefold() for entry in named):
        to["contactSets"] = ["all"]
    elif named:
        to["contacts"] = named
    if step.by == "mail":
        return _mail(form, "step", form.mail or form.words) | to
    if step.by == "call":
        return _call(form.call, "step", form.words) | to
    return _text(form, "step", form.words) | to


def all_clear(form: Composed) -> list[dict[str, Any]]:
    """Return the elements that tell everybody that it is over, on the channels on which they were told of it."""
    words = form.clear_text or _CLEAR
    found = []
    if form.uses("text"):
        found.append({"alertType": "sms", "tag": "all-clear", "sender": form.sender, "content": words})
    if form.uses("mail"):
        found.append({"alertType": "email", "tag": "all-clear", "content": words, **plain_utf8(words)})
    if form.uses("call"):
        call = {"alertType": "call", "tag": "all-clear", "sender": form.call.caller}
        found.append(call | _read_out(form.call, words))
    return found


def plain_utf8(text: str) -> dict[str, Any]:
    """Return the type that a mail needs to say, none for plain ASCII."""
    return {} if text.isascii() else {"emailBodyContentType": "text/plain; charset=utf-8"}


def voice_extras(language: str, gender: str) -> dict[str, Any]:
    """Return how a text is read out, as elements and stores say it."""
    return {"voiceFormat": "tts", "tts": {"language": language, "gender": gender}}


def _text(form: Composed, tag: str, words: str) -> dict[str, Any]:
    return {"alertType": "sms", "tag": tag, "sender": form.sender, "content": words} | _lookups(words)


def _mail(form: Composed, tag: str, words: str) -> dict[str, Any]:
    element = {"alertType": "email", "tag": tag, "content": words, **plain_utf8(words)}
    if form.subject:
        element["subject"] = form.subject
    return element | _lookups(f"{words}{form.subject}")


def _call(call: CallFields, tag: str, otherwise: str = "") -> dict[str, Any]:
    """Return a call. `otherwise`: what is read out if the form has nothing for calls."""
    element: dict[str, Any] = {"alertType": "call", "tag": tag, "sender": call.caller, "ivrControl": _control(call)}
    words = call.say or otherwise
    element |= {"storedContent": call.recording} if call.recording else _read_out(call, words)
    spoken = "" if call.recording else words
    if call.dialogue == Dialogue.CHOICE:
        prompts = {"pre": call.pre, "post": call.post, "done": call.done}
        element["additionalContent"] = [
            {"contentTag": name, "contentEncoding": "utf8", **_read_out(call, text)} for name, text in prompts.items()
        ]
        spoken += "".join(prompts.values())
    return element | _lookups(spoken)


def _control(call: CallFields) -> dict[str, Any]:
    attempts = {"ivrAttempts": whole(call.attempts) or 0}
    if call.dialogue == Dialogue.CHOICE:
        keys = {"ivrSayAgainDigits": call.again, "ivrAmOkDigits": call.ok, "ivrAmNotOkDigits": call.not_ok}
        return {"ivrType": "replay", **attempts, **keys}
    return {"ivrType": "simple", **attempts, "ivrRequireResponse": call.dialogue == Dialogue.KEY}


def _read_out(call: CallFields, words: str) -> dict[str, Any]:
    return {"content": words, **voice_extras(call.language, call.gender)}


def _to(form: Composed, recipients: list[str]) -> dict[str, Any]:
    to: dict[str, Any] = {}
    if recipients:
        to["recipients"] = recipients
    if form.group:
        to["contactSets"] = [form.contact_set]
    return to


def _is_address(entry: str) -> bool:
    return "@" in entry or bool(re.fullmatch(r"\+?[\d ()./-]{6,}", entry))


def _lookups(text: str) -> dict[str, Any]:
    if "{" not in text:
        return {}
    lookups: dict[str, Any] = {"performLookups": True, "uniqueLookups": True}
    if "{shortlink}" in text:
        lookups["shortlink"] = {}
    return {"lookups": lookups}
