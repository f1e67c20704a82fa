"""Somebody wrote, or followed a link: does that set a stored alert off?

its first keyword, among those of this API key ─► its trigger ─► a firing that is due, once per message
   not now, not any more ─► a refused firing, and the key's owner is told

The firing, its count with the trigger and its timer are written together; what rings is the timer.
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
from tocsin.triggers.application.notices import notice_of
from tocsin.triggers.domain.keyword import first_keyword, folded
from tocsin.triggers.domain.trigger import Trigger, TriggerRun, TriggerRunId, TriggerRunState, trigger_run_id
from tocsin.triggers.ports import Fired, Triggers

_TRIES = 8
"""Times a trigger is read again when others set it off at the same moment."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote, or the link that they followed.

    Attributes:
        key_id: the API key it was said to.
        text: what a keyword is looked for in; of a short link its reference, which is one as a whole.
        natural_id: names the message, so that it counts once however often it is delivered.
        alerter: address of who said it, "" if nobody knows.
        at: when it reached us.
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


@dataclass(frozen=True, slots=True)
class FireTrigger:
    """Decide whether a text, mail or click fires a trigger, and write the firing with its timer."""

    triggers: Triggers
    queue: TimerQueue
    notices: AccountNotices
    clock: Clock

    def __call__(self, said: Said) -> TriggerRun | None:
        """Return the firing it made, the first time or now; None if it holds no keyword.

        Raises:
            StorageUnavailable: take the message in again.
        """
        heard = self._heard(said)
        if heard is None:
            return None
        keyword, store = heard
        name = trigger_run_id(said.tenant, said.kind, said.natural_id)
        for _ in range(_TRIES):
            # A message that came before keeps what was decided then, whatever became of the trigger.
            if (earlier := self.triggers.trigger_run(said.tenant, name)) is not None:
                return self._told(earlier)
            trigger = self.triggers.get(said.tenant, said.key_id, store)
            word = trigger.word(said.kind, keyword) if trigger else None
            if trigger is None or word is None:
                return None  # cancelled this very moment
            if (trigger_run := self._written(_trigger_run(said, name, trigger, word), trigger)) is not None:
                return self._told(trigger_run)
        raise StorageUnavailable("a trigger is set off by too many at once")

    def _heard(self, said: Said) -> tuple[str, StoreId] | None:
        """Return the keyword, folded, and the store that it sets off."""
        if said.kind is TriggerKind.SHORTLINK:
            store = self.triggers.holder(said.tenant, said.key_id, said.kind, said.text)
            return None if store is None else (folded(said.text), store)
        words = self.triggers.words(said.tenant, said.key_id, said.kind)
        keyword = first_keyword(said.text, words)
        return None if keyword is None else (folded(keyword), words[keyword])

    def _written(self, trigger_run: TriggerRun, trigger: Trigger) -> TriggerRun | None:
        """Decide a firing and write it; None if somebody was first: look again."""
        reason = trigger.why_not(trigger_run.at, self.clock())
        if reason is None:
            return (
                trigger_run if self.triggers.fire(trigger_run, trigger, timer_of(trigger_run)) is Fired.DONE else None
            )
        refused = replace(trigger_run, state=TriggerRunState.REFUSED, reason=reason)
        return refused if self.triggers.refuse(refused) else None

    def _told(self, trigger_run: TriggerRun) -> TriggerRun:
        """Do what follows a firing; a repeat does it again, since the worker before may have died between the two."""
        if trigger_run.state is TriggerRunState.DUE:
            try:
                self.queue.enqueue([timer_of(trigger_run)], self.clock())
            except StorageUnavailable:
                # The timer is in its row; the sweeper rings for it.
                _log.warning("run_not_enqueued", extra={"tenant": trigger_run.tenant, "key": trigger_run.key_id})
        elif notice := notice_of(trigger_run):
            self.notices.notify(notice)
        return trigger_run


def timer_of(trigger_run: TriggerRun) -> Timer:
    """Return the timer of a firing: due at once, the same for every try."""
    return Timer(TimerKey(trigger_run.tenant, TimerKind.TRIGGER, trigger_run.id), 1, trigger_run.at)


def _trigger_run(said: Said, name: TriggerRunId, trigger: Trigger, word: TriggerWord) -> TriggerRun:
    return TriggerRun(
        id=name,
        tenant=said.tenant,
        key_id=said.key_id,
        store_id=trigger.store_id,
        word=word,
        alerter=said.alerter,
        contact_id=said.contact_id,
        channel=said.channel,
        at=said.at.replace(microsecond=said.at.microsecond // 1000 * 1000),
        client_ref=trigger.client_ref,
    )
