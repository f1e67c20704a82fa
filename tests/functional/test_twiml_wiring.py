"""The functions of a stack with `VoiceProvider=twiml`, as Lambda imports them: one dials, the other answers."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import boto3
import pytest

from tests.builders import a_call, number
from tests.contract.cloud import REGION, tenants_guarded
from tests.functional.events import Context, sqs_event
from tests.functional.gateway import Answer, Gateway
from tests.functional.test_dispatch_voice import rows
from tests.functional.test_worker_wiring import Stack, orders, stack
from tocsin.adapters.twiml.addresses import STATUS, STEP, CallAddress, VoiceAddresses
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process.clock import utc_now
from tocsin.telephony.domain.request_signatures import form_signature
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName, Simple

__all__ = ["stack"]

PUBLIC = "https://api.example.org/prod"
ADDRESSES = VoiceAddresses(PUBLIC, "token")
ANA, OURS = number(1), number(900)


@pytest.fixture(autouse=True)
def by_twiml(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    ssm = boto3.Session("testing", "testing", region_name=REGION).client("ssm")
    ssm.put_parameter(Name="/tocsin/twiml", Value="token", Type="SecureString")
    for name, value in {
        "VOICE_PROVIDER": "twiml",
        "TWIML_ACCOUNT": "AC1",
        "TWIML_API_URL": "https://127.0.0.1/2010-04-01",  # no public address: nothing is sent
        "TWIML_SECRET_NAME": "/tocsin/twiml",
        "TWIML_PUBLIC_URL": PUBLIC,
    }.items():
        monkeypatch.setenv(name, value)


def post(gateway: Gateway, url: str, **form: str) -> Answer:
    fields = {"CallSid": "CA1", "From": OURS, "To": ANA, "Direction": "outbound-api", **form}
    signed = form_signature("token", url, {name: [value] for name, value in fields.items()})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}
    parts = urlsplit(url)
    query = {name: [value] for name, _, value in (pair.partition("=") for pair in parts.query.split("&")) if name}
    return gateway.call("POST", parts.path.removeprefix("/prod"), urlencode(fields), headers, query)


def test_the_worker_dials_at_the_provider_of_the_parameters(stack: Stack) -> None:
    acceptance = stack.accept(a_call(ANA), at=utc_now())

    stack.start("dispatch_voice.app").handler(sqs_event(orders(acceptance)), Context())
    ((_, row),) = rows(stack, acceptance).items()
    assert (row.state, row.reason) == (MessageState.RETRY_WAIT, "provider_unreachable")


def test_the_function_answers_a_call_plays_its_recording_and_records_its_end(stack: Stack) -> None:
    acceptance = stack.accept(
        a_call(ANA, script=Simple(), prompts={PromptName.MAIN: Recording(b"RIFF", 2000)}), at=utc_now()
    )
    stack.start("dispatch_voice.app").handler(sqs_event(orders(acceptance)), Context())
    (chunk,) = {batch.key for batch in acceptance.alert.batches()}
    id = MessageId(chunk, 0, 1)
    app = stack.start("twiml.app")
    gateway = Gateway(app.app)

    with tenants_guarded(app.clients.dynamodb):
        answer = post(gateway, ADDRESSES.of(STEP, CallAddress(id), ANA))
        played = ElementTree.fromstring(answer.text).findtext(".//Play") or ""
        ended = post(gateway, ADDRESSES.of(STATUS, CallAddress(id), ANA), CallStatus="completed", CallDuration="3")
    assert (answer.status, ended.status) == (200, 204)
    assert "X-Amz-Signature=" in played
    ((_, row),) = rows(stack, acceptance).items()
    assert row.state is MessageState.DELIVERED


def test_without_the_provider_every_request_is_refused(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_PROVIDER", "connect")
    acceptance = stack.accept(a_call(ANA), at=utc_now())
    (chunk,) = {batch.key for batch in acceptance.alert.batches()}
    gateway = Gateway(stack.start("twiml.app").app)

    for path in (STEP, STATUS):
        assert post(gateway, ADDRESSES.of(path, CallAddress(MessageId(chunk, 0, 1)), ANA)).status == 403
