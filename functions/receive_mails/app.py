"""The function of mails that people send. Handler: `receive_mails.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from receive_mails.handler import Mails
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.inbound_mail.bounded_reader import BoundedReader
from tocsin.adapters.inbound_mail.mailbox import S3Mailbox
from tocsin.adapters.ses.received_mail import read_record
from tocsin.bootstrap.inbound import receive_mail
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.queue.inbound import SHORT_RESERVE, Inbound, Source

SERVICE = "receive_mails"


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """Environment of this function, from the template.

    Attributes:
        mail_bucket_name, mail_received_topic_arn: the only bucket and topic that are accepted.
        email_domain: domain of all reply addresses.
    """

    mail_bucket_name: str
    mail_received_topic_arn: str
    email_domain: str
    webhook_urgent_queue_url: str
    timers_queue_url: str


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
queues = Queues(clients.sqs, settings)
read = BoundedReader()
mails = Mails(
    mailbox=S3Mailbox(clients.s3),
    read=read,
    read_record=read_record,
    receive=receive_mail(storage, queues, email_domain=settings.email_domain),
    bucket=settings.mail_bucket_name,
    clock=storage.real_clock,
)
handler = Inbound(
    SERVICE,
    topics={settings.mail_received_topic_arn: Source.EMAIL_RECORDS},
    handlers={Source.EMAIL_INBOUND: mails.of_object, Source.EMAIL_RECORDS: mails.of_record},
    bucket=settings.mail_bucket_name,
    reserve=SHORT_RESERVE,
)
