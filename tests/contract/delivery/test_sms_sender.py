"""What every SmsSender promises: it says what became of the message, it never raises, and it gives nobody away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.builders import TENANT
from tests.contract.aws_session import clients_towards
from tests.contract.delivery.provider_wire import (
    Answer,
    HangUp,
    Wire,
    eum_error,
    eum_taken,
    sns_error,
    sns_taken,
    wire,
)
from tests.fakes import providers
from tests.fakes.providers import FakeSmsSender
from tocsin.adapters.end_user_messaging.sms_sender import EumSmsSender
from tocsin.adapters.sandbox.senders import SandboxSmsSender
from tocsin.adapters.sns.sms_sender import SnsSmsSender
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected
from tocsin.delivery.ports.senders import OutgoingSms, SmsSender
from tocsin.kernel.domain.ids import AlertRef

ID = MessageId(ChunkKey(TENANT, AlertRef("0192aaaa-0000-7000-8000-000000000000"), 0, 0), 7, 1)
TEXT = "the canary sings at noon"
SMS = OutgoingSms(ID, "Tocsin", "+447700900000", TEXT, timedelta(hours=4))


@dataclass
class Line:
    """A sender, and a way to make what is at its other end behave; returns the number to send to."""

    sender: SmsSender
    takes: Callable[[], str]
    throttles: Callable[[], str]
    refuses: Callable[[], str]
    loses_the_reply: Callable[[], str]

    def message(self, to: str) -> OutgoingSms:
        return replace(SMS, to=to)


@pytest.fixture(params=["fake", "sandbox", "sns", "signed sns", "eum", "signed eum"])
def line(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    match request.param:
        case "fake":
            yield _fake()
        case "sandbox":
            numbers = [f"+44770090000{n}" for n in range(5)]
            yield Line(
                SandboxSmsSender(pause=lambda seconds: None),
                lambda: numbers[0],
                lambda: numbers[1],
                lambda: numbers[2],
                lambda: numbers[4],
            )
        case "sns" | "signed sns":
            thin = request.param.startswith("signed")
            with wire() as w, clients_towards(w.url, monkeypatch, thin=thin) as clients:
                refused = sns_error("InvalidParameter", f"Invalid parameter: PhoneNumber Reason: {SMS.to} is not valid")
                yield _wired(w, SnsSmsSender(clients.sns), sns_taken("m-1"), sns_error("Throttling"), refused)
        case _:
            thin = request.param.startswith("signed")
            with wire() as w, clients_towards(w.url, monkeypatch, thin=thin) as clients:
                refused = eum_error("ConflictException", SMS.to, Reason="DESTINATION_PHONE_NUMBER_OPTED_OUT")
                sender = EumSmsSender(clients.sms_voice, "events")
                yield _wired(w, sender, eum_taken("m-1"), eum_error("ThrottlingException"), refused)


def _fake() -> Line:
    fake = FakeSmsSender()

    def behaving(behaviour: providers.Behaviour) -> Callable[[], str]:
        def prepare() -> str:
            fake.towards(SMS.to, behaviour)
            return SMS.to

        return prepare

    return Line(
        fake,
        behaving(providers.Accept()),
        behaving(providers.Throttle()),
        behaving(providers.RefusePermanent()),
        behaving(providers.LoseReply()),
    )


def _wired(w: Wire, sender: SmsSender, taken: Answer, throttled: Answer, refused: Answer) -> Line:
    def behaving(behaviour: Answer | HangUp) -> Callable[[], str]:
        def prepare() -> str:
            w.behaviour = behaviour
            return SMS.to

        return prepare

    return Line(sender, behaving(taken), behaving(throttled), behaving(refused), behaving(HangUp()))


def test_a_message_that_is_taken_gets_the_provider_s_name(line: Line) -> None:
    answer = line.sender.send(line.message(line.takes()))
    assert isinstance(answer, Accepted)
    assert answer.provider_id


def test_a_throttled_message_may_be_tried_again(line: Line) -> None:
    answer = line.sender.send(line.message(line.throttles()))
    assert isinstance(answer, Rejected)
    assert not answer.permanent


def test_a_message_nobody_can_deliver_is_refused_for_good(line: Line) -> None:
    answer = line.sender.send(line.message(line.refuses()))
    assert isinstance(answer, Rejected)
    assert answer.permanent


def test_without_an_answer_nobody_claims_to_know(line: Line) -> None:
    assert isinstance(line.sender.send(line.message(line.loses_the_reply())), OutcomeUnknown)


def test_ten_threads_may_send_at_once(line: Line) -> None:
    message = line.message(line.takes())
    with ThreadPoolExecutor(10) as executor:
        answers = list(executor.map(lambda _: line.sender.send(message), range(30)))
    assert [answer for answer in answers if not isinstance(answer, Accepted)] == []


def test_s7_no_answer_and_no_log_line_names_the_receiver_or_the_text(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for prepare in (line.takes, line.throttles, line.refuses, line.loses_the_reply):
        to = prepare()
        answer = line.sender.send(line.message(to))
        for told in (repr(answer), caplog.text, repr([vars(record) for record in caplog.records])):
            assert to.lstrip("+") not in told
            assert TEXT not in told
