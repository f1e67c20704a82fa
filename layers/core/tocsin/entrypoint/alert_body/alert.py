"""The fields of an alert, sent at once or stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema
from pydantic.functional_validators import PlainValidator

from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.elements import ALERT_TYPES, AlertElement
from tocsin.entrypoint.alert_body.escalation import Escalation, escalation_contact_faults
from tocsin.entrypoint.alert_body.features import Deferral, LinkedAlerts, Trigger
from tocsin.entrypoint.alert_body.receivers import (
    CONTACT_FORMS,
    RECIPIENT_FORMS,
    StoredRef,
    asks_for_contacts,
    receiver_faults,
    store_ref,
)
from tocsin.entrypoint.alert_body.send_options import SendOptions
from tocsin.entrypoint.alert_body.words import ClientRef, Title, Version, lifetime_of
from tocsin.entrypoint.http.compact_json import compact
from tocsin.entrypoint.http.strict_json import parse_text
from tocsin.entrypoint.http.wire import WireModel, kind_faults, one_of, parsed_by, read, set_in
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.stored_content.domain.stored_content import StoreRef

_ADDRESS = {"type": ["string", "null"], "maxLength": 1024}
_TIME_OF_DAY = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["22:00"]}
_QUIET_HOURS = {
    "description": "when messages to this contact wait, instead of the account's quiet hours; `none` = never",
    "oneOf": [
        {"type": "null"},
        {"const": "none"},
        {
            "type": "object",
            "title": "QuietHours",
            "additionalProperties": False,
            "required": ["from", "to"],
            "properties": {
                "from": {**_TIME_OF_DAY, "description": "the first quiet minute"},
                "to": {**_TIME_OF_DAY, "description": "the first minute that is not; before `from` = the next day"},
                "zone": {
                    "type": ["string", "null"],
                    "maxLength": 64,
                    "description": "IANA name like Europe/London; default: your account's",
                },
            },
        },
    ],
}
CONTACT_GROUP_SCHEMA = {
    "type": "object",
    "title": "ContactGroup",
    "description": "Contacts and sets of them; the set `all` always exists. All but the ids is encrypted at rest.",
    "additionalProperties": False,
    "required": ["contacts"],
    "properties": {
        "name": {"type": "string", "maxLength": 128},
        "contacts": {
            "type": "array",
            "items": {
                "type": "object",
                "title": "Contact",
                "additionalProperties": False,
                "required": ["id"],
                "properties": {
                    "id": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 128,
                        "description": "unique in the group; should not reveal who it is",
                    },
                    "sms": {**_ADDRESS, "description": "number for text messages (E.164)"},
                    "email": _ADDRESS,
                    "call": {**_ADDRESS, "description": "number for calls (E.164)"},
                    "lookups": {
                        "type": "object",
                        "additionalProperties": {"type": "string", "maxLength": 1024},
                        "description": "personal values, such as firstname",
                    },
                    "quietHours": _QUIET_HOURS,
                },
            },
        },
        "sets": {
            "type": "array",
            "items": {
                "type": "object",
                "title": "ContactSet",
                "additionalProperties": False,
                "required": ["name", "ids"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 128},
                    "ids": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "ids of contacts of this group",
                    },
                },
            },
        },
    },
}

InlineContactGroup = Annotated[
    ContactGroup,
    PlainValidator(parsed_by(lambda raw: contact_group_of(raw, ""))),
    WithJsonSchema(CONTACT_GROUP_SCHEMA),
]


_OF_THE_CALL = frozenset({"version", "apiKey", "mode", "deferral", "trigger"})


class ContactGroupChoice(WireModel):
    """The contact group of the call: inline or stored."""

    inline_contact_group: InlineContactGroup | None = None
    stored_contact_group: Annotated[StoredRef | None, Field(description="a stored `contactGroup`")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Exactly one of the two."""
        return one_of(raw, "inlineContactGroup", "storedContactGroup")

    def group(self) -> ContactGroup | StoreRef | None:
        """Return the inline group, or the reference of the stored one."""
        return self.inline_contact_group or store_ref(self.stored_contact_group)


class AlertFields(WireModel):
    """The fields of an alert, sent at once or stored."""

    alert: Annotated[
        list[AlertElement],
        Field(
            min_length=1,
            description="one entry per channel and text",
            json_schema_extra={"maxItems": limits.ELEMENTS_PER_CALL},
        ),
    ]
    title: Annotated[
        Title | None,
        Field(description="what lists show of it; default: the first subject, else the first words of the first text"),
    ] = None
    contact_group: ContactGroupChoice | None = None
    linked_alerts: LinkedAlerts | None = None
    escalation: Annotated[Escalation | None, Field(description="who is contacted next if too few people answer")] = None
    options: SendOptions | None = None
    trigger: Trigger | None = None
    deferral: Deferral | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Elements have a known type; contacts need a group, their own or that of the linked set; so do modifiers."""
        options, deferral = raw.get("options"), raw.get("deferral")
        if (
            isinstance(options, dict)
            and set_in(options, "schedule")
            and isinstance(deferral, dict)
            and deferral.get("defer") is not False
        ):
            yield Fault("/deferral", "CONFLICT", "goes without `options.schedule`: an alert is kept, or sent later")
        elements = raw.get("alert")
        for index, element in enumerate(elements if isinstance(elements, list) else ()):
            yield from kind_faults(element, f"/alert/{index}", "alertType", ALERT_TYPES)
            if not isinstance(element, dict) or raw.get("linkedAlerts") is not None:
                continue
            if set_in(element, "linkedAlertModifiers") and element["linkedAlertModifiers"] != {}:
                message = "only goes with `linkedAlerts`"
                yield Fault(f"/alert/{index}/linkedAlertModifiers", "CONFLICT", message)
            for field in asks_for_contacts(element) if raw.get("contactGroup") is None else ():
                message = "needs a `contactGroup` in the request"
                yield Fault(f"/alert/{index}/{field}", "CONTACT_GROUP_REQUIRED", message)
        if raw.get("contactGroup") is None and raw.get("linkedAlerts") is None:
            yield from escalation_contact_faults(raw.get("escalation"))

    def request(self, client_ref: str) -> SendRequest:
        """Return the call as the use case takes it."""
        options = self.options or SendOptions()
        return SendRequest(
            client_ref=client_ref,
            elements=tuple(element.element() for element in self.alert),
            group=self.contact_group.group() if self.contact_group else None,
            notification=NotificationMode(options.notification) if options.notification else None,
            callback_url=options.callback_url,
            callback_encoding=options.notification_type,
            lifetime=lifetime_of(options.lifetime),
            link=self.linked_alerts.to_options() if self.linked_alerts else None,
            schedule=options.schedule.to_options() if options.schedule else None,
            deferral=self.deferral.to_options() if self.deferral else None,
            trigger=self.trigger.to_options() if self.trigger else None,
            escalation=self.escalation.to_options(options.lasting(), self.title) if self.escalation else None,
            urgent=options.urgent,
            click_counts=options.click_counts,
            title=self.title,
        )


def storable(body: Mapping[str, Any]) -> str:
    """Return the alert of a call as stored JSON: without version, API key, mode, schedule and trigger."""
    kept = {name: value for name, value in body.items() if name not in _OF_THE_CALL}
    if isinstance(options := kept.get("options"), dict):
        kept["options"] = {name: value for name, value in options.items() if name != "schedule"}
    return compact(kept)


class StoredAlert(AlertFields):
    """A stored alert: a call without version and API key. Its `clientRef` is used if the send has none."""

    version: Version | None = None
    client_ref: ClientRef | None = None


def read_stored(text: str, client_ref: str | None, stored_at: datetime) -> SendRequest:
    """Return a stored alert as a request.

    Args:
        client_ref: replaces the one in the store; None keeps it.

    Raises:
        InvalidRequest: the stored alert is not valid (any more), or there is no client reference.
    """
    return _request(_object(text), client_ref, stored_at)


def read_for_run(text: str, client_ref: str | None, stored_at: datetime) -> SendRequest:
    """Return a stored alert as a request of a timer, which no client waits for.

    Elements without a receiver, because all of theirs were erased, are omitted as long as others remain.

    Raises:
        InvalidRequest: the stored alert is not valid (any more), or there is no client reference.
    """
    body = _object(text)
    elements = body.get("alert")
    left = [element for element in elements if not _emptied(element)] if isinstance(elements, list) else []
    if left:
        body = {**body, "alert": left}
    return _request(body, client_ref, stored_at)


def _emptied(element: Any) -> bool:
    return (
        isinstance(element, dict)
        and bool(element.keys() & {*RECIPIENT_FORMS, *CONTACT_FORMS})
        and any(receiver_faults(element))
    )


def _request(body: Mapping[str, Any], client_ref: str | None, stored_at: datetime) -> SendRequest:
    stored = read(StoredAlert, body)
    reference = client_ref or stored.client_ref
    if reference is None:
        raise InvalidRequest([Fault("/clientRef", "REQUIRED", "is required: the stored alert has none")])
    return replace(stored.request(reference), stored_at=stored_at)


def _object(text: str) -> dict[str, Any]:
    found = parse_text(text)
    if not isinstance(found, dict):
        raise InvalidRequest([Fault("", "WRONG_TYPE", "a stored alert must be a JSON object")])
    return found
