"""The notification settings of one person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.calendar.domain.quiet_hours import QuietChoice
from tocsin.kernel.domain.ids import TenantId, UserId

MOST_LINES = 200
"""Most lines that a person follows."""


class Communication(StrEnum):
    """What a person may be told of; the values are words of the API."""

    CALL = "call"
    TEXT = "text"
    VOICEMAIL = "voicemail"
    FAX = "fax"
    MENTION = "mention"
    CONTACT = "contact"
    APPOINTMENT = "appointment"
    REMINDER = "reminder"


class AppointmentMoment(StrEnum):
    """When a person is told of an appointment; the values are words of the API."""

    CREATED = "created"
    DAY = "1d"
    HOUR = "1h"
    QUARTER = "15m"
    MINUTE = "1m"


class AccountTopic(StrEnum):
    """What owners and admins may be told of the account, always by mail; the values are words of the API."""

    BILLING_WARNINGS = "billing_warnings"  # with the billing flag only
    USERS_SYNC = "users_sync"
    CONTACTS_SYNC = "contacts_sync"
    CONTACT_DISPOSITIONS_SYNC = "contact_dispositions_sync"
    CALL_DISPOSITION_SYNC = "call_disposition_sync"
    FAILED_INTEGRATION = "failed_integration"
    DAILY_ACTIVITY = "daily_activity"
    DAILY_INBOUND_SMS = "daily_inbound_sms"
    DAILY_OUTBOUND_SMS = "daily_outbound_sms"
    DAILY_SPENDING = "daily_spending"
    IMPORTS_EXPORTS = "imports_exports"
    WEBHOOK_FAILURES = "webhook_failures"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationSettings:
    """The settings. A person who never saved any has these defaults (UP-32).

    Attributes:
        moments: when the person is told of their appointments.
        lines: ids of lines that the person follows beside their own.
        many_texts: tell of bursts of texts from one contact (`high_sms` in the API).
        text_on: texts are sent to the person.
        custom_on, custom_number: texts go to this number; kept while texts are off, when it has no effect.
        number_by: who set the number: the person, or an admin. The first text to a number says it.
        mobile_push: goes to the inbox, until there is an app.
        quiet: their own quiet hours, none at all, or None = as the account says.
        topics: of the account; counts only while the person may see them.
        version: 0 = never saved; each change adds one.
    """

    tenant: TenantId
    user: UserId
    communication: frozenset[Communication] = frozenset(Communication)
    moments: frozenset[AppointmentMoment] = frozenset(AppointmentMoment)
    lines: tuple[str, ...] = ()
    many_texts: bool = False
    email_on: bool = True
    text_on: bool = False
    custom_on: bool = False
    custom_number: str | None = None
    number_by: UserId | None = None
    browser_on: bool = False
    mobile_push: bool = False
    quiet: QuietChoice = None
    topics: frozenset[AccountTopic] = frozenset()
    version: int = 0
