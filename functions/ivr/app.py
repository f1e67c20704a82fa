"""The function that says what a call does next. Handler: `ivr.app.handler`."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from functools import partial

from ivr.handler import calls
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.connect.caller import ConnectCaller
from tocsin.adapters.connect.steps import answer, question
from tocsin.bootstrap.calling import answer_call_in, run_dialogue
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.process.environment import StoreSettings
from tocsin.entrypoint.process.observability import configure

SERVICE = "ivr"


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """Environment of this function, from the template.

    Attributes:
        link_base_url: base URL of short links.
        connect_instance_arn: empty without a provider.
        aws_endpoint_url_connect: read by the clients themselves; on the local engine only.
        recordings_bucket_name: the bucket from which Amazon Connect plays recordings; empty without a provider.
        restored_table: the table, if it was restored; not used here.
    """

    link_base_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    timers_queue_url: str
    connect_instance_arn: str = ""
    aws_endpoint_url_connect: str = ""
    recordings_bucket_name: str = ""
    restored_table: str = ""


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
queues = Queues(clients.sqs, settings)
caller = ConnectCaller(clients.connect, settings.connect_instance_arn, flow="")
call_in = answer_call_in(
    storage, queues, link_base_url=settings.link_base_url, placed=storage.placed_calls, stop=caller.stop
)
run = run_dialogue(storage, queues, link_base_url=settings.link_base_url, call_in=call_in)
handler = calls(run, question, partial(answer, files=f"s3://{settings.recordings_bucket_name}/"))

gc.freeze()  # without it, the first garbage collection is silence in a caller's ear
