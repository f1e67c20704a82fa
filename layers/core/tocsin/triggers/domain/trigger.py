"""Words that set a stored alert off: written in a text or the subject of a mail, or the reference of a short link.

    armed ──the word, often enough apart, not too often──► a firing ──► the alert is sent
      └─ cancelled, its store deleted, or a year old ──► gone

A firing is due, and then either sent, with its alert, or failed. A word that sets nothing off is a firing too, a
refused one, so that it can be explained and a repeat of the same message finds it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.alerts.domain.participants import Participant
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.triggers.domain.keyword import folded

LONGEST_LIFE = timedelta(days=365)
"""How long a trigger waits at most; its store is held as long."""


LATEST = timedelta(hours=4)
"""How long after the word was written it may still set the alert off: as long as a message may be handed over."""


TRIGGER_RUN_KEPT = timedelta(days=90)
"""How long a firing is remembered; longer than any queue can bring its message back."""


MAX_TRIGGERS = 100
"""Of one API key, with up to ten words each: they are looked through for every text that comes in."""


class NotFiredReason(StrEnum):
    """Stable words for why somebody's word sent nothing."""

    TOO_SOON = "too_soon"  # `minimumRepeatInterval` since the last run is not over
    USED_UP = "used_up"  # it has run `maximumRepeats` times
    OVER = "over"  # the trigger's year is over
    TOO_LATE = "too_late"  # the word reached us, or was worked off, hours after it was written
    STORE_GONE = "store_gone"  # the stored alert is not there any more
    KEY_DISABLED = "key_disabled"  # the API key was disabled
    LINK_CANCELLED = "link_cancelled"  # the linked alerts it belongs to were cancelled
    NOT_SENDABLE = "not_sendable"  # the stored alert is refused as it stands now
    NOBODY_REACHED = "nobody_reached"  # nothing of it could be accepted: no capacity, no receivers


@dataclass(frozen=True, slots=True)
class Trigger:
    """What sets one stored alert off. A store has one trigger; a new one takes the place of the old.

    Attributes:
        armed: names this arming; the next one for the same store has another.
        client_ref: of the alerts it sends; None = the one in the store.
        fired: times it has run.
        last_at: when the word of the latest run was written.
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

    def why_not(self, at: datetime, now: datetime) -> NotFiredReason | None:
        """Return why a word that was written at `at` does not set it off, None if it does."""
        if now >= self.expires_at:
            return NotFiredReason.OVER
        if now - at > LATEST:
            return NotFiredReason.TOO_LATE
        if self.at_most and self.fired >= self.at_most:
            return NotFiredReason.USED_UP
        if self.last_at is not None and at - self.last_at < self.every:
            return NotFiredReason.TOO_SOON
        return None

    def word(self, kind: TriggerKind, folded_keyword: str) -> TriggerWord | None:
        """Return its word that says this, folded."""
        return next((word for word in self.words if said(word) == (kind, folded_keyword)), None)


TriggerRunId = NewType("TriggerRunId", str)
"""One firing: 32 hexadecimal digits, made from the message that said the word."""


def trigger_run_id(tenant: TenantId, kind: TriggerKind, natural_id: str) -> TriggerRunId:
    """Return the id: the same message makes the same firing, whatever keyword it is taken to hold by then.

    Args:
        natural_id: the provider's id of the text, the mail server's of the mail, or the id of the visit.
    """
    natural = "|".join((tenant, kind.value, natural_id))
    return TriggerRunId(hashlib.sha256(natural.encode("utf-8", "surrogatepass")).hexdigest()[:32])


class TriggerRunState(StrEnum):
    """How far a firing has come."""

    DUE = "due"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TriggerRun:
    """Somebody said a word of a trigger.

    Attributes:
        word: as it was armed.
        alerter: address of who said it; "" if nobody knows. Personal data.
        channel: which way it came; of a short link the channel of the message it stood in.
        at: when it was said.
        client_ref: see Trigger.
        reason: why nothing was sent, of a failed or refused one.
        alert: what was sent.
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


@dataclass(frozen=True, slots=True)
class TriggerActivated(Participant):
    """A trigger is armed with the alert: its store must be there, and its words free.

    Attributes:
        over: the trigger of the same store that was found there, whose place it takes.
    """

    trigger: Trigger
    over: Trigger | None = None


@dataclass(frozen=True, slots=True)
class TriggerRunSent(Participant):
    """The alert is what a firing sends, which must still be due."""

    trigger_run: TriggerRun


def said(word: TriggerWord) -> tuple[TriggerKind, str]:
    """Return what makes two words the same for whoever listens."""
    return word.kind, folded(word.keyword)


def duplicate_words(words: Sequence[TriggerWord]) -> list[int]:
    """Return the places of words that stand before in the same list."""
    all_said = [said(word) for word in words]
    return [place for place, each in enumerate(all_said) if each in all_said[:place]]
