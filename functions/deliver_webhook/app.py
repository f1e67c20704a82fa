"""The worker of callbacks. Handler: `deliver_webhook.app.handler`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deliver_webhook.handler import callback_worker
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.identity.key_owners import DynamoDbKeyOwners
from tocsin.adapters.dynamodb.notices import DynamoDbClientMessages
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.webhooks.callback_packs import DynamoDbCallbackPacks
from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import DynamoDbWebhookDeliveries
from tocsin.adapters.dynamodb.webhooks.webhook_endpoints import DynamoDbWebhookEndpoints
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue
from tocsin.adapters.webhook.sender import HttpsWebhookSender
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.domain.alert import Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.environment import Environment
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.webhooks.application.deliver import DeliverCallbacks
from tocsin.webhooks.domain.endpoint import CallbackLane

SERVICE = "deliver_webhook"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """What the template gives this function.

    Attributes:
        open_egress: calls may go to this machine; on the local engine only.
        send_concurrency: orders of a batch worked off side by side.
    """

    table_name: str
    bucket_name: str
    key_id: str
    webhook_queue_url: str
    webhook_slow_queue_url: str
    email_urgent_queue_url: str
    open_egress: bool
    send_concurrency: int = 10


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
table = Table(clients.dynamodb, settings.table_name)
bucket = Bucket(clients.s3, settings.bucket_name)
randomness = SystemRandomness()
sealer = KmsSealer(clients.kms, clients.dynamodb, settings.table_name, settings.key_id, utc_now, randomness)
alerts = DynamoDbAlertRepository(table, sealer, bucket)
deliver = DeliverCallbacks(
    alerts=alerts,
    packs=DynamoDbCallbackPacks(table, sealer),
    deliveries=DynamoDbWebhookDeliveries(table, sealer),
    endpoints=DynamoDbWebhookEndpoints(table, sealer),
    queue=SqsCallbackQueue(
        clients.sqs,
        {CallbackLane.QUICK: settings.webhook_queue_url, CallbackLane.SLOW: settings.webhook_slow_queue_url},
    ),
    messages=DynamoDbClientMessages(table, sealer),
    sender=HttpsWebhookSender(utc_now, policy=EgressPolicy(loopback=settings.open_egress)),
    clock=utc_now,
    randomness=randomness,
    mail_owners=MailOwners(
        DynamoDbKeyOwners(table, sealer),
        alerts,
        SqsDispatchQueue(clients.sqs, {(Channel.EMAIL, Lane.URGENT): settings.email_urgent_queue_url}),
        utc_now,
    ),
)
hands = ThreadPoolExecutor(settings.send_concurrency, "call")
handler = callback_worker(SERVICE, deliver, hands)
