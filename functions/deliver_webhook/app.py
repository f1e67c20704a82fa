"""The webhook worker. Handler: `deliver_webhook.app.handler`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deliver_webhook.handler import callback_worker
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.eventbridge.result_bus import EventBridgeResultBus
from tocsin.adapters.webhook.sender import HttpsWebhookSender
from tocsin.bootstrap.browsers.pushing import pushes
from tocsin.bootstrap.notifying import gone_webhook, mail_owners, webhook_failures
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import require_settled
from tocsin.bootstrap.storage import Storage
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.entrypoint.process.observability import configure
from tocsin.webhooks.application.deliver import DeliverCallbacks

SERVICE = "deliver_webhook"


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """Environment of this function, from the template.

    Attributes:
        open_egress: calls may go to loopback addresses; on the local engine only.
        trusted_ca: file of certificates that calls trust beside the public ones; on the local engine only.
        results_bus_name, stage: the event bus, and what follows `tocsin.` in the source of its events.
        email_domain: operators of push services write to its postmaster.
        send_concurrency: orders of a queue batch that are processed at the same time.
    """

    webhook_urgent_queue_url: str
    webhook_queue_url: str
    webhook_slow_queue_url: str
    email_urgent_queue_url: str
    results_bus_name: str
    stage: str
    open_egress: bool
    trusted_ca: str = ""
    email_domain: str = ""
    send_concurrency: int = 10
    restored_table: str = ""


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
require_settled(storage, restored=bool(settings.restored_table))
queues = Queues(clients.sqs, settings)
deliver = DeliverCallbacks(
    alerts=storage.alerts,
    packs=storage.callback_packs,
    deliveries=storage.webhook_deliveries,
    endpoints=storage.webhook_endpoints,
    queue=queues.callbacks,
    notices=storage.account_notices,
    bus=EventBridgeResultBus(clients.events, name=settings.results_bus_name, source=f"tocsin.{settings.stage}"),
    sender=HttpsWebhookSender(
        storage.clock, policy=EgressPolicy(loopback=settings.open_egress), trusted_ca=settings.trusted_ca
    ),
    clock=storage.clock,
    randomness=storage.randomness,
    mail_owners=mail_owners(storage, queues),
    rule_stands=storage.standing_rules.stands,
    gone=gone_webhook(storage),
    signs_at=storage.real_clock,
    pushes=pushes(storage, settings.email_domain),
    tell=webhook_failures(storage),
    owners=storage.key_owners,
)
executor = ThreadPoolExecutor(settings.send_concurrency, "call")
handler = callback_worker(SERVICE, deliver, executor)
