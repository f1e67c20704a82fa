"""The function of receipts. Handler: `track_events.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.end_user_messaging import receipts as end_user_messaging
from tocsin.adapters.ses import receipts as ses
from tocsin.bootstrap.inbound import process_receipts
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.queue.inbound import Inbound, Source
from track_events.handler import receipts

SERVICE = "track_events"


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """Environment of this function, from the template.

    Attributes:
        sms_events_topic_arn, email_events_topic_arn: the only topics that are accepted.
    """

    sms_events_topic_arn: str
    email_events_topic_arn: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    email_urgent_queue_url: str


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
queues = Queues(clients.sqs, settings)
process = process_receipts(storage, queues, service=SERVICE)
handler = Inbound(
    SERVICE,
    topics={
        settings.sms_events_topic_arn: Source.SMS_EVENTS,
        settings.email_events_topic_arn: Source.EMAIL_EVENTS,
    },
    together={
        Source.SMS_EVENTS: receipts(
            service=SERVICE, source=Source.SMS_EVENTS, read=end_user_messaging.read, process_receipts=process
        ),
        Source.EMAIL_EVENTS: receipts(
            service=SERVICE, source=Source.EMAIL_EVENTS, read=ses.read, process_receipts=process
        ),
    },
)
