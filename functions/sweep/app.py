"""The sweeper. Handler: `sweep.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from sweep.handler import sweeper
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.delivery.work import DynamoDbWorkLedger
from tocsin.adapters.dynamodb.results.results import DynamoDbResultEvents
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.adapters.dynamodb.webhooks.callback_packs import DynamoDbCallbackPacks
from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import DynamoDbWebhookDeliveries
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.alerts.domain.alert import Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.sweep import Sweep
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.environment import Environment
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.timers.application.sweep import SweepTimers
from tocsin.webhooks.application.publish import PublishWithCallbacks
from tocsin.webhooks.application.sweep import SweepCallbacks
from tocsin.webhooks.domain.endpoint import CallbackLane

SERVICE = "sweep"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """What the template gives this function."""

    table_name: str
    bucket_name: str
    key_id: str
    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    webhook_queue_url: str
    webhook_slow_queue_url: str
    timers_queue_url: str


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
table = Table(clients.dynamodb, settings.table_name)
bucket = Bucket(clients.s3, settings.bucket_name)
sealer = KmsSealer(clients.kms, clients.dynamodb, settings.table_name, settings.key_id, utc_now, SystemRandomness())
callbacks = SqsCallbackQueue(
    clients.sqs,
    {CallbackLane.QUICK: settings.webhook_queue_url, CallbackLane.SLOW: settings.webhook_slow_queue_url},
)
sweep = Sweep(
    alerts=DynamoDbAlertRepository(table, sealer, bucket),
    rows=DynamoDbMessageRows(table),
    ledger=DynamoDbWorkLedger(table),
    events=PublishWithCallbacks(DynamoDbResultEvents(table, sealer), callbacks),
    queue=SqsDispatchQueue(
        clients.sqs,
        {
            (Channel.SMS, Lane.URGENT): settings.sms_urgent_queue_url,
            (Channel.SMS, Lane.BULK): settings.sms_bulk_queue_url,
            (Channel.EMAIL, Lane.URGENT): settings.email_urgent_queue_url,
            (Channel.EMAIL, Lane.BULK): settings.email_bulk_queue_url,
        },
    ),
    clock=utc_now,
)
sweep_callbacks = SweepCallbacks(
    packs=DynamoDbCallbackPacks(table, sealer),
    deliveries=DynamoDbWebhookDeliveries(table, sealer),
    queue=callbacks,
    clock=utc_now,
)
sweep_timers = SweepTimers(
    timers=DynamoDbTimers(table),
    queue=SqsTimerQueue(clients.sqs, settings.timers_queue_url),
    clock=utc_now,
)
handler = sweeper(SERVICE, sweep, sweep_callbacks, sweep_timers)
