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
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.short_links.application.follow import FollowLink
from tocsin.short_links.application.linked_message import FindMessage
from tocsin.short_links.application.presses import RecentPresses


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """Environment of this function, from the template.

    Attributes:
        restored_table: the table, if it was restored; not used here.
    """

    webhook_queue_url: str
    timers_queue_url: str
    restored_table: str = ""


settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
queues = Queues(clients.sqs, settings)
follow = FollowLink(
    find=FindMessage(storage.short_links, storage.alerts),
    responses=responses(storage, queues),
    event_publisher=event_publisher(storage, queues),
    sealer=storage.sealer,
    clock=storage.clock,
    presses=RecentPresses(storage.visitor_presses),
    fire=fire(storage, queues),
    notices=storage.account_notices,
)

app = create_app("links")
app.register_blueprint(link_routes(follow))
