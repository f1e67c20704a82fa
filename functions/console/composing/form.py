"""From the fields of the form to the body of `/sendalert`: one schema judges alerts of the console and of the API."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import Field

from console.visit import Form
from console.words import sentence
from tocsin.alerts.domain.request import SendRequest
from tocsin.entrypoint.alert_body.alert import AlertFields, storable
from tocsin.entrypoint.alert_body.words import ClientRef, Version
from tocsin.entrypoint.http.wire import read
from tocsin.kernel.domain.errors import Fault, InvalidRequest

STEPS = 5
"""Steps that the form has room for."""

_BETWEEN = re.compile(r"[\n,;]")


class ComposedBody(AlertFields):
    """The body that a form becomes."""

    version: Annotated[Version, Field(description="of the API")]
    client_ref: Annotated[ClientRef, Field(description="names the form")]
    mode: Literal["send", "plan"] = "send"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the escalation, as it was typed."""

    after: str = ""
    by: str = "text"
    to: str = ""


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
        "alert": _elements(form),
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


def entries(text: str) -> list[str]:
    """Return numbers and addresses that were typed with commas, semicolons or line breaks between them."""
    return [entry.strip() for entry in _BETWEEN.split(text) if entry.strip()]


def _elements(form: Composed) -> list[dict[str, Any]]:
    typed = entries(form.receivers)
    mails = [entry for entry in typed if "@" in entry]
    numbers = [entry for entry in typed if "@" not in entry]
    found = []
    if "text" in form.channels:
        element: dict[str, Any] = {"alertType": "sms", "tag": "text", "sender": form.sender, "content": form.text}
        found.append(_with_lookups(element | _to(form, numbers), form.text))
    if "mail" in form.channels:
        element = {"alertType": "email", "tag": "mail", "content": form.mail} | plain_utf8(form.mail)
        if form.subject:
            element["subject"] = form.subject
        found.append(_with_lookups(element | _to(form, mails), f"{form.mail}{form.subject}"))
    return [element for element in found if "recipients" in element or "contactSets" in element]


def _to(form: Composed, recipients: list[str]) -> dict[str, Any]:
    to: dict[str, Any] = {}
    if recipients:
        to["recipients"] = recipients
    if form.group:
        to["contactSets"] = [form.contact_set]
    return to


def _escalation(form: Composed) -> dict[str, Any]:
    found: dict[str, Any] = {
        "steps": [{"after": f"{step.after}m", "alert": [_step_element(form, step)]} for step in form.steps],
        "stopWhen": {"count": int(form.need)},
    }
    if form.all_clear:
        clear = form.clear_text or "All clear. Enough people have answered; nothing more is needed from you."
        elements = []
        if "text" in form.channels or any(step.by == "text" for step in form.steps):
            elements.append({"alertType": "sms", "tag": "all-clear", "sender": form.sender, "content": clear})
        if "mail" in form.channels or any(step.by == "mail" for step in form.steps):
            elements.append({"alertType": "email", "tag": "all-clear", "content": clear, **plain_utf8(clear)})
        found["onStopped"] = {"alert": elements}
    return found


def _step_element(form: Composed, step: Step) -> dict[str, Any]:
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
        text = form.mail or form.text
        element = {"alertType": "email", "tag": "step", "content": text, **plain_utf8(text)} | to
        if form.subject:
            element["subject"] = form.subject
        return _with_lookups(element, text)
    text = form.text or form.mail
    return _with_lookups({"alertType": "sms", "tag": "step", "sender": form.sender, "content": text} | to, text)


def _is_address(entry: str) -> bool:
    return "@" in entry or bool(re.fullmatch(r"\+?[\d ()./-]{6,}", entry))


def _with_lookups(element: dict[str, Any], text: str) -> dict[str, Any]:
    if "{" not in text:
        return element
    lookups: dict[str, Any] = {"performLookups": True, "uniqueLookups": True}
    if "{shortlink}" in text:
        lookups["shortlink"] = {}
    return {**element, "lookups": lookups}


def plain_utf8(text: str) -> dict[str, Any]:
    """Return the type that a mail needs to say, none for plain ASCII."""
    return {} if text.isascii() else {"emailBodyContentType": "text/plain; charset=utf-8"}


def _form_faults(form: Composed) -> list[Fault]:
    """Return what the form itself asks for, in the order of its fields."""
    faults = []
    if not form.group and not entries(form.receivers):
        faults.append(Fault("receivers", "REQUIRED", "Choose a contact group, or type numbers or addresses."))
    if not set(form.channels) & {"text", "mail"}:
        faults.append(Fault("channel", "REQUIRED", "Choose how it goes out: by text, by mail, or both."))
    elif not form.group and not _elements(form) and entries(form.receivers):
        faults.append(Fault("channel", "NOTHING_ACCEPTED", "No person typed above can get it this way."))
    if "text" in form.channels and not form.text.strip():
        faults.append(Fault("text", "REQUIRED", "Write the text message."))
    if "mail" in form.channels and not form.mail.strip():
        faults.append(Fault("mail", "REQUIRED", "Write the mail."))
    if form.steps and not form.need.isdecimal():
        faults.append(Fault("need", "REQUIRED", "Say how many people must answer."))
    for number, step in enumerate(form.steps, 1):
        if not step.after.isdecimal() or int(step.after) < 1:
            faults.append(Fault(f"after-{number}", "OUT_OF_RANGE", f"Step {number}: after how many minutes?"))
        if not entries(step.to):
            faults.append(Fault(f"to-{number}", "REQUIRED", f"Step {number}: who is told then?"))
    if form.when == "at" and not form.at:
        faults.append(Fault("at", "REQUIRED", "Say when it goes out."))
    if form.when == "at" and form.repeat and not form.until:
        faults.append(Fault("until", "REQUIRED", "Say until when it is repeated."))
    return faults


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
            tag = body["alert"][int(index)]["tag"]
            place = {"content": tag, "subject": "subject", "sender": "sender"}.get(rest[0] if rest else "", "receivers")
        case ["escalation", "steps", index, "after", *_]:
            place = f"after-{int(index) + 1}"
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
