"""What became of one notice: whom it concerned, and how each of them was told or why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.ids import AlertRef, UserId
from tocsin.personal_notices.domain.notice import PersonalNotice

RUN_KEPT = timedelta(days=7)
"""How long it can be read: as long as the event."""


class NoticeChannel(StrEnum):
    """How a person is told; the values are words of the API."""

    EMAIL = "email"
    TEXT = "text"
    BROWSER = "browser"
    INBOX = "inbox"


class NoticeOutcome(StrEnum):
    """What became of a channel; the values are words of the API. All but `sent` are reasons why it was skipped."""

    SENT = "sent"  # given to dispatch, or stored
    OFF = "off"  # the switch of this kind, or of this channel, is off
    NO_NUMBER = "no_number"  # neither an own number nor a backup phone
    OWN_NUMBER = "own_number"  # the number is one of the account's
    OPTED_OUT = "opted_out"
    NOT_MEMBER = "not_member"  # no more, when it was looked at again
    TOO_LATE = "too_late"
    QUIET_HOURS = "quiet_hours"  # they end after it would be too late
    ALREADY_MAILED = "already_mailed"  # a mail by a template of the account tells the same
    DISABLED = "disabled"  # the person is, or has said "this is not me"
    NO_DEVICE = "no_device"  # no browser is subscribed


@dataclass(frozen=True, slots=True)
class PersonTold:
    """What became of a notice for one person. A channel that is missing was not chosen.

    Attributes:
        channels: the outcome of each channel.
    """

    user: UserId
    because: str
    channels: tuple[tuple[NoticeChannel, NoticeOutcome], ...]


@dataclass(frozen=True, slots=True)
class NoticeRun:
    """The run of a notice: there is one for each kind and key.

    Attributes:
        alert: that has its mails and texts; None = there are none.
    """

    notice: PersonalNotice
    people: tuple[PersonTold, ...]
    alert: AlertRef | None = None


@dataclass(frozen=True, slots=True)
class NoticeRunWritten(Participant):
    """A new run, written with its alert. If there is one of its kind and key, nothing is written."""

    run: NoticeRun
