"""The sweeper. Handler: `sweep.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass, field

from sweep.handler import sweeper
from tocsin.adapters.aws.clients import AwsClients
from tocsin.bootstrap.notifying import result_events
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import require_settled
from tocsin.bootstrap.storage import Storage
from tocsin.delivery.application.sweep import Sweep
from tocsin.entrypoint.process.environment import QueueSettings
from tocsin.entrypoint.process.observability import configure
from tocsin.telephony.application.sweep_events import SweepEvents
from tocsin.timers.application.sweep import SweepTimers
from tocsin.webhooks.application.sweep import SweepCallbacks

SERVICE = "sweep"


@dataclass(frozen=True, slots=True)
class Settings(QueueSettings):
    """The environment variables of this function: those of a function that sends to all queues."""

    events_owed_queue_url: str = field(kw_only=True)


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
require_settled(storage, restored=bool(settings.restored_table))
queues = Queues(clients.sqs, settings)
sweep = Sweep(
    alerts=storage.alerts,
    rows=storage.message_rows,
    dispatch_progress=storage.dispatch_progress,
    events=result_events(storage, queues),
    queue=queues.dispatch,
    clock=storage.clock,
)
sweep_callbacks = SweepCallbacks(
    packs=storage.callback_packs,
    deliveries=storage.webhook_deliveries,
    queue=queues.callbacks,
    clock=storage.clock,
)
sweep_timers = SweepTimers(timers=storage.timers, queue=queues.timers, clock=storage.clock)
sweep_events = SweepEvents(storage.event_rows, queues.owed_events, storage.clock)
handler = sweeper(SERVICE, sweep, sweep_callbacks=sweep_callbacks, sweep_timers=sweep_timers, sweep_events=sweep_events)
