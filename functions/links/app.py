"""The function of short links. Handler: `links.app.app`."""

from __future__ import annotations

from dataclasses import dataclass

from links.routes import link_routes
from tocsin.adapters.aws.clients import AwsClients
from tocsin.bootstrap.answering import fire, responses
from tocsin.bootstrap.notifying import event_publisher
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.process.environment import Environment
from tocsin.short_links.application.follow import FollowLink


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """Environment of this function, from the template. `key_id`: the KMS key that wraps the tenants' data keys."""

    table_name: str
    bucket_name: str
    key_id: str
    webhook_queue_url: str
    timers_queue_url: str


settings = Settings.from_environ()
clients = AwsClients()
storage = Storage(clients, table_name=settings.table_name, key_id=settings.key_id, bucket_name=settings.bucket_name)
queues = Queues(clients.sqs, settings)
follow = FollowLink(
    links=storage.short_links,
    alerts=storage.alerts,
    responses=responses(storage, queues),
    event_publisher=event_publisher(storage, queues),
    sealer=storage.sealer,
    clock=storage.clock,
    fire=fire(storage, queues),
)

app = create_app("links")
app.register_blueprint(link_routes(follow))
