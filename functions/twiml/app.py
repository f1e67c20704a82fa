"""The function that providers of calls ask which speak TwiML. Handler: `twiml.app.app`."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from tocsin.adapters.aws.clients import AwsClients
from tocsin.bootstrap.calling import answer_call_in, begin_call, end_call, run_dialogue
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.twiml import TwimlSettings, receive_twiml, twiml_caller
from tocsin.entrypoint.http.app import create_app
from twiml.routes import voice_routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(TwimlSettings):
    """Environment of this function, from the template.

    Attributes:
        voice_lines: how many calls the provider holds at once.
        link_base_url: base URL of short links; empty = the address at which the provider reaches us.
        recordings_bucket_name: the bucket of recordings; empty if no calls are made.
        restored_table: the table, if it was restored; not used here.
    """

    webhook_urgent_queue_url: str
    webhook_queue_url: str
    timers_queue_url: str
    voice_urgent_queue_url: str
    voice_bulk_queue_url: str
    voice_lines: int
    link_base_url: str = ""
    recordings_bucket_name: str = ""
    restored_table: str = ""


settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
queues = Queues(clients.sqs, settings)
links = settings.link_base_url or settings.twiml_public_url
caller = twiml_caller(settings, clients, storage.clock)
call_in = answer_call_in(storage, queues, link_base_url=links, placed=storage.placed_calls, stop=caller.stop)
run = run_dialogue(storage, queues, link_base_url=links, call_in=call_in)
end = end_call(
    storage,
    queues,
    link_base_url=links,
    caller=caller,
    placed=storage.placed_calls,
    lines=storage.line_pool(settings.voice_lines),
    call_in_ended=call_in.ended,
)

receive = receive_twiml(settings, clients, recordings=settings.recordings_bucket_name, clock=storage.clock)
app = create_app("twiml")
app.register_blueprint(voice_routes(receive=receive, run=run, begin=begin_call(storage), end=end))

gc.freeze()  # without it, the first garbage collection is silence in a caller's ear
