"""What comes in from outside. Handler: `track_events.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.delivery.work import DynamoDbWorkLedger
from tocsin.adapters.dynamodb.escalation import DynamoDbEscalations
from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.dynamodb.identity.key_owners import DynamoDbKeyOwners
from tocsin.adapters.dynamodb.limits import DynamoDbBrakeBook, DynamoDbMeters
from tocsin.adapters.dynamodb.notices import DynamoDbClientMessages
from tocsin.adapters.dynamodb.responses.conversations import DynamoDbConversations
from tocsin.adapters.dynamodb.responses.responses import DynamoDbResponses
from tocsin.adapters.dynamodb.responses.subject_references import DynamoDbSubjectReferences
from tocsin.adapters.dynamodb.responses.two_way_numbers import DynamoDbTwoWayNumbers
from tocsin.adapters.dynamodb.results.happenings import DynamoDbHappenings
from tocsin.adapters.dynamodb.results.results import DynamoDbResultEvents
from tocsin.adapters.dynamodb.suppressions import DynamoDbSuppressions
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.adapters.dynamodb.triggers.triggers import DynamoDbTriggers
from tocsin.adapters.end_user_messaging import receipts as end_user_messaging
from tocsin.adapters.end_user_messaging.inbound import read_text
from tocsin.adapters.inbound_mail.mailbox import S3Mailbox
from tocsin.adapters.inbound_mail.parser import parse_mail
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.adapters.ses import receipts as ses
from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.domain.alert import Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.record_receipts import RecordReceipts
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.environment import Environment
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.entrypoint.queue.inbound import Inbound, Source
from tocsin.entrypoint.queue.metrics import emit
from tocsin.escalation.application.answers import AnswersEndEscalations, WakeEscalation
from tocsin.inbound.application.listen_to_mail import ListenToMail
from tocsin.inbound.application.receive_mail import ReceiveMail
from tocsin.inbound.application.receive_reports import TakeInReports
from tocsin.inbound.application.receive_text import ReceiveText
from tocsin.limits.application.note_mail_fate import NoteMailFate, TellOfPause
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.application.reply_addresses import ReplyAddresses
from tocsin.suppressions.application.suppress import Suppress
from tocsin.triggers.application.fire import SetOff
from tocsin.triggers.application.places import TriggerMailboxes
from tocsin.webhooks.application.publish import PublishWithCallbacks, TellWithCallbacks
from tocsin.webhooks.domain.endpoint import CallbackLane
from track_events.handler import receipts
from track_events.replies import mails, texts

SERVICE = "track_events"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """What the template gives this function.

    Attributes:
        sms_events_topic_arn, sms_inbound_topic_arn, email_events_topic_arn: the only topics that are listened to.
        mail_bucket_name: the only bucket that is.
        email_domain: everything is sent from, and answered to, addresses of it.
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
table = Table(clients.dynamodb, settings.table_name)
bucket = Bucket(clients.s3, settings.bucket_name)
sealer = KmsSealer(clients.kms, clients.dynamodb, settings.table_name, settings.key_id, utc_now, SystemRandomness())
alerts = DynamoDbAlertRepository(table, sealer, bucket)
rows = DynamoDbMessageRows(table)
callback_queue = SqsCallbackQueue(clients.sqs, {CallbackLane.QUICK: settings.webhook_queue_url})
dispatch_queue = SqsDispatchQueue(clients.sqs, {(Channel.EMAIL, Lane.URGENT): settings.email_urgent_queue_url})
owners = DynamoDbKeyOwners(table, sealer)
client_messages = DynamoDbClientMessages(table, sealer)
timer_queue = SqsTimerQueue(clients.sqs, settings.timers_queue_url)
happenings = TellWithCallbacks(DynamoDbHappenings(table, sealer), callback_queue)
suppress = Suppress(DynamoDbSuppressions(table), sealer)
timers = DynamoDbTimers(table)
responses = AnswersEndEscalations(
    DynamoDbResponses(table, sealer),
    DynamoDbEscalations(table, sealer, bucket),
    WakeEscalation(timers, timer_queue, utc_now),
)
record_reply = RecordReply(responses, happenings)
take_in = TakeInReports(
    RecordReceipts(
        alerts=alerts,
        rows=rows,
        ledger=DynamoDbWorkLedger(table),
        events=PublishWithCallbacks(DynamoDbResultEvents(table, sealer), callback_queue),
        clock=utc_now,
    ),
    alerts,
    suppress,
    happenings,
    NoteMailFate(
        DynamoDbBrakeBook(table),
        DynamoDbMeters(table),
        utc_now,
        TellOfPause(
            owners,
            client_messages,
            MailOwners(owners, alerts, dispatch_queue, utc_now),
        ),
        lambda pause: emit(SERVICE, {"EmailsPaused": 1}, reason=pause.reason),
    ),
)
conversations = DynamoDbConversations(table, sealer)
set_off = SetOff(
    triggers=DynamoDbTriggers(table, sealer, bucket),
    queue=timer_queue,
    messages=client_messages,
    clock=utc_now,
)
receive_text = ReceiveText(
    numbers=DynamoDbTwoWayNumbers(table),
    conversations=conversations,
    alerts=alerts,
    rows=rows,
    record=record_reply,
    suppress=suppress,
    set_off=set_off,
)
receive_mail = ReceiveMail(
    alerts=alerts,
    references=DynamoDbSubjectReferences(table),
    addresses=ReplyAddresses(settings.email_domain, sealer),
    record=record_reply,
    conversations=conversations,
    rows=rows,
    listen=ListenToMail(
        keys=DynamoDbApiKeyRepository(table, sealer, utc_now),
        mailboxes=TriggerMailboxes(settings.email_domain, sealer),
        set_off=set_off,
    ),
)
handler = Inbound(
    SERVICE,
    topics={
        settings.sms_events_topic_arn: Source.SMS_EVENTS,
        settings.sms_inbound_topic_arn: Source.SMS_INBOUND,
        settings.email_events_topic_arn: Source.EMAIL_EVENTS,
    },
    together={
        Source.SMS_EVENTS: receipts(end_user_messaging.read, take_in),
        Source.EMAIL_EVENTS: receipts(ses.read, take_in),
    },
    handlers={
        Source.SMS_INBOUND: texts(read_text, receive_text),
        Source.EMAIL_INBOUND: mails(S3Mailbox(clients.s3).read, parse_mail, receive_mail),
    },
    bucket=settings.mail_bucket_name,
)
