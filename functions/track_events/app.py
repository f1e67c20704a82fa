"""The function of receipts. Handler: `track_events.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.connect import contact_events
from tocsin.adapters.connect.caller import ConnectCaller
from tocsin.adapters.end_user_messaging import receipts as end_user_messaging
from tocsin.adapters.ses import receipts as ses
from tocsin.bootstrap.calling import answer_call_in, end_call
from tocsin.bootstrap.inbound import process_receipts
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.queue.inbound import Inbound, Source
from track_events.handler import ended_calls, receipts

SERVICE = "track_events"


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """Environment of this function, from the template.

    Attributes:
        sms_events_topic_arn, email_events_topic_arn: the only topics that are accepted.
        connect_instance_arn: the only instance whose ends of calls are accepted; empty = none.
        voice_lines, link_base_url, aws_endpoint_url_connect: as in dispatch_voice.
    """

    sms_events_topic_arn: str
    email_events_topic_arn: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    email_urgent_queue_url: str
    timers_queue_url: str
    voice_urgent_queue_url: str
    voice_bulk_queue_url: str
    link_base_url: str
    voice_lines: int
    connect_instance_arn: str = ""
    aws_endpoint_url_connect: str = ""


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
queues = Queues(clients.sqs, settings)
process = process_receipts(storage, queues, service=SERVICE)
caller = ConnectCaller(clients.connect, settings.connect_instance_arn, flow="")
call_in = answer_call_in(
    storage, queues, link_base_url=settings.link_base_url, placed=storage.placed_calls, stop=caller.stop
)
record_end = end_call(
    storage,
    queues,
    link_base_url=settings.link_base_url,
    caller=caller,
    placed=storage.placed_calls,
    lines=storage.line_pool(settings.voice_lines),
    call_in_ended=call_in.ended,
)
handler = Inbound(
    SERVICE,
    topics={settings.sms_events_topic_arn: Source.SMS_EVENTS, settings.email_events_topic_arn: Source.EMAIL_EVENTS},
    resources={settings.connect_instance_arn: Source.CALL_EVENTS},
    handlers={Source.CALL_EVENTS: ended_calls(contact_events.read, record_end)},
    together={
        Source.SMS_EVENTS: receipts(
            service=SERVICE, source=Source.SMS_EVENTS, read=end_user_messaging.read, process_receipts=process
        ),
        Source.EMAIL_EVENTS: receipts(
            service=SERVICE, source=Source.EMAIL_EVENTS, read=ses.read, process_receipts=process
        ),
    },
)
