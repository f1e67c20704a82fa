"""A text, a mail or a visit of a short link arrived: fire a trigger if the message contains a keyword.

the first keyword of this API key in the message ─► its trigger ─► a due run, once per message
   the trigger may not run ─► a refused run, and a notice for the key

The run, its trigger's count and its timer are written in one transaction. The timer sends the alert.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.kernel.ports import Clock
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import TimerQueue
from tocsin.triggers.application.notices import notice_of, often
from tocsin.triggers.domain.keyword import first_keyword, folded
from tocsin.triggers.domain.trigger import (
    NotFiredReason,
    Trigger,
    TriggerRun,
    TriggerRunId,
    TriggerRunState,
    trigger_run_id,
)
from tocsin.triggers.ports import Fired, Triggers

_TRIES = 8
"""Attempts to write a run while other messages fire the same trigger."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeywordMessage:
    """A message that may contain a keyword: a text, a mail, or a visit of a short link.

    Attributes:
        key_id: the API key that owns the number, mailbox or link.
        text: the text or subject; of a short link its reference, which as a whole is a keyword.
        natural_id: identifies the message, so that repeated deliveries count once.
        alerter: address of the sender or visitor; "" = unknown. Personal data.
        channel: of the message; of a short link the channel of the message that contained the link.
        at: when the message arrived.
        late: the message was refused at first (`FireTrigger.refuse`).
        answers_ours: it is a mail that answers a mail of ours.
    """

    tenant: TenantId
    key_id: ApiKeyId
    kind: TriggerKind
    text: str
    natural_id: str
    alerter: str
    channel: Channel
    at: datetime
    contact_id: str | None = None
    late: bool = False
    answers_ours: bool = False


@dataclass(frozen=True, slots=True)
class FireTrigger:
    """Decide whether a message fires a trigger, and write the run with its timer."""

    triggers: Triggers
    queue: TimerQueue
    notices: AccountNotices
    clock: Clock

    def __call__(self, message: KeywordMessage) -> TriggerRun | None:
        """Return the run of the message, new or existing; None = the message contains no keyword.

        Raises:
            StorageUnavailable: process the message again.
        """
        match = self._match(message)
        if match is None:
            return None
        keyword, store = match
        run_id = trigger_run_id(message.tenant, message.kind, message.natural_id)
        for _ in range(_TRIES):
            # A redelivered message keeps its first decision, even if the trigger has changed since.
            if (earlier := self.triggers.trigger_run(message.tenant, run_id)) is not None:
                return self._follow_up(earlier)
            trigger = self.triggers.get(message.tenant, message.key_id, store)
            word = trigger.word(message.kind, keyword) if trigger else None
            if trigger is None or word is None:
                return None  # the trigger was cancelled meanwhile
            if (trigger_run := self._write(_trigger_run(message, run_id, trigger, word), trigger)) is not None:
                return self._follow_up(trigger_run)
        raise StorageUnavailable("too many messages fire one trigger at once")

    def active(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind, text: str, now: datetime) -> bool:
        """Return whether `text` as a whole is the keyword of an active trigger. Raises StorageUnavailable."""
        store = self.triggers.holder(tenant, key_id, kind, text)
        trigger = None if store is None else self.triggers.get(tenant, key_id, store)
        return trigger is not None and now < trigger.expires_at

    def refuse(self, message: KeywordMessage, reason: NotFiredReason) -> TriggerRun | None:
        """Store that a message with a keyword fires nothing, and write a notice. The message may still fire later.

        Returns:
            The refused run, new or existing; None = the message contains no keyword.

        Raises:
            StorageUnavailable: process the message again.
        """
        match = self._match(message)
        if match is None:
            return None
        keyword, store = match
        trigger = self.triggers.get(message.tenant, message.key_id, store)
        word = trigger.word(message.kind, keyword) if trigger else None
        if trigger is None or word is None:
            return None  # the trigger was cancelled meanwhile
        run = _trigger_run(message, _refused_id(message, reason), trigger, word)
        refused = replace(run, state=TriggerRunState.REFUSED, reason=reason)
        self.triggers.refuse(refused)
        return self._follow_up(refused)

    def was_refused(self, message: KeywordMessage, reason: NotFiredReason) -> bool:
        """Whether `refuse` was called with this message and reason."""
        return self.triggers.trigger_run(message.tenant, _refused_id(message, reason)) is not None

    def _match(self, message: KeywordMessage) -> tuple[str, StoreId] | None:
        """Return the keyword, folded, and the store that the keyword sends."""
        if message.kind is TriggerKind.SHORTLINK:
            store = self.triggers.holder(message.tenant, message.key_id, message.kind, message.text)
            return None if store is None else (folded(message.text), store)
        words = self.triggers.words(message.tenant, message.key_id, message.kind)
        keyword = first_keyword(message.text, words)
        return None if keyword is None else (folded(keyword), words[keyword])

    def _write(self, trigger_run: TriggerRun, trigger: Trigger) -> TriggerRun | None:
        """Decide a run and write it; None = another write was first: read again."""
        reason = trigger.why_not(trigger_run.at, self.clock(), answers_ours=trigger_run.answers_ours)
        if reason is None:
            return (
                trigger_run if self.triggers.fire(trigger_run, trigger, timer_of(trigger_run)) is Fired.DONE else None
            )
        refused = replace(trigger_run, state=TriggerRunState.REFUSED, reason=reason)
        return refused if self.triggers.refuse(refused) else None

    def _follow_up(self, trigger_run: TriggerRun) -> TriggerRun:
        """Enqueue a due run, or write a notice. Repeated for each delivery, because an earlier worker may have died."""
        if trigger_run.reason is None and trigger_run.word.kind is TriggerKind.EMAIL:
            self._tell_if_often(trigger_run)
        if trigger_run.state is TriggerRunState.DUE:
            try:
                self.queue.enqueue([timer_of(trigger_run)], self.clock())
            except StorageUnavailable:
                # The sweeper finds the timer by its row.
                _log.warning("run_not_enqueued", extra={"tenant": trigger_run.tenant, "key": trigger_run.key_id})
        elif notice := notice_of(trigger_run):
            self.notices.notify(notice)
        return trigger_run

    def _tell_if_often(self, trigger_run: TriggerRun) -> None:
        trigger = self.triggers.get(trigger_run.tenant, trigger_run.key_id, trigger_run.store_id)
        if trigger is not None and trigger.often_by_mail(trigger_run.at):
            self.notices.notify(often(trigger_run))


def timer_of(trigger_run: TriggerRun) -> Timer:
    """Return the timer of a run: due when the message arrived, and equal for every attempt."""
    return Timer(TimerKey(trigger_run.tenant, TimerKind.TRIGGER, trigger_run.id), 1, trigger_run.at)


def _refused_id(message: KeywordMessage, reason: NotFiredReason) -> TriggerRunId:
    return trigger_run_id(message.tenant, message.kind, f"{message.natural_id}|{reason}")


def _trigger_run(message: KeywordMessage, run_id: TriggerRunId, trigger: Trigger, word: TriggerWord) -> TriggerRun:
    return TriggerRun(
        id=run_id,
        tenant=message.tenant,
        key_id=message.key_id,
        store_id=trigger.store_id,
        word=word,
        alerter=message.alerter,
        contact_id=message.contact_id,
        channel=message.channel,
        at=message.at.replace(microsecond=message.at.microsecond // 1000 * 1000),
        client_ref=trigger.client_ref,
        late=message.late,
        answers_ours=message.answers_ours,
        made=trigger.made,
    )
