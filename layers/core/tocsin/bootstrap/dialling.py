"""Composition of the voice worker: calls that are made, and messages that wait for those who call in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.bootstrap.calling import record_sandbox_key
from tocsin.bootstrap.dispatching import dispatch_batch, dispatch_by_channel
from tocsin.calls.application.call_lines import LeaseCallLines
from tocsin.calls.application.look_into_calls import LookIntoCalls
from tocsin.calls.application.open_calls import InboundCallChannel
from tocsin.calls.application.remember_calls import RememberCalls
from tocsin.calls.application.store_recordings import StoreRecordings
from tocsin.calls.application.voice_channel import VoiceChannel
from tocsin.contacts.domain.channel import Channel
from tocsin.short_links.application.message_links import MessageLinks

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.calls.application.voice_channel import SimulateCall
    from tocsin.calls.ports.caller import VoiceCaller
    from tocsin.calls.ports.prompt_files import PromptFiles
    from tocsin.entrypoint.queue.batch_worker import Dispatch


def dispatch_calls(
    storage: Storage,
    queues: Queues,
    *,
    service: str,
    link_base_url: str,
    lines: int,
    caller: VoiceCaller,
    simulate: SimulateCall,
    files: PromptFiles,
    idempotent: bool,
    executor: Executor,
) -> Dispatch:
    """Return the use case of the voice worker.

    Args:
        service: the function's name, as a metric dimension.
        link_base_url: base URL of short links.
        lines: how many calls the provider holds at once.
        simulate: decides the calls of the sandbox.
        idempotent: whether the provider takes the same try twice for one.
        executor: dials; the caller paces its dials, so that more than one thread would only wait.
    """
    links = MessageLinks(storage.short_links, storage.sealer, link_base_url)
    calls = dispatch_batch(
        storage,
        queues,
        channel=VoiceChannel(
            live=caller,
            sandbox=simulate,
            files=files,
            placed=storage.placed_calls,
            links=links,
            record_key=record_sandbox_key(storage, queues, link_base_url=link_base_url),
            idempotent=idempotent,
        ),
        executor=executor,
        before_submit=RememberCalls(storage.conversations, storage.clock),
        spends=service,
        lines=LeaseCallLines(storage.line_pool(lines), storage.clock),
        calls=LookIntoCalls(caller, storage.clock, links),
    )
    waiting = dispatch_batch(
        storage,
        queues,
        channel=InboundCallChannel(storage.conversations, StoreRecordings(files), links),
        executor=executor,
        before_submit=lambda alert, item, key, to: None,
    )
    return dispatch_by_channel({Channel.CALL: calls, Channel.INBOUND_CALL: waiting})
