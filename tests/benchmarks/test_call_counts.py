"""Budget 12 of calls: what one call that goes on may ask of DynamoDB, counted over moto, a step at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.benchmarks.test_counts import Counting
from tests.builders import a_call, an_acceptance, number
from tests.contract.cloud import Cloud, cloud
from tests.contract.partiql import MotoWithPartiQl
from tests.fakes.calls import FakePromptFiles, FakeVoiceCaller
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.executor import OneHand
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimerQueue
from tests.unit.calls.call_world import TERMS
from tocsin.adapters.sandbox.calls import sandbox_call
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.bootstrap.calling import answer_call_in, end_call, run_dialogue
from tocsin.bootstrap.dialling import dispatch_calls
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.calls.application.run_dialogue import CallIn
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.dispatch_batch import DispatchReport
from tocsin.delivery.application.record_receipts import ReceiptResult
from tocsin.delivery.domain.message import Message, MessageState, claim_message, dialled
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process.environment import Environment
from tocsin.entrypoint.queue.batch_worker import Dispatch
from tocsin.kernel.domain.ids import AlertRef
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue import Event, Signal
from tocsin.voice.domain.dialogue_state import DialogueState
from tocsin.voice.domain.script import Replay, Simple

WRITES = 14
"""Write units of one call, from its claim until its end is told."""

RESPONSE = 5
"""Write units of a response, whatever its channel: two rows in a transaction, and the event."""

LINKS = "https://t.example/l/"


@pytest.fixture
def moto() -> Iterator[Cloud]:
    with cloud("moto") as c:
        yield c


class Functions:
    """The functions `ivr` and `track_events` over one table."""

    def __init__(self, moto: Cloud) -> None:
        self.client = Counting(MotoWithPartiQl(moto.dynamodb))
        self.clock = VirtualClock()
        self._clients = StoreClients(self.client, moto.kms, moto.s3)
        self._moto = moto

    def storage(self) -> Storage:
        """What a new process has."""
        storage = Storage(
            self._clients, table_name=self._moto.table_name, key_id="", bucket_name=self._moto.bucket, clock=self.clock
        )
        storage.sealer = FakeSealer()
        return storage

    def queues(self) -> Queues:
        queues = Queues(None, Environment())  # type: ignore[arg-type]
        queues.dispatch, queues.timers, queues.callbacks = FakeDispatchQueue(), FakeTimerQueue(), None  # type: ignore[assignment]
        return queues

    def counted(self) -> Counter[str]:
        """What was asked since this was called last."""
        found = Counter(self.client.calls)
        self.client.calls.clear()
        return found


def dialled_call(functions: Functions) -> MessageId:
    """Accept an alert to one phone, and dial. Units are counted from the claim on."""
    acceptance = an_acceptance(a_call(number(1), script=Replay()))
    storage = functions.storage()
    storage.alerts.accept(acceptance)
    functions.client.units = 0
    (key,) = acceptance.alert.chunks()
    claim = claim_message(None, 0, functions.clock(), TERMS)
    assert isinstance(claim, Message)
    assert all(storage.message_rows.save(key, [claim]))
    assert all(storage.message_rows.save(key, [dialled(claim, "c-1", functions.clock(), ANSWER_WITHIN)]))
    id = MessageId(key, 0, 1)
    storage.placed_calls.remember("c-1", id, functions.clock() + timedelta(days=1))
    functions.counted()
    return id


def test_budget_12_a_call_asks_dynamodb_little_at_each_step(moto: Cloud) -> None:
    functions = Functions(moto)
    id = dialled_call(functions)
    storage = functions.storage()
    call_in = answer_call_in(
        storage, functions.queues(), link_base_url=LINKS, placed=storage.placed_calls, stop=FakeVoiceCaller().stop
    )
    run: CallIn = run_dialogue(storage, functions.queues(), link_base_url=LINKS, call_in=call_in)

    def ask(event: Event, state: DialogueState) -> CallAnswer:
        functions.clock.advance(timedelta(seconds=9))
        return run(CallQuestion(event, state, "c-1", id, False, None, None))

    answer = ask(Signal.ANSWERED, DialogueState())
    assert functions.counted() == Counter(get_item=1, batch_get_item=1, update_item=1)
    for _ in range(2):
        answer = ask(Signal.PLAYED, answer.state)
        assert functions.counted() == Counter(update_item=1)
    ask("2", answer.state)
    key = functions.counted()
    assert key.total() == 4, key

    end = end_call(
        storage,
        functions.queues(),
        link_base_url=LINKS,
        caller=FakeVoiceCaller(),
        placed=storage.placed_calls,
        lines=storage.line_pool(10),
        call_in_ended=call_in.ended,
    )
    assert end(EndedCall("c-1", functions.clock(), CallFacts(CallEnd.ENDED, talk_seconds=36))) is ReceiptResult.RECORDED
    ended = functions.counted()
    assert ended.total() <= 8, ended  # of a process that has just started: the limits are read
    assert functions.client.units <= WRITES + RESPONSE
    row = functions.storage().message_rows.load(id.key, range(1))[0]
    assert (row.state, row.call_facts.keys) == (MessageState.DELIVERED, "2")
    assert [
        r.text for r in storage.responses.of_alert(id.key.tenant, id.key.alert, 9, None, functions.clock()).responses
    ] == ["2"]


def test_budget_12_a_dial_asks_dynamodb_little(moto: Cloud) -> None:
    # given an alert that one phone is called for, and a job for it
    functions = Functions(moto)
    dispatch = voice_worker(functions)
    job, _ = accepted(functions, number(1))

    (report,) = dispatch([job], lambda: timedelta(minutes=1))

    # then three reads before the claim, and one of guards; a write each for line, claim, rate, spend, call back, try,
    # dial, event, progress
    assert isinstance(report, DispatchReport)
    assert report.calls == 1
    dialled = functions.counted()
    assert dialled.total() <= 13, dialled
    assert functions.client.units <= 9


def test_budget_12_from_dial_to_told_a_call_asks_dynamodb_27_times(moto: Cloud) -> None:
    """Workers that have made a call before make another, which is answered, heard, and answered by a key.

    What remains, and why: dial 11 = alert; line; claim; last look; rate of the number; spend of the day; who may call
    back; the provider's id of the call; ringing; an empty publication and its progress, so that two reporters publish
    no event twice. Dialogue 8 = at pick-up alert, last look, facts; facts when it is heard; facts of the key, last look,
    response, its event. End 8 = whose call; alert; outcome; limits, which
    are kept for 15 seconds; money; event; progress; line.
    """
    functions = Functions(moto)
    dispatch = voice_worker(functions)
    storage, queues = functions.storage(), functions.queues()
    call_in = answer_call_in(
        storage, queues, link_base_url=LINKS, placed=storage.placed_calls, stop=FakeVoiceCaller().stop
    )
    run = run_dialogue(storage, queues, link_base_url=LINKS, call_in=call_in)
    end = end_call(
        storage,
        queues,
        link_base_url=LINKS,
        caller=FakeVoiceCaller(),
        placed=storage.placed_calls,
        lines=storage.line_pool(10),
        call_in_ended=call_in.ended,
    )
    first, _ = accepted(functions, number(1))
    dispatch([first], lambda: timedelta(minutes=1))
    end(EndedCall("call-1", functions.clock(), CallFacts(CallEnd.BUSY)))
    job, id = accepted(functions, number(2))

    # given a call that rings
    dispatch([job], lambda: timedelta(minutes=1))
    dialled = functions.counted()

    # when it is answered, heard, and answered by a key
    state = DialogueState()
    for event in (Signal.ANSWERED, Signal.PLAYED, "2"):
        functions.clock.advance(timedelta(seconds=9))
        state = run(CallQuestion(event, state, "call-2", id, False, None, None)).state
    talked = functions.counted()
    end(EndedCall("call-2", functions.clock(), CallFacts(CallEnd.ENDED, talk_seconds=27)))
    ended = functions.counted()

    assert (dialled.total(), talked.total(), ended.total()) == (11, 8, 8), (dialled, talked, ended)
    assert functions.client.units == 25
    assert functions.storage().message_rows.load(id.key, range(1))[0].state is MessageState.DELIVERED


def voice_worker(functions: Functions) -> Dispatch:
    """Return the worker that dials, as its process starts."""
    return dispatch_calls(
        functions.storage(),
        functions.queues(),
        service="dispatch_voice",
        link_base_url=LINKS,
        lines=10,
        caller=FakeVoiceCaller(),
        simulate=sandbox_call,
        files=FakePromptFiles(),
        idempotent=True,
        executor=OneHand(),
    )


def accepted(functions: Functions, to: str) -> tuple[DispatchJob, MessageId]:
    """Accept an alert that one phone is called for; return its job, and its first try. Nothing was counted yet then."""
    acceptance = an_acceptance(a_call(to, script=Simple(require_response=True)), ref=AlertRef(f"alert-{to[1:]}"))
    functions.storage().alerts.accept(acceptance)
    (batch,) = acceptance.alert.batches()
    functions.counted()
    functions.client.units = 0
    return DispatchJob(batch, Channel.CALL, acceptance.alert.lane), MessageId(batch.key, 0, 1)
