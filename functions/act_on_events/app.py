"""The worker of owed events. Handler: `act_on_events.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from act_on_events.handler import event_worker
from tocsin.adapters.aws.clients import AwsClients
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import require_settled
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.telephony.acting_on_events import ActingUseCases
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.entrypoint.process.observability import configure

SERVICE = "act_on_events"


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """The environment of this function, from the template.

    Attributes:
        console_url: where people reach the console, without a slash at the end; "" = it is not known.
    """

    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    timers_queue_url: str
    events_owed_queue_url: str
    console_url: str = ""
    restored_table: str = ""


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
require_settled(storage, restored=bool(settings.restored_table))
queues = Queues(clients.sqs, settings)
act = ActingUseCases(storage, queues, service=SERVICE, console=settings.console_url).act
handler = event_worker(SERVICE, act)
