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
from tocsin.notices.ports.client_messages import ClientMessages
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import TimerQueue
from tocsin.triggers.application.notices import notice_of
from tocsin.triggers.domain.keyword import first_keyword, folded
from tocsin.triggers.domain.trigger import Firing, FiringId, FiringState, Trigger, firing_id
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
class SetOff:
    """Decide whether a text, mail or click fires a trigger, and write the firing with its timer."""

    triggers: Triggers
    queue: TimerQueue
    messages: ClientMessages
    clock: Clock

    def __call__(self, said: Said) -> Firing | None:
        """Return the firing it made, the first time or now; None if it holds no keyword.

        Raises:
            StorageUnavailable: take the message in again.
        """
        heard = self._heard(said)
        if heard is None:
            return None
        keyword, store = heard
        name = firing_id(said.tenant, said.kind, said.natural_id)
        for _ in range(_TRIES):
            # A message that came before keeps what was decided then, whatever became of the trigger.
            if (earlier := self.triggers.firing(said.tenant, name)) is not None:
                return self._told(earlier)
            trigger = self.triggers.get(said.tenant, said.key_id, store)
            word = trigger.word(said.kind, keyword) if trigger else None
            if trigger is None or word is None:
                return None  # cancelled this very moment
            if (firing := self._written(_firing(said, name, trigger, word), trigger)) is not None:
                return self._told(firing)
        raise StorageUnavailable("a trigger is set off by too many at once")

    def _heard(self, said: Said) -> tuple[str, StoreId] | None:
        """Return the keyword, folded, and the store that it sets off."""
        if said.kind is TriggerKind.SHORTLINK:
            store = self.triggers.holder(said.tenant, said.key_id, said.kind, said.text)
            return None if store is None else (folded(said.text), store)
        words = self.triggers.words(said.tenant, said.key_id, said.kind)
        keyword = first_keyword(said.text, words)
        return None if keyword is None else (folded(keyword), words[keyword])

    def _written(self, firing: Firing, trigger: Trigger) -> Firing | None:
        """Decide a firing and write it; None if somebody was first: look again."""
        reason = trigger.why_not(firing.at, self.clock())
        if reason is None:
            return firing if self.triggers.fire(firing, trigger, timer_of(firing)) is Fired.DONE else None
        refused = replace(firing, state=FiringState.REFUSED, reason=reason)
        return refused if self.triggers.refuse(refused) else None

    def _told(self, firing: Firing) -> Firing:
        """Do what follows a firing; a repeat does it again, since the worker before may have died between the two."""
        if firing.state is FiringState.DUE:
            try:
                self.queue.enqueue([timer_of(firing)], self.clock())
            except StorageUnavailable:
                # The timer is in its row; the sweeper rings for it.
                _log.warning("run_not_enqueued", extra={"tenant": firing.tenant, "key": firing.key_id})
        elif notice := notice_of(firing):
            self.messages.notify(notice)
        return firing


def timer_of(firing: Firing) -> Timer:
    """Return the timer of a firing: due at once, the same for every try."""
    return Timer(TimerKey(firing.tenant, TimerKind.TRIGGER, firing.id), 1, firing.at)


def _firing(said: Said, name: FiringId, trigger: Trigger, word: TriggerWord) -> Firing:
    return Firing(
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
