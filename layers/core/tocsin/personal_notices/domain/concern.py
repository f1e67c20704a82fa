"""What a telephony event is to the people of an account: which notice it makes, and which switch stops it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.preferences.domain.settings import AccountTopic, Communication
from tocsin.telephony.domain.event import TelephonyEvent

OLDEST = timedelta(hours=1)
"""Of an event that is received later than this after it happened, no person is told."""


class Concern(StrEnum):
    """What an event is about."""

    CALL_RINGS = "call_rings"
    CALL_ENDED = "call_ended"
    VOICEMAIL = "voicemail"
    TEXT = "text"
    FAX = "fax"
    MENTION = "mention"
    CONTACT = "contact"
    REMINDER = "reminder"


CALLS = frozenset({Concern.CALL_RINGS, Concern.CALL_ENDED, Concern.VOICEMAIL})
"""About one call several events may come, and each person is told once."""

KIND_OF: Mapping[Concern, NoticeKind] = {
    Concern.CALL_RINGS: NoticeKind.CALL,
    Concern.CALL_ENDED: NoticeKind.CALL,
    Concern.VOICEMAIL: NoticeKind.VOICEMAIL,
    Concern.TEXT: NoticeKind.TEXT,
    Concern.FAX: NoticeKind.FAX,
    Concern.MENTION: NoticeKind.MENTION,
    Concern.CONTACT: NoticeKind.CONTACT,
    Concern.REMINDER: NoticeKind.REMINDER,
}

_TYPES: Mapping[str, Concern] = {
    "call.offered": Concern.CALL_RINGS,
    "call.ended": Concern.CALL_ENDED,
    "voicemail.received": Concern.VOICEMAIL,
    "sms.received": Concern.TEXT,
    "fax.received": Concern.FAX,
    "mention": Concern.MENTION,
    "contact.assigned": Concern.CONTACT,
    "reminder.assigned": Concern.REMINDER,
}

_JOBS: Mapping[str, AccountTopic] = {
    "import": AccountTopic.IMPORTS_EXPORTS,
    "export": AccountTopic.IMPORTS_EXPORTS,
    "users_sync": AccountTopic.USERS_SYNC,
    "contacts_sync": AccountTopic.CONTACTS_SYNC,
    "contact_dispositions_sync": AccountTopic.CONTACT_DISPOSITIONS_SYNC,
    "call_disposition_sync": AccountTopic.CALL_DISPOSITION_SYNC,
}


def concern_of(event: TelephonyEvent) -> Concern | None:
    """Return what an event is about; None = it concerns no person. Events of sandbox keys concern no person."""
    if event.sandbox:
        return None
    if event.type == "call.ended" and event.data.get("status") == "voicemail":
        return Concern.VOICEMAIL
    return _TYPES.get(event.type)


def switch_of(concern: Concern) -> Communication:
    """Return the switch by which a person stops such notices."""
    return Communication(KIND_OF[concern].value)


def topic_of(event: TelephonyEvent) -> AccountTopic | None:
    """Return what of the account an event is about, for those who administer it; None = nothing."""
    if event.sandbox:
        return None
    match event.type:
        case "billing.warning":
            return AccountTopic.BILLING_WARNINGS
        case "job.finished":
            return _JOBS.get(event.data["kind"])
        case "webhook.failed":
            return AccountTopic.WEBHOOK_FAILURES
    return None


def too_old(event: TelephonyEvent) -> bool:
    """Whether an event came so late that no person is told of it."""
    return event.received_at - event.at > OLDEST
