"""Events, people and settings for tests of tenant mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.fakes.time import NOON
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.tenant_mail.domain.mail_settings import MailFlag, MailServerType, MailSettings

ACME = TenantId("acme")
CALLER = {"number": "+447700900123", "name": "Ana"}
SECRETS = {"extensionPassword": "ext-s3cret", "userPassword": "user-s3cret", "voicemailPin": "pin-4711"}
DATA: dict[str, dict[str, Any]] = {
    "user.created": {"userId": "x-7", "email": "new@example.com", "displayName": "Neo", "extension": "2010", **SECRETS},
    "queue.call_lost": {"callId": "c1", "queue": {"id": "q1"}, "from": CALLER},
    "queue.sla_breached": {"callId": "c1", "queue": {"id": "q1"}, "from": CALLER, "slaSeconds": 30},
    "queue.callback": {"callId": "c1", "queue": {"id": "q1"}, "from": CALLER, "callbackNumber": "+447700900123"},
    "queue.callback_failed": {"callId": "c1", "queue": {"id": "q1"}, "from": CALLER, "callbackNumber": "+447700900123"},
    "voicemail.received": {"mailbox": "2001", "from": CALLER},
    "call.ended": {
        "callId": "c1", "direction": "incoming", "status": "voicemail", "from": CALLER, "line": "l1",
        "to": {"number": "+442079460000"}, "durationSeconds": 18,
    },
    "report.completed": {"name": "March", "kind": "calls", "url": "https://pbx.example.com/r", "requesterId": "u1"},
    "disk.low": {"freeBytes": 1, "usedBytes": 2},
    "license.limited": {"licenseType": "calls"},
    "emergency.call": {"from": CALLER, "callee": "999"},
    "trunk.connected": {"trunk": "t1"},
    "trunk.disconnected": {"trunk": "t1", "statusCode": 503},
    "account.recharged": {"userId": "u1", "amount": 25, "currency": "GBP"},
    "conference.invited": {"invitees": ["eve@example.com"], "topic": "Standup", "at": "2026-11-22T10:00:00Z"},
}  # fmt: skip
"""Valid data of every type of event that can be mailed."""


def an_event(
    type: str,
    at: datetime = NOON,
    received_at: datetime | None = None,
    *,
    id: str = "e1",
    sandbox: bool = False,
    **given: Any,
) -> TelephonyEvent:
    """Return an event with valid data; None takes a field away."""
    data = {name: value for name, value in (DATA.get(type, {}) | given).items() if value is not None}
    return TelephonyEvent("pbx", id, type, at, received_at or at, data, sandbox)


def a_user(id: str, email: str | None = None, **more: Any) -> User:
    """Return a person with the role `user`."""
    role = RoleId(SystemRole.USER.value)
    return User(ACME, UserId(id), email or f"{id}@example.com", id.title(), role, NOON, **more)


def mail_settings(*on: MailFlag, off: tuple[MailFlag, ...] = (), **more: Any) -> MailSettings:
    """Return settings with an own server and two recipients, and these flags set."""
    flags = (*((flag, True) for flag in on), *((flag, False) for flag in off))
    given: dict[str, Any] = {"recipients": ("ops@example.com", "boss@example.com"), "server": "smtp.example.com"}
    return MailSettings(tenant=ACME, type=MailServerType.SMTP, flags=flags, **(given | more))
