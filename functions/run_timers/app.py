"""The worker of timers. Handler: `run_timers.app.handler`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from run_timers.handler import timer_worker
from run_timers.settings import Settings
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.scheduler.wake_up_scheduler import EventBridgeWakeUpScheduler, WakeUpPlace
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import require_settled
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.timers import TimerActions
from tocsin.entrypoint.process.observability import configure
from tocsin.timers.application.run import RunTimer

if TYPE_CHECKING:
    from tocsin.alerts.application.send import SendAlert

SERVICE = "run_timers"

configure(SERVICE)
settings, clients = Settings.from_environ(), AwsClients()
storage = Storage.of(settings, clients)
require_settled(storage, restored=bool(settings.restored_table))
queues = Queues(clients.sqs, settings)


@cache
def send() -> SendAlert:
    """Return what sends alerts; it is imported and made with the first timer that sends one."""
    from tocsin.adapters.audio.intake import AudioIntake
    from tocsin.bootstrap.sending import send_pipeline
    from tocsin.entrypoint.queue.metrics import emit

    return send_pipeline(
        storage,
        queues,
        service=SERVICE,
        link_base=settings.link_base_url,
        open_egress=settings.open_egress,
        decode=AudioIntake(),
        count_accepted=lambda receivers: emit(SERVICE, {"RecipientsAccepted": receivers}),
    ).send


place = WakeUpPlace(
    group=settings.timer_wake_up_group,
    queue=settings.timers_queue_arn,
    role=settings.timer_wake_up_role_arn,
    dead_letters=settings.timers_dead_letters_arn,
)
run = RunTimer(
    timers=storage.timers,
    queue=queues.timers,
    scheduler=EventBridgeWakeUpScheduler(clients.scheduler, place),
    actions=TimerActions(storage, queues, send, service=SERVICE, console=settings.console_url).by_kind,
    clock=storage.clock,
)
handler = timer_worker(SERVICE, run)
