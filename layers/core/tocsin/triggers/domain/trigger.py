"""Triggers: keywords that send a stored alert. A keyword comes in a text, a mail's subject or a short link's reference.

    active ──keyword, within the trigger's limits──► a run ──► the alert is sent
      └─ cancelled, its store deleted, or a year old ──► removed

A run is due, and then either sent, with its alert, or failed. A keyword outside the trigger's limits makes a refused
run, with a reason, so that a redelivery of the message finds the run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.alerts.domain.participants import Participant
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.visibility import BY_NO_PERSON, Made
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.triggers.domain.keyword import folded

LONGEST_LIFE = timedelta(days=365)
"""The longest time for which a trigger is active. Its store lives as long."""


LATEST = timedelta(hours=4)
"""The greatest age of a keyword that may send an alert: as long as a message may be submitted."""


TRIGGER_RUN_KEPT = timedelta(days=90)
"""How long a run is kept: longer than any queue can redeliver its message."""


MAIL_WINDOW = timedelta(hours=1)
"""The time in which runs by mail are counted."""


MAX_ANSWERS_TO_OURS = 5
"""The most runs in MAIL_WINDOW by mails that answer mails of ours: two machines may be answering each other."""


OFTEN = 6
"""From so many runs by mail in MAIL_WINDOW, the owner of the key is told."""


MAX_TRIGGERS = 100
"""The most triggers of one API key, each with up to ten keywords: every incoming text is compared with all."""


class NotFiredReason(StrEnum):
    """Why a keyword sent nothing; the values are stable."""

    TOO_SOON = "too_soon"  # `minimumRepeatInterval` since the last run is not over
    USED_UP = "used_up"  # the trigger has run `maximumRepeats` times
    OVER = "over"  # the trigger has expired
    TOO_LATE = "too_late"  # the keyword arrived, or was processed, more than LATEST after it was written
    STORE_GONE = "store_gone"  # the stored alert no longer exists
    KEY_DISABLED = "key_disabled"  # the API key was disabled
    LINK_CANCELLED = "link_cancelled"  # the linked set of the alert was cancelled
    NOT_SENDABLE = "not_sendable"  # the stored alert is refused as it is now
    LOOP = "loop"  # MAX_ANSWERS_TO_OURS mails that answer ours have fired it within an hour
    SENDER_NOT_BELIEVED = "sender_not_believed"  # nothing proves who sent the mail with the keyword
    RESTORED = "restored"  # the table was restored from a backup; the alert may have been sent before
    NO_RECEIVER_REACHED = "no_receiver_reached"  # no message could be accepted: no capacity, no receivers


@dataclass(frozen=True, slots=True)
class Trigger:
    """The keywords that send one stored alert. A store has at most one trigger; a new one replaces the old one.

    Attributes:
        activation: id of this activation; the next one of the same store has another.
        every: shortest time between the keywords of two runs.
        at_most: most runs; 0 = no limit.
        client_ref: of the alerts that it sends; None = the one in the store.
        made: who made it, and for which company; what it sends is marked likewise.
        fired: number of runs.
        last_at: when the keyword of the latest run was written.
        mailed_at: when the mails of the latest OFTEN runs by mail arrived, in the order of the runs.
        answered_at: the same of the latest MAX_ANSWERS_TO_OURS runs by mails that answer ours.
    """

    tenant: TenantId
    key_id: ApiKeyId
    store_id: StoreId
    activation: str
    words: tuple[TriggerWord, ...]
    every: timedelta
    at_most: int
    activated_at: datetime
    expires_at: datetime
    client_ref: str | None = None
    fired: int = 0
    last_at: datetime | None = None
    mailed_at: tuple[datetime, ...] = ()
    answered_at: tuple[datetime, ...] = ()
    made: Made = BY_NO_PERSON

    def why_not(self, at: datetime, now: datetime, *, answers_ours: bool = False) -> NotFiredReason | None:
        """Return why a keyword that was written at `at` does not fire the trigger; None = it does.

        Args:
            answers_ours: it came in a mail that answers a mail of ours.
        """
        if now >= self.expires_at:
            return NotFiredReason.OVER
        if now - at > LATEST:
            return NotFiredReason.TOO_LATE
        if self.at_most and self.fired >= self.at_most:
            return NotFiredReason.USED_UP
        if self.last_at is not None and at - self.last_at < self.every:
            return NotFiredReason.TOO_SOON
        if answers_ours and _lately(self.answered_at, at) >= MAX_ANSWERS_TO_OURS:
            return NotFiredReason.LOOP
        return None

    def after(self, run: TriggerRun) -> Trigger:
        """Return the trigger with one more run."""
        by_mail = run.word.kind is TriggerKind.EMAIL
        return replace(
            self,
            fired=self.fired + 1,
            last_at=run.at,
            mailed_at=(*self.mailed_at, run.at)[-OFTEN:] if by_mail else self.mailed_at,
            answered_at=(*self.answered_at, run.at)[-MAX_ANSWERS_TO_OURS:] if run.answers_ours else self.answered_at,
        )

    def often_by_mail(self, at: datetime) -> bool:
        """Whether OFTEN mails have fired the trigger in the MAIL_WINDOW before `at`."""
        return _lately(self.mailed_at, at) >= OFTEN

    def word(self, kind: TriggerKind, folded_keyword: str) -> TriggerWord | None:
        """Return the word of this kind and folded keyword; None = the trigger has none."""
        return next((word for word in self.words if match_key(word) == (kind, folded_keyword)), None)


TriggerRunId = NewType("TriggerRunId", str)
"""Id of a run: 32 hexadecimal digits, derived from the message with the keyword."""


def trigger_run_id(tenant: TenantId, kind: TriggerKind, natural_id: str) -> TriggerRunId:
    """Return the id of a message's run. The id does not depend on the keyword, so a message has one run.

    Args:
        natural_id: the provider's id of the text, the mail server's id of the mail, or the id of the visit.
    """
    natural = "|".join((tenant, kind.value, natural_id))
    return TriggerRunId(hashlib.sha256(natural.encode("utf-8", "surrogatepass")).hexdigest()[:32])


class TriggerRunState(StrEnum):
    """The state of a run."""

    DUE = "due"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TriggerRun:
    """One message with a keyword of a trigger, and its result.

    Attributes:
        word: as in the call that activated the trigger.
        alerter: address of the sender of the keyword; "" = unknown. Personal data.
        channel: of the message; of a short link the channel of the message that contained the link.
        at: when the keyword was written.
        client_ref: of the alert; None = the one in the store.
        reason: why nothing was sent; None unless failed or refused.
        alert: the alert that was sent; None = none yet.
        late: the keyword was refused at first, because the mail service's record of the mail came later.
        answers_ours: it came in a mail that answers a mail of ours.
        made: as of the trigger.
    """

    id: TriggerRunId
    tenant: TenantId
    key_id: ApiKeyId
    store_id: StoreId
    word: TriggerWord
    alerter: str
    contact_id: str | None
    channel: Channel
    at: datetime
    state: TriggerRunState = TriggerRunState.DUE
    client_ref: str | None = None
    reason: NotFiredReason | None = None
    alert: AlertRef | None = None
    late: bool = False
    answers_ours: bool = False
    made: Made = BY_NO_PERSON


@dataclass(frozen=True, slots=True)
class TriggerActivated(Participant):
    """A trigger is activated with the alert. Condition: its store exists and its keywords are free.

    Attributes:
        over: the existing trigger of the same store, which is replaced; None = there is none.
    """

    trigger: Trigger
    over: Trigger | None = None


@dataclass(frozen=True, slots=True)
class TriggerRunSent(Participant):
    """The alert is that of a run. Condition: the run is still due."""

    trigger_run: TriggerRun


def match_key(word: TriggerWord) -> tuple[TriggerKind, str]:
    """Return kind and folded keyword: two words with the same key are the same word."""
    return word.kind, folded(word.keyword)


def duplicate_words(words: Sequence[TriggerWord]) -> list[int]:
    """Return the indexes of words that are in the list before."""
    keys = [match_key(word) for word in words]
    return [index for index, key in enumerate(keys) if key in keys[:index]]


def _lately(times: Sequence[datetime], at: datetime) -> int:
    return sum(at - MAIL_WINDOW < one <= at for one in times)
