"""Composition of restore: the settlement, and what stops a restored system from sending before it.

The imports are inside the functions, so that a Lambda function loads only what it uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.restore.application.may_send import MaySend
    from tocsin.restore.application.settle import SettleRestored


def may_send(storage: Storage, *, sending: bool, restored: bool) -> MaySend:
    """Return the check before a call is accepted that sends."""
    from tocsin.restore.application.may_send import MaySend

    return MaySend(storage.restore_ledger, sending=sending, restored=restored)


def require_settled(storage: Storage, *, restored: bool) -> None:
    """Let a worker start, unless its table is restored and not settled: then the start fails with `Restoring`."""
    if restored:
        may_send(storage, sending=True, restored=True)()


def settle_restored(storage: Storage, queues: Queues) -> SettleRestored:
    """Return the use case of an operator that settles a restored table."""
    from tocsin.bootstrap.notifying import result_events
    from tocsin.bootstrap.sending import send_pipeline
    from tocsin.entrypoint.alert_body.alert import read_for_run
    from tocsin.restore.application.settle import SettleRestored
    from tocsin.schedules.application.run import RunSchedule

    miss_due = RunSchedule(
        schedules=storage.schedules,
        write=storage.commit_together,
        stores=storage.stored_content,
        keys=storage.api_keys,
        send=send_pipeline(storage, queues, service="operate").send,
        read=read_for_run,
        notices=storage.account_notices,
        grace=None,
    )
    return SettleRestored(
        alerts=storage.alerts,
        rows=storage.message_rows,
        dispatch_progress=storage.dispatch_progress,
        events=result_events(storage, queues),
        timers=storage.timers,
        timer_queue=queues.timers,
        miss_due=miss_due,
        escalations=storage.escalations,
        triggers=storage.triggers,
        packs=storage.callback_packs,
        deliveries=storage.webhook_deliveries,
        clock=storage.clock,
    )
