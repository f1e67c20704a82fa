"""The SMS worker. Handler: `dispatch_sms.app.handler`."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.end_user_messaging.sms_sender import EumSmsSender
from tocsin.adapters.sandbox.senders import SandboxSmsSender
from tocsin.adapters.sns.sms_sender import SnsSmsSender
from tocsin.bootstrap.dispatching import dispatch_batch
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import require_settled
from tocsin.bootstrap.storage import Storage
from tocsin.delivery.application.channels import SmsChannel
from tocsin.delivery.ports.senders import SmsSender
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.queue.batch_worker import BatchWorker
from tocsin.entrypoint.queue.submission_counts import CountedSms, SubmissionCounts
from tocsin.responses.application.remember_texts import RememberTexts
from tocsin.short_links.application.message_links import MessageLinks

SERVICE = "dispatch_sms"


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """The environment variables of this function.

    Attributes:
        link_base_url: base URL of short links.
        sms_provider: `sns` or `eum`.
        sms_configuration_set: configuration set of End User Messaging; empty = none.
        send_concurrency: number of parallel provider calls; a wave of messages.
    """

    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    link_base_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    sms_provider: str = "sns"
    sms_configuration_set: str = ""
    send_concurrency: int = 13
    restored_table: str = ""


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
require_settled(storage, restored=bool(settings.restored_table))
providers: Mapping[str, Callable[[], SmsSender]] = {
    "sns": lambda: SnsSmsSender(clients.sns),
    "eum": lambda: EumSmsSender(clients.sms_voice, settings.sms_configuration_set or None),
}
submission_counts = SubmissionCounts(storage.clock)
channel = SmsChannel(
    live=CountedSms(providers[settings.sms_provider](), submission_counts),
    sandbox=CountedSms(SandboxSmsSender(), submission_counts),
    links=MessageLinks(storage.short_links, storage.sealer, settings.link_base_url),
)
dispatch = dispatch_batch(
    storage,
    Queues(clients.sqs, settings),
    channel=channel,
    executor=ThreadPoolExecutor(settings.send_concurrency, "send"),
    before_submit=RememberTexts(storage.two_way_numbers, storage.conversations, storage.clock),
    spends=SERVICE,
)
handler = BatchWorker(SERVICE, dispatch.dispatch_all, submission_counts)

gc.freeze()  # without it, the first garbage collection costs a batch 0.1 s
