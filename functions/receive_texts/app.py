"""The function of texts that people send. Handler: `receive_texts.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from receive_texts.handler import texts
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.end_user_messaging.inbound import read_text
from tocsin.bootstrap.inbound import receive_texts
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.queue.inbound import Inbound, Source

SERVICE = "receive_texts"


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """Environment of this function, from the template.

    Attributes:
        sms_inbound_topic_arn: the only topic that is accepted.
    """

    sms_inbound_topic_arn: str
    webhook_urgent_queue_url: str
    timers_queue_url: str
    events_owed_queue_url: str


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
queues = Queues(clients.sqs, settings)
handler = Inbound(
    SERVICE,
    topics={settings.sms_inbound_topic_arn: Source.SMS_INBOUND},
    together={Source.SMS_INBOUND: texts(read_text, receive_texts(storage, queues))},
)
