"""The email worker. Handler: `dispatch_email.app.handler`."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.sandbox.senders import SandboxEmailSender
from tocsin.adapters.ses.email_sender import SesEmailSender
from tocsin.bootstrap.dispatching import dispatch_batch
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import require_settled
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.tenant_mail.sending import MailingSettings, TenantMailRoutes
from tocsin.content.domain.mime import MailTemplate
from tocsin.delivery.application.channels import EmailChannel
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.queue.batch_worker import BatchWorker
from tocsin.entrypoint.queue.submission_counts import CountedEmail, SubmissionCounts
from tocsin.responses.application.remember_mails import RememberMails
from tocsin.responses.application.reply_addresses import ReplyAddresses
from tocsin.short_links.application.message_links import MessageLinks

SERVICE = "dispatch_email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(MailingSettings):
    """The environment variables of this function.

    Attributes:
        link_base_url: base URL of short links.
        email_configuration_set: configuration set of SES; empty = none.
        send_concurrency: number of parallel provider calls; a wave of messages.
    """

    email_urgent_queue_url: str
    email_bulk_queue_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    link_base_url: str
    email_configuration_set: str = ""
    send_concurrency: int = 13
    restored_table: str = ""


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
require_settled(storage, restored=bool(settings.restored_table))
submission_counts = SubmissionCounts(storage.clock)
reply_addresses = ReplyAddresses(settings.email_domain, storage.sealer)
queues = Queues(clients.sqs, settings)
ses = CountedEmail(SesEmailSender(clients.sesv2, settings.email_configuration_set or None), submission_counts)
routes = TenantMailRoutes(storage, queues, system=ses, settings=settings, clients=clients)
channel = EmailChannel(
    live=ses,
    sandbox=CountedEmail(SandboxEmailSender(), submission_counts),
    compile_mail=partial(MailTemplate.compile, domain=settings.email_domain),
    links=MessageLinks(storage.short_links, storage.sealer, settings.link_base_url),
    reply_address=lambda id: reply_addresses(id.key, id.position),
    routes=routes,
)
dispatch = dispatch_batch(
    storage,
    queues,
    channel=channel,
    executor=ThreadPoolExecutor(settings.send_concurrency, "send"),
    before_submit=RememberMails(storage.conversations, storage.clock),
)
handler = BatchWorker(SERVICE, routes.closing(dispatch.dispatch_all), submission_counts)

# These objects live as long as the process. Without the freeze, the first garbage collection costs a batch 0.1 s.
gc.freeze()
