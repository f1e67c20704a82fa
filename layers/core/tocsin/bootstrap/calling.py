"""Composition of calls: the dialogue of a call that goes on, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tocsin.bootstrap.answering import record_reply
from tocsin.bootstrap.notifying import event_publisher, record_receipts
from tocsin.calls.application.call_attempts import CallAttempts
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.short_links.application.message_links import MessageLinks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.calls.application.begin_call import BeginCall
    from tocsin.calls.application.call_in import AnswerCallIn
    from tocsin.calls.application.end_call import CallInEnded
    from tocsin.calls.application.record_key import RecordKey
    from tocsin.calls.application.record_sandbox_key import RecordSandboxKey
    from tocsin.calls.application.run_dialogue import CallIn
    from tocsin.calls.domain.ended_call import EndedCall
    from tocsin.calls.ports.caller import VoiceCaller
    from tocsin.calls.ports.line_pool import LinePool
    from tocsin.calls.ports.placed_calls import PlacedCalls
    from tocsin.delivery.application.record_receipts import ReceiptResult

Told = TypeVar("Told")
Result = TypeVar("Result")


def run_dialogue(storage: Storage, queues: Queues, *, link_base_url: str, call_in: CallIn) -> CallIn:
    """Return the use case `RunDialogue`, which answers what a call that goes on asks.

    Args:
        link_base_url: base URL of short links.
        call_in: answers for calls that receivers make.
    """
    from tocsin.calls.application.call_rows import CallRows
    from tocsin.calls.application.run_dialogue import RunDialogue
    from tocsin.calls.application.still_wanted import StillWanted
    from tocsin.escalation.application.stop import StopEscalated
    from tocsin.linked_alerts.application.skip_answered import SkipAnswered

    record_key = _record_key(storage, queues)
    run = RunDialogue(
        attempts=_attempts(storage, link_base_url),
        rows=CallRows(storage.message_rows, storage.clock),
        wanted=StillWanted([SkipAnswered(storage.link_sets), record_key.last_look, StopEscalated(storage.escalations)]),
        record_key=record_key,
        record=record_receipts(storage, queues),
        call_in=call_in,
        clock=storage.clock,
    )
    return _reading_once(storage, run)


def answer_call_in(
    storage: Storage, queues: Queues, *, link_base_url: str, placed: PlacedCalls, stop: Callable[[str], None]
) -> AnswerCallIn:
    """Return the use case that answers what a call in asks, and records its end (`ended`).

    Args:
        link_base_url: base URL of short links.
        stop: ends a call that rings; see `VoiceCaller.stop`.
    """
    from tocsin.calls.application.call_in import AnswerCallIn
    from tocsin.calls.application.heard_messages import HeardMessages
    from tocsin.calls.application.tell_call_in import TellCallIn
    from tocsin.escalation.application.stop import StopEscalated
    from tocsin.linked_alerts.application.skip_answered import SkipAnswered

    record_key = _record_key(storage, queues)
    return AnswerCallIn(
        numbers=storage.two_way_numbers,
        messages=HeardMessages(
            conversations=storage.conversations,
            attempts=_attempts(storage, link_base_url),
            rows=storage.message_rows,
            last_look=record_key.last_look,
            escalation_over=StopEscalated(storage.escalations),
            has_answered=SkipAnswered(storage.link_sets),
        ),
        tell=TellCallIn(
            events=event_publisher(storage, queues),
            record_key=record_key,
            record=record_receipts(storage, queues),
        ),
        calls=storage.calls_in,
        placed=placed,
        notices=storage.account_notices,
        stop=stop,
        clock=storage.clock,
    )


def record_sandbox_key(storage: Storage, queues: Queues, *, link_base_url: str) -> RecordSandboxKey:
    """Return the use case that records the keys of sandbox calls.

    Args:
        link_base_url: base URL of short links.
    """
    from tocsin.calls.application.record_sandbox_key import RecordSandboxKey

    return RecordSandboxKey(_attempts(storage, link_base_url), storage.message_rows, _record_key(storage, queues))


def begin_call(storage: Storage) -> BeginCall:
    """Return the use case that notes that a call rings."""
    from tocsin.calls.application.begin_call import BeginCall
    from tocsin.calls.application.call_rows import CallRows

    return BeginCall(CallRows(storage.message_rows, storage.clock))


def end_call(
    storage: Storage,
    queues: Queues,
    *,
    link_base_url: str,
    caller: VoiceCaller,
    placed: PlacedCalls,
    lines: LinePool,
    call_in_ended: CallInEnded,
) -> Callable[[EndedCall], ReceiptResult]:
    """Return the use case `EndCall`, which records the end of a call.

    Args:
        link_base_url: as for `run_dialogue`; what was said was as long as its short link made it.
        call_in_ended: records the end of calls that receivers made.
    """
    from tocsin.calls.application.end_call import EndCall
    from tocsin.limits.application.recent_limits import RecentLimits
    from tocsin.limits.application.settle_calls import SettleCall

    end = EndCall(
        attempts=_attempts(storage, link_base_url),
        placed=placed,
        caller=caller,
        record=record_receipts(storage, queues),
        lines=lines,
        queue=queues.dispatch,
        call_in_ended=call_in_ended,
        settle=SettleCall(RecentLimits(storage.limit_settings, storage.clock), storage.counters, storage.totals),
        clock=storage.clock,
    )
    return _reading_once(storage, end)


def _reading_once(storage: Storage, use_case: Callable[[Told], Result]) -> Callable[[Told], Result]:
    """Return a use case for which a row is read once: alert, receivers, message and progress are often one row."""

    def once(told: Told) -> Result:
        with storage.reading_once():
            return use_case(told)

    return once


def _attempts(storage: Storage, link_base_url: str) -> CallAttempts:
    links = MessageLinks(storage.short_links, storage.sealer, link_base_url)
    return CallAttempts(RecentAlerts(storage.alerts, storage.clock), links)


def _record_key(storage: Storage, queues: Queues) -> RecordKey:
    from tocsin.calls.application.record_key import RecordKey
    from tocsin.delivery.application.last_look import LastLook
    from tocsin.privacy.application.erase_contact import HonourErasures
    from tocsin.suppressions.application.suppress import Suppress

    last_look = LastLook(
        looks=storage.last_looks,
        rows=storage.message_rows,
        suppress=Suppress(storage.suppressions, storage.sealer),
        erasures=HonourErasures(storage.erasure_ledger, storage.sealer),
        after_the_claim=True,
    )
    return RecordKey(record_reply(storage, queues), last_look, storage.clock)
