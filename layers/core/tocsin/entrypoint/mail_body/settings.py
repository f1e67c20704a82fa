"""Mail settings as calls and answers have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.alert_body.words import NOT_BLANK, PRINTABLE, Form
from tocsin.entrypoint.directory_body.shapes import Email
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import read
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.tenant_mail.application.manage_settings import MailView
from tocsin.tenant_mail.domain.changed_settings import told
from tocsin.tenant_mail.domain.mail_settings import (
    MOST_MAILS_A_MINUTE,
    MailAuth,
    MailServerType,
    MailTransport,
    OnUnknown,
    ServerState,
)
from tocsin.tenant_mail.domain.server_answer import MailReason

_EXACT = with_config(ConfigDict(extra="forbid"))

TypeWord = Literal["SMTP", "MS365", "GMAIL"]
assert set(get_args(TypeWord)) == set(MailServerType)
AuthWord = Literal["DISABLE", "AUTO", "LOGIN", "PLAIN"]
assert set(get_args(AuthWord)) == set(MailAuth)
TransportWord = Literal["api", "smtp"]
assert set(get_args(TransportWord)) == set(MailTransport)
OnUnknownWord = Literal["resend", "silence"]
assert set(get_args(OnUnknownWord)) == set(OnUnknown)
StateWord = Literal["unknown", "ok", "failing", "disconnected"]
assert set(get_args(StateWord)) == set(ServerState)

_Line = Form(PRINTABLE, "be one line of text")
_Address = Annotated[str, Field(max_length=254), _Line] | None
_Secret = Annotated[str, Field(max_length=1_024), _Line] | None

READ_ONLY = frozenset(
    {
        "enable_system_email_server", "own_server", "password_set", "connected", "server_state", "client_secret_set",
        "version",
    }
)  # fmt: skip
"""Fields of an answer that a call may send back; they do nothing."""


class MailSettingsBody(ResourceBody):
    """Mail settings. What is omitted stays; null sets the default."""

    type: Annotated[TypeWord, Field(description="MS365 and GMAIL need a mailbox that consented")]
    username: Annotated[str, Field(min_length=1, max_length=128, description="with MS365 and GMAIL the mailbox"), _Line]
    server: Annotated[
        Annotated[str, Field(max_length=253), _Line] | None,
        Field(description="name of the mail server; empty or null takes it away"),
    ] = None
    port: Annotated[
        int | None, Field(ge=1, le=65_535, description="null: 465 with TLS, else 587; mails go by 465, 587, 2525")
    ] = None
    password: Annotated[_Secret, Field(description="never read; omitted or empty: stays; null: forgotten")] = None
    auth: Annotated[AuthWord | None, Field(description="AUTO (default): PLAIN, else LOGIN")] = None
    enable_tls_ssl: Annotated[bool | None, Field(description="TLS from the first byte; default true")] = None
    enable_starttls_auto: Annotated[bool | None, Field(description="STARTTLS; default false")] = None
    reply_to: Annotated[_Address, Field(description="where answers go")] = None
    from_address: Annotated[_Address, Field(description="needed if `username` is no email address")] = None
    recipients: Annotated[
        Annotated[str, Field(max_length=4_000), _Line] | None,
        Field(description="at most 15 addresses with commas between them"),
    ] = None
    notify_user_registration: bool | None = None
    notify_queue_sla_breached: bool | None = None
    notify_queue_callback: bool | None = None
    notify_queue_callback_failed: bool | None = None
    notify_queue_call_lost: bool | None = None
    notify_emergency_call: Annotated[bool | None, Field(description="null: yes")] = None
    notify_license_limited: Annotated[bool | None, Field(description="null: yes")] = None
    notify_trunk_call_limited: Annotated[bool | None, Field(description="kept, and does nothing")] = None
    on_unknown: Annotated[
        OnUnknownWord | None, Field(description="after a lost answer: one more copy (default), or none")
    ] = None
    transport: Annotated[TransportWord | None, Field(description="of MS365 and GMAIL; default api")] = None
    mails_per_minute: Annotated[
        int | None,
        Field(ge=1, le=MOST_MAILS_A_MINUTE, description="more wait; null: no limit, with MS365 30, as Exchange takes"),
    ] = None
    client_id: Annotated[
        Annotated[str, Field(max_length=255), _Line] | None,
        Field(description="of the account's own app at Microsoft or Google"),
    ] = None
    client_secret: Annotated[_Secret, Field(description="as `password`")] = None


class TestMailBody(ResourceBody):
    """A test mail."""

    __test__ = False  # pytest takes it for a class of tests

    recipient: Annotated[Email, Field(description="one address")]
    subject: Annotated[
        str, Field(min_length=1, max_length=255), Form(f"{NOT_BLANK}{PRINTABLE}", "be one line, not blank")
    ]
    content: Annotated[str, Field(min_length=1, max_length=65_536, description="plain text")]


def given_settings(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that a call gives, without those that are only read.

    Raises:
        InvalidRequest: with every fault.
    """
    found = read(MailSettingsBody, {name: value for name, value in body.items() if name not in READ_ONLY})
    return {name: getattr(found, name) for name in found.model_fields_set}


def settings_shown(view: MailView) -> dict[str, Any]:
    """Return settings as answers show them."""
    settings, state = view.settings, view.state
    return {
        **told(settings),
        "enable_system_email_server": view.system_allowed,
        "own_server": settings.has_own_server,
        "password_set": settings.secrets.password is not None,
        "connected": view.connected,
        "server_state": {
            "state": state.state.value,
            "since": None if state.since is None else wire_time(state.since),
            "reason": state.reason or None,
            "said": state.said or None,
        },
        "client_secret_set": settings.secrets.client_secret is not None,
        "version": settings.version,
    }


def tested_shown(suppressed: SuppressionReason | None) -> dict[str, Any]:
    """Return the answer to a test mail that was taken."""
    message = "the address is suppressed; only test mails are sent to it"
    warning = {"pointer": "/recipient", "code": "SUPPRESSED", "message": message}
    return {"warnings": [] if suppressed is None else [warning]}


@_EXACT
class MailServerStateResource(TypedDict):
    """What is known of the account's mail server."""

    state: StateWord
    since: str | None
    reason: Annotated[
        str | None,
        Field(description="of the last mail that did not go", json_schema_extra={"enum": [*MailReason, None]}),
    ]
    said: Annotated[str | None, Field(description="the server's own words, without secrets")]


@_EXACT
class MailSettingsResource(TypedDict):
    """Mail settings, without secrets."""

    type: Annotated[TypeWord | None, Field(description="null: never saved")]
    server: str
    port: int | None
    username: str
    auth: AuthWord
    enable_tls_ssl: bool
    enable_starttls_auto: bool
    reply_to: str | None
    from_address: str | None
    recipients: str
    notify_user_registration: bool
    notify_queue_sla_breached: bool
    notify_queue_callback: bool
    notify_queue_callback_failed: bool
    notify_queue_call_lost: bool
    notify_emergency_call: bool | None
    notify_license_limited: bool | None
    notify_trunk_call_limited: bool | None
    on_unknown: OnUnknownWord
    transport: TransportWord
    mails_per_minute: int | None
    client_id: str
    enable_system_email_server: Annotated[bool, Field(description="without an own server, mails go by the system's")]
    own_server: Annotated[bool, Field(description="mails go by the account's own server")]
    password_set: bool
    connected: Annotated[bool, Field(description="a mailbox consented")]
    server_state: MailServerStateResource
    client_secret_set: bool
    version: Annotated[int, Field(description="grows with each save; `ETag` holds it; 0: never saved")]


@_EXACT
class TestMailWarning(TypedDict):
    """Something beside a test mail that was sent."""

    pointer: str
    code: Literal["SUPPRESSED"]
    message: str


@_EXACT
class TestMailResource(TypedDict):
    """A test mail that the mail server took."""

    warnings: list[TestMailWarning]
