"""Composition of sending: from a request to an accepted alert, for calls of clients and for timers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import SendAlert
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.entrypoint.queue.metrics import emit
from tocsin.escalation.application.prepare import begun
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.limits.application.notify_refusals import NotifyRefusals
from tocsin.limits.application.number_filter import NumberFilter
from tocsin.linked_alerts.application.join import JoinLinkSet
from tocsin.privacy.application.drop_erased import DropErased
from tocsin.responses.application.two_way_senders import CheckSender

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tocsin.alerts.application.element_filter import ElementFilter
    from tocsin.alerts.application.send import CapacityUsedUp
    from tocsin.alerts.application.send_inside import SendInside
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.contacts.domain.channel import Channel
    from tocsin.identity.domain.api_key import ApiKey
    from tocsin.limits.application.warn_of_spend import WarnOfSpend
    from tocsin.voice.ports import DecodeAudio


@dataclass(frozen=True, slots=True)
class SendPipeline:
    """The use case that sends at once, and the parts that other use cases share."""

    send: SendAlert
    prepare: PrepareSend
    clocks: AccountClocks
    egress: EgressPolicy
    notify_refusals: NotifyRefusals


def send_pipeline(
    storage: Storage,
    queues: Queues,
    *,
    service: str,
    link_base: str = "",
    open_egress: bool = False,
    count_accepted: Callable[[int], None] | None = None,
    decode: DecodeAudio | None = None,
) -> SendPipeline:
    """Return the use cases of sending.

    Args:
        service: the function's name, as a metric dimension.
        link_base: prefix of short links; empty if it is not known.
        open_egress: allow callbacks to loopback addresses; on the local engine only.
        count_accepted: counts the receivers of each accepted alert.
        decode: decodes the recordings of calls; None = the voice channel is not served.
    """
    clocks = AccountClocks(storage.tenants, storage.clock)
    egress = EgressPolicy(loopback=open_egress)
    prepare = PrepareSend(
        stores=storage.stored_content,
        randomness=storage.randomness,
        link_base=link_base,
        egress=egress,
        clocks=clocks,
        begin_escalation=begun,
        decode=decode,
        join=JoinLinkSet(storage.link_sets),
        filters=element_filters(storage),
    )
    notify_refusals = _notify_refusals(storage, service)
    send = SendAlert(
        prepare=prepare,
        alerts=storage.alerts,
        keys=storage.api_keys,
        queue=queues.dispatch,
        clock=storage.clock,
        messages=storage.account_notices,
        timers=queues.timers,
        notify_refusals=notify_refusals,
        count_accepted=count_accepted,
        capacity_used_up=_capacity_used_up(storage),
    )
    return SendPipeline(send=send, prepare=prepare, clocks=clocks, egress=egress, notify_refusals=notify_refusals)


def send_inside(storage: Storage, queues: Queues, *, service: str, clocks: AccountClocks | None = None) -> SendInside:
    """Return the use case that sends alerts of the inside. For one thread.

    Args:
        service: the function's name, as a metric dimension.
        clocks: of accounts; None = new ones.
    """
    from tocsin.alerts.application.send_inside import SendInside
    from tocsin.webhooks.application.endpoints import enqueue_owed

    return SendInside(
        alerts=storage.alerts,
        together=storage.commit_together,
        stores=storage.stored_content,
        filters=element_filters(storage),
        clocks=clocks or AccountClocks(storage.tenants, storage.clock),
        queue=queues.dispatch,
        timers=queues.timers,
        clock=storage.clock,
        after_commit=(lambda participants: enqueue_owed(queues.callbacks, participants),),
        notify_refusals=_notify_refusals(storage, service),
    )


def element_filters(storage: Storage) -> tuple[ElementFilter, ...]:
    """Return the filters that every send passes, in their order."""
    return (
        DropErased(storage.erasure_ledger, storage.sealer),
        CheckSender(storage.two_way_numbers, storage.clock),
        NumberFilter(storage.limit_settings, storage.clock),
    )


def _notify_refusals(storage: Storage, service: str) -> NotifyRefusals:
    return NotifyRefusals(
        storage.account_notices,
        lambda sending_limit, count: emit(service, {"LimitsExceeded": count}, reason=sending_limit.value),
        storage.totals,
    )


def _capacity_used_up(storage: Storage) -> CapacityUsedUp:
    """Return what warns of a capacity that is used up. Its modules are imported with the first one."""
    warnings: list[WarnOfSpend] = []

    def warn(key: ApiKey, channel: Channel, now: datetime) -> None:
        from tocsin.bootstrap.notifying import warn_of_spend

        if not warnings:
            warnings.append(warn_of_spend(storage))
        warnings[0].capacity_used_up(key, channel, now)

    return warn
