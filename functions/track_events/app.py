"""The function of inbound events: receipts, texts and mails. Handler: `track_events.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.end_user_messaging import receipts as end_user_messaging
from tocsin.adapters.end_user_messaging.inbound import read_text
from tocsin.adapters.inbound_mail.mailbox import S3Mailbox
from tocsin.adapters.inbound_mail.parser import parse_mail
from tocsin.adapters.ses import receipts as ses
from tocsin.bootstrap.inbound import process_receipts, receive_mail, receive_text
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.process.environment import Environment
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.queue.inbound import Inbound, Source
from track_events.handler import receipts
from track_events.replies import mails, texts

SERVICE = "track_events"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """Environment of this function, from the template.

    Attributes:
        sms_events_topic_arn, sms_inbound_topic_arn, email_events_topic_arn: the only topics that are accepted.
        mail_bucket_name: the only bucket that is accepted.
        email_domain: domain of all senders and reply addresses.
    """

    table_name: str
    bucket_name: str
    key_id: str
    sms_events_topic_arn: str
    sms_inbound_topic_arn: str
    email_events_topic_arn: str
    mail_bucket_name: str
    email_domain: str
    webhook_queue_url: str
    email_urgent_queue_url: str
    timers_queue_url: str


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage(clients, table_name=settings.table_name, key_id=settings.key_id, bucket_name=settings.bucket_name)
queues = Queues(clients.sqs, settings)
process = process_receipts(storage, queues, service=SERVICE)
reply_by_mail = receive_mail(storage, queues, email_domain=settings.email_domain)
handler = Inbound(
    SERVICE,
    topics={
        settings.sms_events_topic_arn: Source.SMS_EVENTS,
        settings.sms_inbound_topic_arn: Source.SMS_INBOUND,
        settings.email_events_topic_arn: Source.EMAIL_EVENTS,
    },
    together={
        Source.SMS_EVENTS: receipts(end_user_messaging.read, process),
        Source.EMAIL_EVENTS: receipts(ses.read, process),
    },
    handlers={
        Source.SMS_INBOUND: texts(read_text, receive_text(storage, queues)),
        Source.EMAIL_INBOUND: mails(S3Mailbox(clients.s3).read, parse_mail, reply_by_mail),
    },
    bucket=settings.mail_bucket_name,
)
