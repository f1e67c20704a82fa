"""Ports of personal notices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.personal_notices.domain.bursts import TextsOfContact
from tocsin.personal_notices.domain.notice import Addressee, NoticeKind, PersonalNotice
from tocsin.personal_notices.domain.notice_run import NoticeRun
from tocsin.personal_notices.domain.push_message import PushMessage
from tocsin.personal_notices.domain.told_calls import ToldCalls

TellPeople = Callable[[PersonalNotice, Sequence[Addressee]], NoticeRun]
"""Tells people, each as they want it now, once for ever; a repeat returns the run that stands.

Settings, roles and states of the people are read when it is called. Raises StorageUnavailable: repeat it.
"""

OwedPushes = Callable[[Sequence[PushMessage]], Mapping[UserId, Sequence[Participant]]]
"""Returns what is written so that each browser of these people gets its push; who has no browser is missing.

A participant whose push was written before is superseded. It needs no alert.
"""

MailedByTemplate = Callable[[PersonalNotice], Collection[UserId]]
"""Returns who gets a mail by a template of the account about the same event. The order of the two does not matter.

Raises StorageUnavailable: it is not known yet; repeat it.
"""


class NoticeRuns(Protocol):
    """What became of notices, for RUN_KEPT."""

    def get(self, tenant: TenantId, kind: NoticeKind, key: str, now: datetime) -> NoticeRun | None:
        """Return the run of a notice, strongly consistent; None = there is none."""
        ...

    def of_event(self, tenant: TenantId, event: str, now: datetime) -> Sequence[NoticeRun]:
        """Return the runs of an event's notices."""
        ...


class CallsTold(Protocol):
    """Which calls of each caller people were told of, for TOLD_KEPT; replaced on their version."""

    def find(self, tenant: TenantId, caller: str, now: datetime) -> ToldCalls:
        """Return the calls of a caller, strongly consistent; none if nothing is kept."""
        ...

    def save(self, calls: ToldCalls, now: datetime) -> bool:
        """Store over the version before its own. False: another writer was first; read again. A repeat is True."""
        ...


class TextsOfContacts(Protocol):
    """The texts of each contact to each number, for BURSTS_KEPT; replaced on their version."""

    def find(self, tenant: TenantId, number: str, contact: str, now: datetime) -> TextsOfContact:
        """Return what is remembered, strongly consistent; nothing if nothing is kept.

        Args:
            number: of the account; both in E.164.
        """
        ...

    def save(self, tenant: TenantId, number: str, contact: str, texts: TextsOfContact, now: datetime) -> bool:
        """Store over the version before its own. False: another writer was first; read again. A repeat is True."""
        ...
