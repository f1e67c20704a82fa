"""What became of one notice: whom it concerned, and how each of them was told or why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.ids import AlertRef, UserId
from tocsin.personal_notices.domain.notice import PersonalNotice
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome

RUN_KEPT = timedelta(days=7)
"""How long it can be read: as long as the event."""


@dataclass(frozen=True, slots=True)
class PersonTold:
    """What became of a notice for one person. A channel that is missing was not chosen.

    Attributes:
        channels: the outcome of each channel; of a person who is not told at all, the inbox alone.
        zone: IANA name of the zone in which the person reads times; "" = UTC.
    """

    user: UserId
    because: str
    channels: tuple[tuple[NoticeChannel, NoticeOutcome], ...]
    zone: str = ""

    def is_told_by(self, channel: NoticeChannel) -> bool:
        """Whether the notice went by this channel."""
        return (channel, NoticeOutcome.SENT) in self.channels


@dataclass(frozen=True, slots=True)
class NoticeRun:
    """The run of a notice: there is one for each kind and key.

    Attributes:
        decided_at: when the settings of the people were read; it is kept for RUN_KEPT from then on.
        alert: that has its mails and texts; None = there are none.
    """

    notice: PersonalNotice
    people: tuple[PersonTold, ...]
    decided_at: datetime
    alert: AlertRef | None = None


@dataclass(frozen=True, slots=True)
class NoticeRunWritten(Participant):
    """A new run, written with its alert. If there is one of its kind and key, nothing is written."""

    run: NoticeRun
