"""Requests of what is done to a sent alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tocsin.alerts.domain.follow_up import MAX_STEPS
from tocsin.entrypoint.alert_body.limits import ADDRESS_CHARACTERS, NAME_CHARACTERS, NOTE_CHARACTERS
from tocsin.entrypoint.alert_body.words import PRINTABLE, Form, digits_meant
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import one_of
from tocsin.kernel.domain.errors import Fault


class EscalateBody(ResourceBody):
    """Send the next step of the escalation now."""

    step: Annotated[
        int,
        Field(ge=1, le=MAX_STEPS, description="the step that you expect to be the next; 409 if it is another by now"),
    ]


class StopBody(ResourceBody):
    """Stop the alert and its escalation."""

    all_clear: Annotated[bool, Field(description="send `escalation.onStopped` to everybody who was contacted")] = False


class AcknowledgeBody(ResourceBody):
    """Mark a receiver as having answered."""

    recipient: Annotated[
        Annotated[str, BeforeValidator(digits_meant), Field(min_length=1, max_length=ADDRESS_CHARACTERS)] | None,
        Field(description="an address in any spelling, or the `recipient` of an entry of the list of recipients"),
    ] = None
    contact_id: Annotated[
        Annotated[str, BeforeValidator(digits_meant), Field(min_length=1, max_length=NAME_CHARACTERS)] | None,
        Field(description="the contact's id"),
    ] = None
    note: Annotated[
        Annotated[str, Field(max_length=NOTE_CHARACTERS), Form(PRINTABLE, "be one line of text")] | None,
        Field(description="how the answer came, for those who read the alert"),
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Exactly one of `recipient` and `contact_id` says who."""
        return one_of(raw, "recipient", "contact_id")


class ResendBody(ResourceBody):
    """Send again to the receivers whose message has failed."""
