"""Calls by a provider that speaks TwiML: what is asked of each provider, and what its answers mean."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from tests.contract.delivery.provider_wire import Answer, HangUp, Silence, Wire, wire
from tests.fakes.time import NOON, VirtualClock
from tocsin.adapters.outbound.connection import Outbound
from tocsin.adapters.twiml.addresses import STATUS, STEP, CallAddress, VoiceAddresses
from tocsin.adapters.twiml.caller import TwimlCaller
from tocsin.adapters.twiml.providers import TwimlAccount
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import OutgoingCall
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Dialled, OutcomeUnknown, Rejected
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.voice.domain.call_facts import CallEnd, CallFacts

MESSAGE = MessageId(ChunkKey(TenantId("acme"), AlertRef("a-1"), 0, 0), 0, 1)
CALL = OutgoingCall(MESSAGE, "+442079460000", "+447700900805", timedelta(seconds=25))
PUBLIC = "https://tocsin.example/live"
TAKEN = Answer(201, '{"sid": "CA1", "status": "queued"}')


@pytest.fixture
def provider() -> Iterator[Wire]:
    with wire() as opened:
        opened.behaviour = TAKEN
        yield opened


def account(w: Wire, name: str = "twilio") -> TwimlAccount:
    return TwimlAccount.of(
        name, base_url=f"{w.url}/2010-04-01/", account="AC1", application="app-1", secret="token key"
    )


def caller(w: Wire, name: str = "twilio", *, policy: EgressPolicy = EgressPolicy(loopback=True)) -> TwimlCaller:  # noqa: B008
    return TwimlCaller(lambda: account(w, name), PUBLIC, Outbound(policy=policy), VirtualClock(), seconds=0.5)


@pytest.mark.parametrize("name", ["twilio", "somleng", "signalwire"])
def test_a_call_is_asked_for_by_a_form_with_our_addresses(provider: Wire, name: str) -> None:
    assert caller(provider, name).call(CALL) == Dialled("CA1", timedelta(seconds=25))

    ((method, path, headers),) = provider.heads
    assert (method, path) == ("POST", "/2010-04-01/Accounts/AC1/Calls.json")
    assert headers["authorization"] == f"Basic {b64encode(b'AC1:token').decode()}"
    form = parse_qs(provider.requests[0].decode())
    addresses = VoiceAddresses(PUBLIC, "token")
    assert form == {
        "To": ["+447700900805"],
        "From": ["+442079460000"],
        "Url": [addresses.of(STEP, CallAddress(MESSAGE), CALL.to)],
        "FallbackUrl": [addresses.of(STEP, CallAddress(MESSAGE, "resume"), CALL.to)],
        "StatusCallback": [addresses.of(STATUS, CallAddress(MESSAGE, dialled_at=int(NOON.timestamp())), CALL.to)],
        "StatusCallbackEvent": ["initiated", "completed"],
        "Timeout": ["25"],
        "MachineDetection": ["DetectMessageEnd"],
    }


def test_telnyx_takes_json_with_its_application_and_a_bearer_token(provider: Wire) -> None:
    provider.behaviour = Answer(200, '{"call_sid": "v3:abc", "status": "queued"}')
    assert caller(provider, "telnyx").call(CALL) == Dialled("v3:abc", timedelta(seconds=25))

    ((_, path, headers),) = provider.heads
    asked = json.loads(provider.requests[0])
    assert (path, headers["authorization"]) == ("/2010-04-01/Accounts/AC1/Calls", "Bearer token")
    assert (asked["ApplicationSid"], asked["StatusCallbackEvent"]) == ("app-1", "initiated completed")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, 21211, Rejected("invalid_number", permanent=True)),
        (400, 21217, Rejected("invalid_number", permanent=True)),
        (400, 13224, Rejected("invalid_number", permanent=True)),
        (400, 21210, Rejected("sender_not_allowed", permanent=True)),
        (400, 21212, Rejected("sender_not_allowed", permanent=True)),
        (400, 21215, Rejected("country_blocked", permanent=True)),
        (400, 21219, Rejected("not_verified", permanent=True)),
        (400, 99999, Rejected("invalid_request", permanent=True)),
        (422, "10015", Rejected("invalid_request", permanent=True)),
        (401, 20003, Rejected("provider_denies_us", permanent=False, retry_after=timedelta(minutes=5))),
        (401, 20005, Rejected("account_disabled", permanent=False, retry_after=timedelta(minutes=5))),
        (404, 20404, Rejected("provider_misconfigured", permanent=False, retry_after=timedelta(minutes=5))),
        (429, 20429, Rejected("throttled", permanent=False)),
        (400, 10004, Rejected("throttled", permanent=False)),
    ],
)
def test_every_refusal_has_its_reason(provider: Wire, status: int, code: object, expected: Rejected) -> None:
    provider.behaviour = Answer(status, json.dumps({"code": code, "message": "no"}))

    assert caller(provider).call(CALL) == expected


@pytest.mark.parametrize("body", ["", "[]", "<html>", '{"code": true}'])
def test_a_refusal_that_cannot_be_read_is_judged_by_its_status(provider: Wire, body: str) -> None:
    provider.behaviour = Answer(429, body, {"Retry-After": "7"})

    assert caller(provider).call(CALL) == Rejected("throttled", permanent=False, retry_after=timedelta(seconds=7))


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (HangUp(), "connection_broken"),
        (Silence(), "connection_broken"),
        (Answer(500, ""), "gateway_error"),
        (Answer(503, '{"code": 20503}'), "gateway_error"),
        (Answer(201, "{}"), "reply_without_id"),
        (Answer(201, '{"sid": 5}'), "reply_without_id"),
    ],
)
def test_after_a_lost_response_the_report_is_waited_for_and_the_call_is_not_repeated(
    provider: Wire, behaviour: Answer | HangUp | Silence, reason: str
) -> None:
    provider.behaviour = behaviour

    assert caller(provider).call(CALL) == OutcomeUnknown(reason, reported_within=timedelta(minutes=2))
    assert len(provider.requests) == 1


def test_what_was_never_sent_may_be_dialled_again(provider: Wire) -> None:
    assert caller(provider, policy=CLOSED).call(CALL) == Rejected("provider_unreachable", permanent=False)
    assert provider.requests == []


def test_a_call_that_is_not_wanted_is_cancelled(provider: Wire) -> None:
    caller(provider).stop("CA 1/../x")

    assert provider.heads[0][:2] == ("POST", "/2010-04-01/Accounts/AC1/Calls/CA%201%2F..%2Fx.json")
    assert dict(parse_qsl(provider.requests[0].decode())) == {"Status": "canceled"}
    provider.behaviour = HangUp()
    caller(provider).stop("CA1")


@pytest.mark.parametrize(
    ("told", "facts"),
    [
        ({"status": "busy"}, CallFacts(end=CallEnd.BUSY)),
        ({"status": "no-answer", "duration": "0"}, CallFacts(end=CallEnd.NO_ANSWER)),
        ({"status": "canceled", "duration": None}, CallFacts(end=CallEnd.STOPPED)),
        (
            {"status": "completed", "duration": "34", "answered_by": "machine_end_beep"},
            CallFacts(end=CallEnd.HUNG_UP, machine=True, talk_seconds=34.0),
        ),
        (
            {"status": "completed", "duration": 34, "answered_by": None},
            CallFacts(end=CallEnd.HUNG_UP, talk_seconds=34.0),
        ),
    ],
)
def test_the_provider_is_asked_how_a_call_ended(provider: Wire, told: dict[str, object], facts: CallFacts) -> None:
    provider.behaviour = Answer(200, json.dumps({"sid": "CA1", "end_time": "Mon, 23 Nov 2026 11:59:00 +0000"} | told))

    assert caller(provider).look("CA1") == EndedCall("CA1", datetime(2026, 11, 23, 11, 59, tzinfo=UTC), facts)
    assert provider.heads[0][:2] == ("GET", "/2010-04-01/Accounts/AC1/Calls/CA1.json")


@pytest.mark.parametrize("word", ["queued", "initiated", "ringing", "in-progress"])
def test_a_call_that_goes_on_is_not_over(provider: Wire, word: str) -> None:
    provider.behaviour = Answer(200, json.dumps({"status": word}))

    assert caller(provider).look("CA1") is None


def test_of_a_call_that_the_provider_does_not_know_nothing_more_is_learnt(provider: Wire) -> None:
    provider.behaviour = Answer(404, '{"code": 20404}')

    assert caller(provider).look("CA1") == EndedCall("CA1", NOON, CallFacts())


@pytest.mark.parametrize(
    "behaviour",
    [
        HangUp(),
        Answer(500, ""),
        Answer(200, ""),
        Answer(200, '{"status": "sung"}'),
        Answer(200, '{"status": 5}'),
        Answer(401, "{}"),
    ],
)
def test_whatever_else_leaves_the_question_open(provider: Wire, behaviour: Answer | HangUp) -> None:
    provider.behaviour = behaviour

    with pytest.raises(StorageUnavailable):
        caller(provider).look("CA1")


def test_without_the_secret_nothing_is_sent(provider: Wire) -> None:
    def unreadable() -> TwimlAccount:
        raise StorageUnavailable("no secret")

    without = TwimlCaller(unreadable, PUBLIC, Outbound(policy=EgressPolicy(loopback=True)), VirtualClock())
    answer = without.call(CALL)

    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.permanent) == ("provider_misconfigured", False)
    without.stop("CA1")
    assert provider.requests == []


def test_no_body_holds_a_name_of_the_receiver_beyond_the_number(provider: Wire) -> None:
    caller(provider).call(CALL)
    urls = [text for name, text in parse_qsl(provider.requests[0].decode()) if name.endswith(("Url", "Callback"))]

    assert len(urls) == 3
    assert all(CALL.to.lstrip("+") not in url and urlsplit(url).netloc == "tocsin.example" for url in urls)
