"""The short links. Handler: `links.app.app`."""

from __future__ import annotations

from dataclasses import dataclass

from links.routes import link_routes
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.escalation import DynamoDbEscalations
from tocsin.adapters.dynamodb.notices import DynamoDbClientMessages
from tocsin.adapters.dynamodb.responses.responses import DynamoDbResponses
from tocsin.adapters.dynamodb.results.happenings import DynamoDbHappenings
from tocsin.adapters.dynamodb.short_links import DynamoDbShortLinks
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.adapters.dynamodb.triggers.triggers import DynamoDbTriggers
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.environment import Environment
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.escalation.application.answers import AnswersEndEscalations, WakeEscalation
from tocsin.short_links.application.follow import FollowLink
from tocsin.triggers.application.fire import SetOff
from tocsin.webhooks.application.publish import TellWithCallbacks
from tocsin.webhooks.domain.endpoint import CallbackLane


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """What the template gives this function. `key_id`: the KMS key under which the tenants' data keys lie."""

    table_name: str
    bucket_name: str
    key_id: str
    webhook_queue_url: str
    timers_queue_url: str


settings = Settings.from_environ()
clients = AwsClients()
table = Table(clients.dynamodb, settings.table_name)
bucket = Bucket(clients.s3, settings.bucket_name)
sealer = KmsSealer(clients.kms, clients.dynamodb, settings.table_name, settings.key_id, utc_now, SystemRandomness())

app = create_app("links")
app.register_blueprint(
    link_routes(
        FollowLink(
            links=DynamoDbShortLinks(table),
            alerts=DynamoDbAlertRepository(table, sealer, bucket),
            responses=AnswersEndEscalations(
                DynamoDbResponses(table, sealer),
                DynamoDbEscalations(table, sealer, bucket),
                WakeEscalation(
                    DynamoDbTimers(table),
                    SqsTimerQueue(clients.sqs, settings.timers_queue_url),
                    utc_now,
                ),
            ),
            happenings=TellWithCallbacks(
                DynamoDbHappenings(table, sealer),
                SqsCallbackQueue(clients.sqs, {CallbackLane.QUICK: settings.webhook_queue_url}),
            ),
            sealer=sealer,
            clock=utc_now,
            set_off=SetOff(
                triggers=DynamoDbTriggers(table, sealer, bucket),
                queue=SqsTimerQueue(clients.sqs, settings.timers_queue_url),
                messages=DynamoDbClientMessages(table, sealer),
                clock=utc_now,
            ),
        )
    )
)
