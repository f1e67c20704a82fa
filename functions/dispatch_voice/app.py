"""The voice worker. Handler: `dispatch_voice.app.handler`."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.connect.caller import ConnectCaller, StartFunction
from tocsin.adapters.sandbox.calls import sandbox_call
from tocsin.bootstrap.dialling import dispatch_calls
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import require_settled
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.twiml import TwimlSettings, twiml_caller
from tocsin.calls.ports.caller import VoiceCaller
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.queue.batch_worker import BatchWorker
from tocsin.entrypoint.queue.submission_counts import CountedCalls, SubmissionCounts

SERVICE = "dispatch_voice"


@dataclass(frozen=True, slots=True)
class Settings(TwimlSettings):
    """The environment variables of this function.

    Attributes:
        voice_provider: `connect` or `twiml`; `none`: every call is refused.
        voice_lines: how many calls the provider holds at once.
        recordings_bucket_name, connect_instance_arn, contact_flow_arn: empty without a provider.
        ivr_function_name: the function that answers Connect; it is started while a phone rings.
        aws_endpoint_url_connect: read by the clients themselves; on the local engine only.
    """

    voice_urgent_queue_url: str
    voice_bulk_queue_url: str
    email_urgent_queue_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    timers_queue_url: str
    link_base_url: str
    voice_lines: int
    ivr_function_name: str
    recordings_bucket_name: str = ""
    connect_instance_arn: str = ""
    contact_flow_arn: str = ""
    aws_endpoint_url_connect: str = ""
    restored_table: str = ""


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
require_settled(storage, restored=bool(settings.restored_table))
queues = Queues(clients.sqs, settings)
submission_counts = SubmissionCounts(storage.clock)
by_twiml = settings.voice_provider == "twiml"
if by_twiml:
    caller: VoiceCaller = twiml_caller(settings, clients, storage.clock)
else:
    warm = StartFunction(clients.functions, settings.ivr_function_name)
    caller = ConnectCaller(clients.connect, settings.connect_instance_arn, settings.contact_flow_arn, warm=warm)
dispatch = dispatch_calls(
    storage,
    queues,
    service=SERVICE,
    link_base_url=settings.link_base_url,
    lines=settings.voice_lines,
    caller=CountedCalls(caller, submission_counts),
    simulate=sandbox_call,
    files=storage.prompt_files(settings.recordings_bucket_name),
    idempotent=not by_twiml,
    executor=(executor := ThreadPoolExecutor(1, "dial")),
)
handler = BatchWorker(SERVICE, dispatch, submission_counts)

gc.freeze()  # without it, the first garbage collection costs a batch 0.1 s
