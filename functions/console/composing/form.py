"""From the fields of the form to the body of `/sendalert`: one schema judges alerts of the console and of the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from console.composing.elements import all_clear, elements_of, step_element
from console.composing.fields import CallFields, Composed, Dialogue, entries
from console.visit import whole
from console.words import sentence
from tocsin.alerts.domain.request import SendRequest
from tocsin.entrypoint.alert_body.alert import AlertFields, storable
from tocsin.entrypoint.alert_body.words import ClientRef, Version
from tocsin.entrypoint.http.wire import read
from tocsin.kernel.domain.errors import Fault, InvalidRequest

CHANNELS = ("text", "mail", "call")
"""Ways in which an alert goes out; the values of the field `channel`."""


class ComposedBody(AlertFields):
    """The body that a form becomes."""

    version: Annotated[Version, Field(description="of the API")]
    client_ref: Annotated[ClientRef, Field(description="names the form")]
    mode: Literal["send", "plan"] = "send"


def request_of(form: Composed) -> SendRequest:
    """Return the alert as the use case takes it.

    Raises:
        InvalidRequest: the pointers are names of the form's fields.
    """
    faults = list(_form_faults(form))
    if faults:
        raise InvalidRequest(faults)
    body = body_of(form)
    try:
        parsed = read(ComposedBody, body)
    except InvalidRequest as error:
        raise InvalidRequest(on_the_form(error.faults, form)) from None
    return replace(parsed.request(parsed.client_ref), text=storable(body))


def body_of(form: Composed) -> dict[str, Any]:
    """Return the body of `/sendalert` that says the same as the form. Its times are those of the account's zone."""
    body: dict[str, Any] = {
        "version": "latest",
        "clientRef": f"console-{form.once or 'form'}",
        "alert": elements_of(form),
    }
    if form.title:
        body["title"] = form.title
    if form.group:
        body["contactGroup"] = {"storedContactGroup": form.group}
    if form.steps:
        body["escalation"] = _escalation(form)
    options: dict[str, Any] = {}
    if form.urgent:
        options["urgent"] = True
    if form.when == "at":
        options["schedule"] = _schedule(form)
    if options:
        body["options"] = options
    return body


def _schedule(form: Composed) -> dict[str, Any]:
    found: dict[str, Any] = {"start": _with_seconds(form.at), "delay": "0m"}
    if form.repeat:
        found |= {"repeat": form.repeat, "end": _with_seconds(form.until)}
    return found


def _with_seconds(at: str) -> str:
    """Return a time as the API writes it. Browsers leave the seconds out if they are zero."""
    return f"{at}:00" if len(at) == len("2030-01-31T08:00") else at


def _escalation(form: Composed) -> dict[str, Any]:
    found: dict[str, Any] = {
        "steps": [{"after": f"{step.after}m", "alert": [step_element(form, step)]} for step in form.steps],
        "stopWhen": {"count": int(form.need)},
    }
    if form.all_clear:
        found["onStopped"] = {"alert": all_clear(form)}
    return found


def _form_faults(form: Composed) -> list[Fault]:
    """Return what the form itself asks for, in the order of its fields."""
    faults = []
    if not form.group and not entries(form.receivers):
        faults.append(Fault("receivers", "REQUIRED", "Choose a contact group, or type numbers or addresses."))
    if not set(form.channels) & set(CHANNELS):
        faults.append(Fault("channel", "REQUIRED", "Choose how it goes out: by text, by mail, by call, or several."))
    elif not form.group and not elements_of(form) and entries(form.receivers):
        faults.append(Fault("channel", "NOTHING_ACCEPTED", "No person typed above can get it this way."))
    if "text" in form.channels and not form.text.strip():
        faults.append(Fault("text", "REQUIRED", "Write the text message."))
    if "mail" in form.channels and not form.mail.strip():
        faults.append(Fault("mail", "REQUIRED", "Write the mail."))
    if form.uses("call"):
        faults += _call_faults(form.call, form.words)
    if form.steps and whole(form.need) is None:
        faults.append(Fault("need", "REQUIRED", "Say how many people must answer."))
    for number, step in enumerate(form.steps, 1):
        if not whole(step.after):
            faults.append(Fault(f"after-{number}", "OUT_OF_RANGE", f"Step {number}: after how many minutes?"))
        if not entries(step.to):
            faults.append(Fault(f"to-{number}", "REQUIRED", f"Step {number}: who is told then?"))
    if form.when == "at" and not form.at:
        faults.append(Fault("at", "REQUIRED", "Say when it goes out."))
    if form.when == "at" and form.repeat and not form.until:
        faults.append(Fault("until", "REQUIRED", "Say until when it is repeated."))
    return faults


def _call_faults(call: CallFields, otherwise: str) -> Iterable[Fault]:
    """Yield what the form asks for calls. `otherwise`: what is read out if nothing was typed for calls."""
    if not call.recording and not (call.say or otherwise).strip():
        yield Fault("say", "REQUIRED", "Write what the call says, or choose a recording.")
    if not call.caller:
        yield Fault("caller", "REQUIRED", "Say which number calls: it is one of this account.")
    if call.dialogue == Dialogue.CHOICE:
        for name, words in (("pre", call.pre), ("post", call.post), ("done", call.done)):
            if not words.strip():
                yield Fault(name, "REQUIRED", "Write what is said there.")
        for name, keys, others in (("not_ok", call.not_ok, call.ok), ("again", call.again, call.ok + call.not_ok)):
            if set(keys) & set(others):
                yield Fault(name, "CONFLICT", "A key has one meaning, and one of these has another already.")


def on_the_form(faults: Sequence[Fault], form: Composed) -> list[Fault]:
    """Return faults of the body as faults of the fields that they come from; those of fields stay as they are."""
    body = body_of(form) if any(fault.pointer.startswith("/") for fault in faults) else {}
    return [_on_the_form(fault, body) if fault.pointer.startswith("/") else fault for fault in faults]


def _on_the_form(fault: Fault, body: dict[str, Any]) -> Fault:
    """Return a fault of the body as a fault of the field that it comes from."""
    parts = fault.pointer.strip("/").split("/")
    place = ""
    match parts:
        case ["alert", index, *rest] if index.isdecimal() and int(index) < len(body["alert"]):
            place = _field_of(body["alert"][int(index)], rest)
        case ["escalation", "steps", index, "after", *_]:
            place = f"after-{int(index) + 1}"
        case ["escalation", "steps", index, "alert", "0", *rest] if index.isdecimal() and _of_a_call(body, index, rest):
            place = _call_field(rest)
        case ["escalation", "steps", index, *_] if index.isdecimal():
            place = f"to-{int(index) + 1}"
        case ["escalation", "stopWhen", *_]:
            place = "need"
        case ["options", "schedule", "end" | "repeat" as name, *_]:
            place = {"end": "until", "repeat": "repeat"}[name]
        case ["options", "schedule", *_]:
            place = "at"
        case ["contactGroup", *_]:
            place = "group"
        case ["title"]:
            place = "title"
    return Fault(place, fault.code, sentence(fault.message))


def _field_of(element: dict[str, Any], rest: Sequence[str]) -> str:
    """Return the field that a part of an element of the alert itself comes from."""
    if element["alertType"] == "call":
        return _call_field(rest) or "receivers"
    named: dict[str, str] = {"content": element["tag"], "subject": "subject", "sender": "sender"}
    return named.get(rest[0] if rest else "", "receivers")


def _of_a_call(body: dict[str, Any], step: str, rest: Sequence[str]) -> bool:
    """Whether a part of a step is one of what its call says."""
    steps = body["escalation"]["steps"]
    of_call = int(step) < len(steps) and steps[int(step)]["alert"][0]["alertType"] == "call"
    return of_call and bool(_call_field(rest))


def _call_field(rest: Sequence[str]) -> str:
    """Return the field that a part of a call comes from; "" for its receivers."""
    match rest:
        case ["additionalContent", index, *_] if index.isdecimal() and int(index) < len(_PROMPTS):
            return _PROMPTS[int(index)]
        case ["ivrControl", name, *_]:
            return _KEYS.get(name, "dialogue")
        case [name, *_]:
            return _CALL_FIELDS.get(name, "")
        case _:
            return ""


_PROMPTS = ("pre", "post", "done")
_KEYS = {
    "ivrAttempts": "attempts",
    "ivrSayAgainDigits": "again",
    "ivrAmOkDigits": "ok",
    "ivrAmNotOkDigits": "not_ok",
}
_CALL_FIELDS = {
    "content": "say",
    "lookups": "say",
    "storedContent": "recording",
    "sender": "caller",
    "tts": "language",
    "additionalContent": "post",
}
"""Fields of the form, by the part of a call that says the same."""
