"""A form that is filled in already: from a store, or from an alert that was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from console.composing.form import STEPS, Composed, Step, body_of
from tocsin.contacts.domain.channel import Channel
from tocsin.history.application.incident import Incident
from tocsin.history.application.read_asked import Asked
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent

_MINUTES = {"m": 1, "h": 60, "d": 1440}
_OF_NO_MEANING = frozenset({"version", "clientRef"})


def of_store(store: StoredContent) -> Composed:
    """Return the form with what a store holds. Raises ValueError for a type that no field takes."""
    match store.type:
        case ContentType.SMS:
            return Composed(text=store.content)
        case ContentType.EMAIL:
            subject = store.extras.get("subject")
            return Composed(channels=("mail",), mail=store.content, subject=subject if isinstance(subject, str) else "")
        case ContentType.RECIPIENT_LIST:
            return Composed(receivers=store.content)
        case ContentType.CONTACT_GROUP:
            return Composed(group=store.store_id)
        case ContentType.ALERT:
            return of_body(json.loads(store.content))
        case _:
            raise ValueError("no field of the form takes this")


def of_body(body: Mapping[str, Any]) -> Composed:
    """Return the form with what the body of an alert says, as far as it has fields for it (see `says_all`)."""
    elements = objects_of(body.get("alert"))
    sms, mail = _first(elements, "sms"), _first(elements, "email")
    group = object_of(body.get("contactGroup")).get("storedContactGroup")
    sets = [name for element in elements for name in texts_of(element.get("contactSets"))]
    escalation = object_of(body.get("escalation"))
    clear = objects_of(object_of(escalation.get("onStopped")).get("alert"))
    return Composed(
        title=text_of(body.get("title")),
        group=text_of(group),
        contact_set=sets[0] if sets else "all",
        receivers="\n".join(dict.fromkeys(each for e in elements for each in texts_of(e.get("recipients")))),
        channels=(("text",) if sms else ()) + (("mail",) if mail else ()),
        sender=text_of(sms.get("sender")),
        text=text_of(sms.get("content")),
        subject=text_of(mail.get("subject")),
        mail=text_of(mail.get("content")),
        need=str(object_of(escalation.get("stopWhen")).get("count") or ""),
        steps=tuple(_step(step) for step in objects_of(escalation.get("steps"))[:STEPS]),
        all_clear=bool(clear),
        clear_text=text_of(clear[0].get("content")) if clear else "",
        urgent=object_of(body.get("options")).get("urgent") is True,
    )


def headline_of(store: StoredContent) -> str:
    """Return what a stored alert is called: its name or title, else its first words. Raises ValueError: it is none."""
    form = of_body(object_of(json.loads(store.content)))
    return store.name or form.title or form.subject or " ".join((form.text or form.mail).split())[:80] or "Alert"


def says_all(form: Composed, body: Mapping[str, Any]) -> bool:
    """Whether the form says everything that the body says; clients of the API can say more than it has fields for."""
    return bool(_compared(body_of(form)) == _compared(body))


def of_incident(found: Incident, asked: Asked) -> Composed:
    """Return the form with title, contents, receivers and steps of an alert that was sent.

    A group is not filled in: its present people may be others than those who got the alert.
    """
    first = [content for content in found.contents if content.step == 0 and not content.truncated]
    sms = next((content for content in first if content.channel is Channel.SMS), None)
    mail = next((content for content in first if content.channel is Channel.EMAIL), None)
    reference = found.look.first.email_subject_ref or ""
    steps = of_body(_escalating(asked))
    return Composed(
        receivers="\n".join(asked.receivers or ()),
        need=steps.need,
        steps=steps.steps,
        all_clear=steps.all_clear,
        clear_text=steps.clear_text,
        title=found.look.first.title,
        channels=(("text",) if sms else ()) + (("mail",) if mail else ()),
        sender=sms.sender or "" if sms else "",
        text=sms.text if sms else "",
        subject=(mail.subject or "").removesuffix(reference).rstrip() if mail else "",
        mail=mail.text if mail else "",
        urgent=found.look.first.urgent,
    )


def _escalating(asked: Asked) -> Mapping[str, Any]:
    """Return the body of an alert with the steps that were asked for; an empty one without steps."""
    if asked.escalation is None or asked.policy is None:
        return {}
    policy = asked.policy
    steps = [
        {**object_of(json.loads(text)), "after": f"{wait // timedelta(minutes=1)}m"}
        for text, wait in zip(policy.steps, policy.after, strict=False)
    ]
    clear = object_of(json.loads(policy.on_stopped)) if policy.on_stopped else {}
    return {"escalation": {"steps": steps, "stopWhen": {"count": asked.escalation.need}, "onStopped": clear}}


def _step(step: Mapping[str, Any]) -> Step:
    element = (objects_of(step.get("alert")) or [{}])[0]
    to = [*texts_of(element.get("recipients")), *texts_of(element.get("contacts"))]
    if element.get("contactSets"):
        to = ["everybody", *to]
    return Step(_minutes(step.get("after")), "mail" if element.get("alertType") == "email" else "text", ", ".join(to))


def _minutes(after: Any) -> str:
    found = re.fullmatch(r"(\d{1,6})([mhd])", after) if isinstance(after, str) else None
    return str(int(found[1]) * _MINUTES[found[2]]) if found else ""


def _compared(value: Any) -> Any:
    """Return a body without what says nothing: references, tags, and the order of its fields."""
    if isinstance(value, Mapping):
        kept = {name: _compared(each) for name, each in value.items() if name not in {*_OF_NO_MEANING, "tag"}}
        return {name: each for name, each in kept.items() if each not in ({}, None)}
    return [_compared(each) for each in value] if isinstance(value, list) else value


def _first(elements: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any]:
    return next((element for element in elements if element.get("alertType") == kind), {})


def objects_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none of what is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def object_of(value: Any) -> Mapping[str, Any]:
    """Return an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def texts_of(value: Any) -> list[str]:
    """Return the texts of a list; none of what is no list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """Return a text; "" for anything else."""
    return value if isinstance(value, str) else ""
