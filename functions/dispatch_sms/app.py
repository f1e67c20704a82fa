"""The SMS worker. Handler: `dispatch_sms.app.handler`."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.delivery.work import DynamoDbWorkLedger
from tocsin.adapters.dynamodb.escalation import DynamoDbEscalations
from tocsin.adapters.dynamodb.identity.key_owners import DynamoDbKeyOwners
from tocsin.adapters.dynamodb.limits import DynamoDbBrakeBook, DynamoDbMeters
from tocsin.adapters.dynamodb.linked_alerts import DynamoDbLinkSets
from tocsin.adapters.dynamodb.notices import DynamoDbClientMessages
from tocsin.adapters.dynamodb.privacy.erasure_ledger import DynamoDbErasureLedger
from tocsin.adapters.dynamodb.responses.conversations import DynamoDbConversations
from tocsin.adapters.dynamodb.responses.two_way_numbers import DynamoDbTwoWayNumbers
from tocsin.adapters.dynamodb.results.results import DynamoDbResultEvents
from tocsin.adapters.dynamodb.short_links import DynamoDbShortLinks
from tocsin.adapters.dynamodb.suppressions import DynamoDbSuppressions
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.end_user_messaging.sms_sender import EumSmsSender
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.adapters.sandbox.senders import SandboxSmsSender
from tocsin.adapters.sns.sms_sender import SnsSmsSender
from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.domain.alert import Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.channels import SmsCarrier
from tocsin.delivery.application.dispatch_slice import DispatchSlice
from tocsin.delivery.ports.senders import SmsSender
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.environment import Environment
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.entrypoint.queue.handover_tally import HandoverTally, TalliedSms
from tocsin.entrypoint.queue.slice_worker import SliceWorker
from tocsin.escalation.application.stop import StopEscalated
from tocsin.limits.application.brake import HoldBack
from tocsin.linked_alerts.application.skip_answered import SkipAnswered
from tocsin.privacy.application.erase_contact import HonourErasures
from tocsin.responses.application.remember_texts import RememberTexts
from tocsin.short_links.application.message_links import MessageLinks
from tocsin.suppressions.application.suppress import Suppress
from tocsin.webhooks.application.publish import PublishWithCallbacks
from tocsin.webhooks.domain.endpoint import CallbackLane

SERVICE = "dispatch_sms"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """What the template gives this function.

    Attributes:
        sms_provider: `sns` or `eum`.
        sms_configuration_set: of End User Messaging; empty = none.
        link_base_url: what short links begin with.
        send_concurrency: provider calls side by side.
    """

    table_name: str
    bucket_name: str
    key_id: str
    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    link_base_url: str
    webhook_queue_url: str
    sms_provider: str = "sns"
    sms_configuration_set: str = ""
    send_concurrency: int = 10


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
table = Table(clients.dynamodb, settings.table_name)
bucket = Bucket(clients.s3, settings.bucket_name)
randomness = SystemRandomness()
sealer = KmsSealer(clients.kms, clients.dynamodb, settings.table_name, settings.key_id, utc_now, randomness)
providers: Mapping[str, Callable[[], SmsSender]] = {
    "sns": lambda: SnsSmsSender(clients.sns),
    "eum": lambda: EumSmsSender(clients.sms_voice, settings.sms_configuration_set or None),
}
tally = HandoverTally(utc_now)
links = MessageLinks(DynamoDbShortLinks(table), sealer, settings.link_base_url)
carrier = SmsCarrier(
    live=TalliedSms(providers[settings.sms_provider](), tally),
    sandbox=TalliedSms(SandboxSmsSender(), tally),
    links=links,
)
alerts = DynamoDbAlertRepository(table, sealer, bucket)
queue = SqsDispatchQueue(
    clients.sqs,
    {
        (Channel.SMS, Lane.URGENT): settings.sms_urgent_queue_url,
        (Channel.SMS, Lane.BULK): settings.sms_bulk_queue_url,
        (Channel.EMAIL, Lane.URGENT): settings.email_urgent_queue_url,  # mails to owners of keys
    },
)
dispatch = DispatchSlice(
    alerts=alerts,
    rows=DynamoDbMessageRows(table),
    ledger=DynamoDbWorkLedger(table),
    events=PublishWithCallbacks(
        DynamoDbResultEvents(table, sealer),
        SqsCallbackQueue(clients.sqs, {CallbackLane.QUICK: settings.webhook_queue_url}),
    ),
    queue=queue,
    carrier=carrier,
    suppress=Suppress(DynamoDbSuppressions(table), sealer),
    clock=utc_now,
    randomness=randomness,
    hands=ThreadPoolExecutor(settings.send_concurrency, "send"),
    hold_back=HoldBack(
        DynamoDbBrakeBook(table),
        DynamoDbMeters(table),
        DynamoDbClientMessages(table, sealer),
        sealer,
        utc_now,
        MailOwners(DynamoDbKeyOwners(table, sealer), alerts, queue, utc_now),
    ),
    honour_erasures=HonourErasures(DynamoDbErasureLedger(table), sealer),
    skip_answered=SkipAnswered(DynamoDbLinkSets(table, sealer, bucket)),
    stop_escalated=StopEscalated(DynamoDbEscalations(table, sealer, bucket)),
    note=RememberTexts(
        DynamoDbTwoWayNumbers(table),
        DynamoDbConversations(table, sealer),
        utc_now,
    ),
)
handler = SliceWorker(SERVICE, dispatch.all, tally)

# All of this lives as long as the process. The collector's first look at everything would take 0.1 s of a sending.
gc.freeze()
