"""What every VoiceCaller promises: it says what became of the call, and never raises. Some make one call of a repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tests.builders import TENANT
from tests.contract.aws_session import clients_towards
from tests.contract.delivery.provider_wire import Answer, HangUp, Wire, connect_error, connect_taken, wire
from tests.fakes.calls import FakeVoiceCaller
from tests.fakes.time import VirtualClock
from tocsin.adapters.connect.caller import ConnectCaller
from tocsin.adapters.outbound.connection import Outbound
from tocsin.adapters.twiml.caller import TwimlCaller
from tocsin.adapters.twiml.providers import PROVIDERS, TwimlAccount
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import OutgoingCall
from tocsin.calls.ports.caller import VoiceCaller
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Dialled, OutcomeUnknown, Rejected
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef
from tocsin.voice.domain.call_facts import CallEnd, CallFacts

ID = MessageId(ChunkKey(TENANT, AlertRef("0192aaaa-0000-7000-8000-000000000000"), 0, 0), 7, 1)
CALL = OutgoingCall(ID, "+442079460000", "+447700900805")
FLOW = "arn:aws:connect:eu-west-1:000000000000:instance/11111111-2222-3333-4444-555555555555/contact-flow/flow"
INSTANCE = "arn:aws:connect:eu-west-1:000000000000:instance/11111111-2222-3333-4444-555555555555"


@dataclass
class Exchange:
    """A caller, and ways to make the provider at its other end behave."""

    caller: VoiceCaller
    places: Callable[[], object]
    throttles: Callable[[], object]
    refuses: Callable[[], object]
    loses_the_reply: Callable[[], object]
    says_that_it_goes_on: Callable[[], object]
    says_that_it_was_busy: Callable[[], object]
    keeps_silent: Callable[[], object]
    idempotent: bool = True


@pytest.fixture(params=["fake", "connect", "signed connect", *(f"twiml {name}" for name in PROVIDERS)])
def exchange(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exchange]:
    if request.param == "fake":
        yield _fake()
        return
    if request.param.startswith("twiml"):
        with wire() as w:
            yield _twiml(w, request.param.removeprefix("twiml "))
        return
    thin = request.param.startswith("signed")
    with wire() as w, clients_towards(w.url, monkeypatch, thin=thin) as clients:
        yield _connect(w, ConnectCaller(clients.connect, INSTANCE, FLOW, sleep=lambda seconds: None))


def _fake() -> Exchange:
    fake = FakeVoiceCaller()
    fake.ended["call-2"] = EndedCall("call-2", datetime(2026, 11, 29, tzinfo=UTC), CallFacts(end=CallEnd.BUSY))
    fake.ended["call-1"] = replace(fake.ended["call-2"], call_id="call-1")

    def answers(submission: Rejected | OutcomeUnknown | None) -> None:
        fake.refusals = {CALL.to: submission} if submission else {}

    return Exchange(
        fake,
        places=partial(answers, None),
        throttles=partial(answers, Rejected("throttled", permanent=False)),
        refuses=partial(answers, Rejected("invalid_number", permanent=True)),
        loses_the_reply=partial(answers, OutcomeUnknown("reply_timed_out", idempotent=True)),
        says_that_it_goes_on=fake.ended.clear,
        says_that_it_was_busy=lambda: None,
        keeps_silent=lambda: setattr(fake.outage, "failing", 1),
    )


def _connect(w: Wire, caller: ConnectCaller) -> Exchange:
    def answers(behaviour: Answer | HangUp) -> None:
        w.behaviour = behaviour

    began = '"Id": "call-1", "InitiationTimestamp": 1795953600.0'
    ended = '"DisconnectTimestamp": 1795953608.4, "DisconnectReason": "TELECOM_BUSY"'
    return Exchange(
        caller,
        places=partial(answers, connect_taken("call-1")),
        throttles=partial(answers, connect_error("LimitExceededException", status=429)),
        refuses=partial(answers, connect_error("DestinationNotAllowedException", CALL.to, 403)),
        loses_the_reply=partial(answers, HangUp()),
        says_that_it_goes_on=partial(answers, Answer(200, f'{{"Contact": {{{began}}}}}')),
        says_that_it_was_busy=partial(answers, Answer(200, f'{{"Contact": {{{began}, {ended}}}}}')),
        keeps_silent=partial(answers, connect_error("InternalServiceException", status=500)),
    )


def _twiml(w: Wire, provider: str) -> Exchange:
    def answers(behaviour: Answer | HangUp) -> None:
        w.behaviour = behaviour

    account = TwimlAccount.of(provider, base_url=w.url, account="AC1", application="app", secret="token key")
    outbound = Outbound(policy=EgressPolicy(loopback=True))
    name = "call_sid" if provider == "telnyx" else "sid"
    return Exchange(
        TwimlCaller(lambda: account, "https://tocsin.example/live", outbound, VirtualClock()),
        places=partial(answers, Answer(201, f'{{"{name}": "call-1", "status": "queued"}}')),
        throttles=partial(answers, Answer(429, '{"code": 20429, "message": "Too Many Requests"}')),
        refuses=partial(answers, Answer(400, f'{{"code": 21211, "message": "no phone number: {CALL.to}"}}')),
        loses_the_reply=partial(answers, HangUp()),
        says_that_it_goes_on=partial(answers, Answer(200, '{"status": "ringing"}')),
        says_that_it_was_busy=partial(answers, Answer(200, '{"status": "busy", "duration": "0"}')),
        keeps_silent=partial(answers, Answer(503, "")),
        idempotent=False,
    )


def test_a_placed_call_has_the_providers_id_and_rings_as_long_as_asked(exchange: Exchange) -> None:
    exchange.places()
    assert exchange.caller.call(CALL) == Dialled("call-1", CALL.answer_within)


def test_the_same_try_is_the_same_call(exchange: Exchange) -> None:
    if not exchange.idempotent:
        pytest.skip("the provider's API has no token")
    exchange.places()
    assert exchange.caller.call(CALL) == exchange.caller.call(CALL)


def test_a_throttled_call_may_be_tried_again(exchange: Exchange) -> None:
    exchange.throttles()
    answer = exchange.caller.call(CALL)
    assert isinstance(answer, Rejected)
    assert not answer.permanent


def test_a_call_that_nobody_may_place_is_refused_for_good(exchange: Exchange) -> None:
    exchange.refuses()
    answer = exchange.caller.call(CALL)
    assert isinstance(answer, Rejected)
    assert answer.permanent


def test_without_a_reply_the_same_try_is_dialled_again_only_if_that_is_the_same_call(exchange: Exchange) -> None:
    exchange.loses_the_reply()
    answer = exchange.caller.call(CALL)
    assert isinstance(answer, OutcomeUnknown)
    assert answer.idempotent == exchange.idempotent
    assert answer.reported_within == (None if exchange.idempotent else timedelta(minutes=2))


def test_the_provider_tells_whether_a_call_is_over(exchange: Exchange) -> None:
    exchange.says_that_it_was_busy()
    ended = exchange.caller.look("call-1")
    assert ended is not None
    assert (ended.call_id, ended.facts.end) == ("call-1", CallEnd.BUSY)

    exchange.says_that_it_goes_on()
    assert exchange.caller.look("call-1") is None


def test_a_provider_that_does_not_say_leaves_the_question_open(exchange: Exchange) -> None:
    exchange.keeps_silent()
    with pytest.raises(StorageUnavailable):
        exchange.caller.look("call-1")


def test_a_call_that_cannot_be_stopped_is_nobodys_error(exchange: Exchange) -> None:
    exchange.refuses()
    exchange.caller.stop("call-1")


def test_s7_no_answer_and_no_log_line_names_the_receiver(exchange: Exchange, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for prepare in (exchange.places, exchange.throttles, exchange.refuses, exchange.loses_the_reply):
        prepare()
        answer = exchange.caller.call(CALL)
        exchange.caller.stop("call-1")
        for told in (repr(answer), caplog.text, repr([vars(record) for record in caplog.records])):
            assert CALL.to.lstrip("+") not in told
