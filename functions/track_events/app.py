"""What comes in from outside. Handler: `track_events.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.brakes import DynamoDbBrakeBook, DynamoDbMeters
from tocsin.adapters.dynamodb.happenings import DynamoDbHappenings
from tocsin.adapters.dynamodb.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.results import DynamoDbResultEvents
from tocsin.adapters.dynamodb.suppressions import DynamoDbSuppressions
from tocsin.adapters.dynamodb.work import DynamoDbWorkLedger
from tocsin.adapters.end_user_messaging import receipts as end_user_messaging
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.adapters.ses import receipts as ses
from tocsin.application.brake import NoteMailFate
from tocsin.application.record_receipt import RecordReceipt
from tocsin.application.suppress import Suppress
from tocsin.application.take_in_report import TakeInReport
from tocsin.entrypoint.clock import utc_now
from tocsin.entrypoint.environment import Environment
from tocsin.entrypoint.inbound import Inbound, Source
from tocsin.entrypoint.observability import configure
from tocsin.entrypoint.randomness import SystemRandomness
from track_events.handler import receipts

SERVICE = "track_events"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """What the template gives this function.

    Attributes:
        sms_events_topic_arn, sms_inbound_topic_arn, email_events_topic_arn: the only topics that are listened to.
    """

    table_name: str
    bucket_name: str
    key_id: str
    sms_events_topic_arn: str
    sms_inbound_topic_arn: str
    email_events_topic_arn: str


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
sealer = KmsSealer(clients.kms, clients.dynamodb, settings.table_name, settings.key_id, utc_now, SystemRandomness())
alerts = DynamoDbAlertRepository(clients.dynamodb, settings.table_name, sealer, clients.s3, settings.bucket_name)
take_in = TakeInReport(
    RecordReceipt(
        alerts=alerts,
        rows=DynamoDbMessageRows(clients.dynamodb, settings.table_name),
        ledger=DynamoDbWorkLedger(clients.dynamodb, settings.table_name),
        events=DynamoDbResultEvents(clients.dynamodb, settings.table_name, sealer),
        clock=utc_now,
    ),
    alerts,
    Suppress(DynamoDbSuppressions(clients.dynamodb, settings.table_name), sealer),
    DynamoDbHappenings(clients.dynamodb, settings.table_name, sealer),
    NoteMailFate(
        DynamoDbBrakeBook(clients.dynamodb, settings.table_name),
        DynamoDbMeters(clients.dynamodb, settings.table_name),
        utc_now,
    ),
)
handler = Inbound(
    SERVICE,
    topics={
        settings.sms_events_topic_arn: Source.SMS_EVENTS,
        settings.sms_inbound_topic_arn: Source.SMS_INBOUND,
        settings.email_events_topic_arn: Source.EMAIL_EVENTS,
    },
    handlers={
        Source.SMS_EVENTS: receipts(end_user_messaging.read, take_in),
        Source.EMAIL_EVENTS: receipts(ses.read, take_in),
    },
)
