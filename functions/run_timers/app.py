"""The worker of timers. Handler: `run_timers.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from run_timers.handler import timer_worker
from tocsin.adapters.audio.intake import AudioIntake
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.scheduler.wake_up_scheduler import EventBridgeWakeUpScheduler, WakeUpPlace
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import require_settled
from tocsin.bootstrap.sending import send_pipeline
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.timers import timer_actions
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.queue.metrics import emit
from tocsin.timers.application.run import RunTimer

SERVICE = "run_timers"


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """The environment of this function, from the template.

    Attributes:
        open_egress, link_base_url: as for the API. console_url: as for act_on_events.
        timer_wake_up_group, timer_wake_up_role_arn: the schedule group of wake-ups, and the role that sends orders.
    """

    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    voice_urgent_queue_url: str
    voice_bulk_queue_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    open_egress: bool
    events_owed_queue_url: str
    timers_queue_url: str
    timers_queue_arn: str
    timers_dead_letters_arn: str
    timer_wake_up_group: str
    timer_wake_up_role_arn: str
    link_base_url: str = ""
    console_url: str = ""
    restored_table: str = ""


configure(SERVICE)
settings, clients = Settings.from_environ(), AwsClients()
storage = Storage.of(settings, clients)
require_settled(storage, restored=bool(settings.restored_table))
queues = Queues(clients.sqs, settings)
pipeline = send_pipeline(
    storage,
    queues,
    service=SERVICE,
    link_base=settings.link_base_url,
    open_egress=settings.open_egress,
    decode=AudioIntake(),
    count_accepted=lambda receivers: emit(SERVICE, {"RecipientsAccepted": receivers}),
)
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
    actions=timer_actions(storage, queues, pipeline.send, service=SERVICE, console=settings.console_url),
    clock=storage.clock,
)
handler = timer_worker(SERVICE, run)
