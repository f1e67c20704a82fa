"""Composition of dispatch, the same for every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.alert_rules.application.deleted_rules import StopDeletedRules
from tocsin.bootstrap.notifying import mail_owners, result_events, warn_of_spend
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.dispatch_batch import BeforeSubmit, DispatchBatch
from tocsin.delivery.application.follow_calls import FollowCalls
from tocsin.delivery.application.last_look import LastLook
from tocsin.entrypoint.queue.metrics import emit
from tocsin.escalation.application.stop import StopEscalated
from tocsin.limits.application.limit_guard import LimitGuard
from tocsin.linked_alerts.application.skip_answered import SkipAnswered
from tocsin.privacy.application.erase_contact import HonourErasures
from tocsin.suppressions.application.suppress import Suppress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from datetime import timedelta

    from tocsin.alerts.domain.dispatch_job import DispatchJob
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.contacts.domain.channel import Channel
    from tocsin.delivery.application.channels import MessageChannel
    from tocsin.delivery.application.dispatch_batch import DispatchReport
    from tocsin.delivery.ports.calls_under_way import CallsUnderWay
    from tocsin.delivery.ports.lines import CallLines
    from tocsin.entrypoint.queue.batch_worker import Dispatch


def dispatch_batch(
    storage: Storage,
    queues: Queues,
    *,
    channel: MessageChannel,
    executor: Executor,
    before_submit: BeforeSubmit,
    spends: str | None = None,
    lines: CallLines | None = None,
    calls: CallsUnderWay | None = None,
) -> DispatchBatch:
    """Return the use case that sends batches.

    Args:
        hands: runs provider calls side by side.
        before_submit: receives each batch's messages between claim and submission.
        spends: the function's name, as a metric dimension, if its messages cost money. Then the metric `TextSpend`
            counts the cost, and owners get a mail when the daily limit is reached. None = they cost none.
        lines, calls: of the channel of calls; None for every other channel.
    """
    limits = LimitGuard(
        settings=storage.limit_settings,
        counters=storage.counters,
        notices=storage.account_notices,
        sealer=storage.sealer,
        clock=storage.clock,
        mail_owners=None if spends is None else mail_owners(storage, queues),
        count_spend=None if spends is None else lambda millionths: emit(spends, {"TextSpend": millionths}),
        totals=None if spends is None else storage.totals,
        warn=None if spends is None else warn_of_spend(storage),
    )
    return DispatchBatch(
        alerts=storage.alerts,
        rows=storage.message_rows,
        dispatch_progress=storage.dispatch_progress,
        events=result_events(storage, queues),
        queue=queues.dispatch,
        channel=channel,
        guards=(
            # Who has answered hears a message for callers or not: that is decided when they call.
            *(() if channel.channel is Channel.INBOUND_CALL else (SkipAnswered(storage.link_sets),)),
            LastLook(
                looks=storage.last_looks,
                rows=storage.message_rows,
                suppress=Suppress(storage.suppressions, storage.sealer),
                erasures=HonourErasures(storage.erasure_ledger, storage.sealer),
            ),
            StopEscalated(storage.escalations),
            StopDeletedRules(storage.standing_rules),
            limits,
        ),
        clock=storage.clock,
        randomness=storage.randomness,
        executor=executor,
        before_submit=before_submit,
        lines=lines,
        not_submitted=limits.give_back,
        follow_calls=FollowCalls(calls, lines, storage.clock) if calls is not None and lines is not None else None,
    )


def dispatch_by_channel(channels: Mapping[Channel, DispatchBatch]) -> Dispatch:
    """Return the dispatch of a function that serves several channels. A job of any other channel fails alone."""

    def dispatch_all(
        jobs: Sequence[DispatchJob], time_left: Callable[[], timedelta]
    ) -> Sequence[DispatchReport | Exception]:
        results: dict[int, DispatchReport | Exception] = {}
        for channel, dispatch in channels.items():
            places = [place for place, job in enumerate(jobs) if job.channel is channel]
            mine = dispatch.dispatch_all([jobs[place] for place in places], time_left)
            results |= dict(zip(places, mine, strict=True))
        return [results.get(place, ValueError("a job of another channel")) for place in range(len(jobs))]

    return dispatch_all
