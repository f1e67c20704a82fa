"""A notice to people, before it is known how each of them is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.personal_notices.domain.outcomes import NoticeOutcome
from tocsin.preferences.domain.settings import AppointmentMoment, Communication, NotificationSettings


class NoticeKind(StrEnum):
    """What a notice is about; the values are words of the API."""

    CALL = "call"
    TEXT = "text"
    VOICEMAIL = "voicemail"
    FAX = "fax"
    MENTION = "mention"
    CONTACT = "contact"
    APPOINTMENT = "appointment"  # assigned, made, or soon
    REMINDER = "reminder"
    MANY_TEXTS = "high_sms"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person whom a notice concerns.

    Attributes:
        because: why, as the end of the sentence "You get this because …"; without personal data of others.
        refused: why the person is not told after all, as was found before, for example "not_member"; None = see the
            person's settings.
    """

    user: UserId
    because: str
    refused: NoticeOutcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalNotice:
    """A notice.

    Attributes:
        key: what it is about, unique within its kind: for example the id of a call. A notice of a key is sent once.
        at: when it happened; the same for every notice of this key.
        subject: of mails and pushes, and the title in the inbox.
        line: the first line; a text is this line, cut to 160 characters.
        fields: further lines of mails and of the inbox, as label and value; a time is read in the zone of each person.
        url: where it leads; None = nowhere.
        event: name of the telephony event; None = there is none.
        too_late_at: nothing is sent at or after this time; None = as for any alert.
        switches: a person who has one of them on is told; none = the switch of the kind counts.
    """

    tenant: TenantId
    kind: NoticeKind
    key: str
    at: datetime
    subject: str
    line: str
    fields: tuple[tuple[str, str | datetime], ...] = ()
    url: str | None = None
    event: str | None = None
    too_late_at: datetime | None = None
    switches: frozenset[Communication | AppointmentMoment] = frozenset()

    @property
    def knows_quiet_hours(self) -> bool:
        """Whether it waits in quiet hours; a sample is looked at by the person who asked for it."""
        return self.kind is not NoticeKind.SAMPLE

    @property
    def cause(self) -> Cause:
        """Of the alert that carries its mails and texts."""
        return Cause(CauseKind.NOTICE, self.kind.value, self.key, self.at)

    def is_wanted(self, settings: NotificationSettings) -> bool:
        """Whether a person with these settings is told, by whatever channel."""
        if self.switches:
            return not self.switches.isdisjoint(settings.communication | settings.moments)
        match self.kind:
            case NoticeKind.SAMPLE:
                return True
            case NoticeKind.MANY_TEXTS:
                return settings.many_texts
            case kind:
                return Communication(kind.value) in settings.communication

    @property
    def inbox_key(self) -> str:
        """Of its rows in the inboxes of people."""
        return f"{self.kind.value}|{self.key}"
