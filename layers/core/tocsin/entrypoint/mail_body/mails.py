"""Mails about events as answers have them, and the operation that lists them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.http.operation import RESOURCE_ERRORS, Operation, QueryParameter
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.tenant_mail.application.read_mails import FORGOTTEN, NOT_SENT, ExplainedMail, MailedMessage

_EXACT = with_config(ConfigDict(extra="forbid"))
_EXCLUDED = "excluded"

STATES = (*(state.value for state in MessageState), _EXCLUDED, NOT_SENT, FORGOTTEN)
"""States that the list can be asked for."""


def mail_explained(mail: ExplainedMail) -> dict[str, Any]:
    """Return what became of the mail about an event, as answers show it."""
    messages = mail.messages
    return {
        "kind": "mail",
        "template": mail.template,
        "custom": mail.custom,
        "outcome": mail.outcome and mail.outcome.value,
        "messages": None if messages is None else [_message(each) for each in messages],
    }


def mail_listed(mail: MailedMessage) -> dict[str, Any]:
    """Return a message of the list as answers show it."""
    run = mail.run
    return {
        "event_id": run.event, "at": wire_time(run.at), "template": run.template, "custom": run.custom,
        **_message(mail),
    }  # fmt: skip


def _message(mail: MailedMessage) -> dict[str, Any]:
    message = mail.message
    if message is None:
        return {
            "recipient": None, "state": mail.state, "reason": mail.run.outcome.value, "said": None, "attempts": 0,
            "next_try_at": None, "transport": None,
        }  # fmt: skip
    return {
        "recipient": message.address,
        "state": message.state,
        "reason": message.reason,
        "said": mail.said or None,
        "attempts": message.attempts,
        "next_try_at": message.waits_until and wire_time(message.waits_until),
        "transport": _transport(message.provider_id),
    }


def _transport(provider_id: str | None) -> str | None:
    """Return which server took a mail. One of an account's own is given a Message-ID, which has an @; SES gives ids."""
    if provider_id is None:
        return None
    return "own" if "@" in provider_id else "system"


@_EXACT
class MailedResource(TypedDict):
    """A mail to one receiver."""

    recipient: Annotated[str | None, Field(description="null: nothing was sent, or the messages are gone")]
    state: Annotated[str, Field(json_schema_extra={"enum": list(STATES)})]
    reason: Annotated[str | None, Field(description="a stable word; without a recipient the outcome of the act")]
    said: Annotated[str | None, Field(description="words of the mail server that did not take it, without the address")]
    attempts: int
    next_try_at: Annotated[str | None, Field(description="if it waits")]
    transport: Annotated[
        Literal["own", "system"] | None, Field(description="which mail server took it; null: none so far")
    ]


@_EXACT
class MailListed(MailedResource):
    """A mail to one receiver, and the event that it is about."""

    event_id: str
    at: Annotated[str, Field(description="when the event was received")]
    template: str
    custom: Annotated[bool, Field(description="by a template of your own")]


@_EXACT
class MailList(TypedDict):
    """Mails, newest event first. A page may be short, or empty, with a `next_cursor`."""

    items: list[MailListed]
    next_cursor: str | None


@_EXACT
class MailActResource(TypedDict):
    """The mail about an event."""

    kind: Literal["mail"]
    template: str
    custom: Annotated[bool, Field(description="by a template of your own")]
    outcome: Annotated[
        Literal[
            "sent",
            "already_sent",
            "switched_off",
            "too_old",
            "no_address",
            "no_recipients",
            "no_mail_server",
            "too_long",
        ]
        | None,
        Field(description="null: the event came just now. `already_sent`: with another event of the same voicemail"),
    ]
    messages: Annotated[list[MailedResource] | None, Field(description="null: you do not manage tenant mail")]


MESSAGE: dict[str, Any] = {
    "recipient": "ops@example.org", "state": "retry_wait", "reason": "auth_failed",
    "said": "535 5.7.8 Error: authentication failed", "attempts": 2, "next_try_at": "2026-11-21T10:06:00.000Z",
    "transport": None,
}  # fmt: skip
ACT: dict[str, Any] = {
    "kind": "mail", "template": "QUEUE_CALL_LOST", "custom": False, "outcome": "sent", "messages": [MESSAGE],
}  # fmt: skip

OPERATIONS = (
    Operation(
        method="GET", path="/tenant/notification/messages", name="listTenantMails", tags=("Tenant mail",),
        summary="List the mails about events",
        description="Account owners, admins and custom roles with `mail.manage` read them, for 90 days after the "
        "event. An event that was switched off leaves no entry; one that was not mailed for another reason has one "
        "entry, `not_sent`. Mails with passwords are `forgotten` after two days. All mails about one event stand "
        "together.",
        query=(
            QueryParameter("state", f"one of {', '.join(STATES)}", {"type": "string"}),
            QueryParameter("limit", "events of a page", {"type": "integer", "minimum": 1, "maximum": 100}),
            QueryParameter("cursor", "`next_cursor` of the page before", {"type": "string"}),
        ),
        answer=MailList, errors=RESOURCE_ERRORS,
        response={
            "items": [
                {"event_id": "3f9c2a713f9c2a713f9c2a713f9c2a71", "at": "2026-11-21T10:00:19.000Z",
                 "template": "QUEUE_CALL_LOST", "custom": False, **MESSAGE},
            ],
            "next_cursor": None,
        },
    ),
)  # fmt: skip
