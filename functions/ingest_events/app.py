"""The function of telephony events. Handler: `ingest_events.app.app`."""

from __future__ import annotations

from dataclasses import dataclass

from ingest_events.handler import EventsFunction, bus_worker
from ingest_events.routes import event_routes
from tocsin.adapters.aws.clients import AwsClients
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.telephony.ingesting import IngestUseCases
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.process.environment import Environment

SERVICE = "ingest_events"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """Environment of this function, from the template.

    Attributes:
        events_url: where vendors reach the API, as `Call.address_by` reads it; their signatures name it.
    """

    table_name: str
    key_id: str
    events_owed_queue_url: str
    timers_queue_url: str
    events_url: str = ""


settings = Settings.from_environ()
clients = AwsClients()
storage = Storage(clients, table_name=settings.table_name, key_id=settings.key_id)
use = IngestUseCases(storage, Queues(clients.sqs, settings))

http = create_app(SERVICE)
http.register_blueprint(
    event_routes(
        take=use.take_events,
        take_payload=use.take_payload,
        tenant_of=storage.event_senders.tenant_of,
        address=settings.events_url,
    )
)
app = EventsFunction(http, bus_worker(SERVICE, use.take_bus_events))
