"""What stands in the requests the SMS senders make; the models of the services check the shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends
from mypy_boto3_sns import SNSClient

from tests.contract.cloud import REGION
from tests.contract.delivery.test_sms_sender import ID, SMS
from tocsin.adapters.end_user_messaging.sms_sender import EumSmsSender
from tocsin.adapters.sandbox.senders import SLOW, SandboxSmsSender
from tocsin.adapters.sns.sms_sender import SnsSmsSender
from tocsin.delivery.domain.submission import Accepted, Rejected, Submission

SESSION = boto3.Session("testing", "testing", region_name=REGION)


@pytest.fixture
def sns() -> Iterator[SNSClient]:
    with mock_aws():
        yield SESSION.client("sns")


def test_sns_gets_the_number_and_the_text(sns: SNSClient) -> None:
    answer = SnsSmsSender(sns).send(SMS)
    assert isinstance(answer, Accepted)
    messages = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages
    assert messages == {answer.provider_id: (SMS.to, SMS.text)}


@pytest.mark.parametrize(
    ("sender", "attribute"),
    [("MyCompany", "AWS.SNS.SMS.SenderID"), ("+447777100100", "AWS.MM.SMS.OriginationNumber")],
)
def test_ah_11_sns_is_told_a_number_or_a_name(sender: str, attribute: str, sns: SNSClient) -> None:
    with Stubber(sns) as stub:
        stub.add_response(
            "publish",
            {"MessageId": "m-1"},
            {
                "PhoneNumber": SMS.to,
                "Message": SMS.text,
                "MessageAttributes": {
                    "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
                    attribute: {"DataType": "String", "StringValue": sender},
                    "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.50"},
                },
            },
        )
        assert SnsSmsSender(sns, max_price="0.50").send(replace(SMS, sender=sender)) == Accepted("m-1")
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("expires_in", "ttl"),
    [
        (timedelta(hours=4), 14_400),
        (timedelta(seconds=90.7), 90),
        (timedelta(seconds=2), 5),
        (timedelta(days=30), 259_200),
    ],
)
def test_r6_eum_gets_our_id_the_time_left_and_the_price_limit(expires_in: timedelta, ttl: int) -> None:
    client = SESSION.client("pinpoint-sms-voice-v2")
    with Stubber(client) as stub:
        stub.add_response(
            "send_text_message",
            {"MessageId": "m-1"},
            {
                "DestinationPhoneNumber": SMS.to,
                "OriginationIdentity": "Tocsin",
                "MessageBody": SMS.text,
                "MessageType": "TRANSACTIONAL",
                "ConfigurationSetName": "events",
                "MaxPrice": "0.50",
                "TimeToLive": ttl,
                "Context": {"message": str(ID)},
            },
        )
        sender = EumSmsSender(client, "events", max_price="0.50")
        assert sender.send(replace(SMS, expires_in=expires_in)) == Accepted("m-1")
        stub.assert_no_pending_responses()


def test_eum_without_options_names_none() -> None:
    client = SESSION.client("pinpoint-sms-voice-v2")
    with Stubber(client) as stub:
        expected = {
            "DestinationPhoneNumber": SMS.to,
            "OriginationIdentity": "Tocsin",
            "MessageBody": SMS.text,
            "MessageType": "TRANSACTIONAL",
            "TimeToLive": 14_400,
            "Context": {"message": str(ID)},
        }
        stub.add_response("send_text_message", {"MessageId": "m-1"}, expected)
        assert EumSmsSender(client, None).send(SMS) == Accepted("m-1")


@pytest.mark.parametrize(
    ("reason", "means"),
    [
        ("DESTINATION_PHONE_NUMBER_OPTED_OUT", Rejected("opted_out", permanent=True)),
        ("RESOURCE_NOT_ACTIVE", Rejected("provider_misconfigured", False, timedelta(minutes=5))),
    ],
)
def test_eum_tells_conflicts_apart_by_their_reason(reason: str, means: Submission) -> None:
    client = SESSION.client("pinpoint-sms-voice-v2")
    with Stubber(client) as stub:
        stub.add_client_error("send_text_message", "ConflictException", modeled_fields={"Reason": reason})
        assert EumSmsSender(client, None).send(SMS) == means


TEMPORARY = Rejected("sandbox_temporary_failure", permanent=False)


@pytest.mark.parametrize(
    ("to", "fates"),
    [
        ("+447700900001", [TEMPORARY, TEMPORARY, TEMPORARY, TEMPORARY]),
        ("+447700900002", [Rejected("sandbox_permanent_failure", permanent=True)]),
        ("+447700900005", [TEMPORARY, Accepted]),
        ("+447700900006", [TEMPORARY, TEMPORARY, Accepted]),
        ("+447700900123", [Accepted]),
        ("+15005550006", [Accepted]),
    ],
)
def test_a_sandbox_number_has_its_fate(to: str, fates: list[object]) -> None:
    sender = SandboxSmsSender()
    for attempt, fate in enumerate(fates, start=1):
        answer = sender.send(replace(SMS, to=to, id=replace(ID, attempt=attempt)))
        assert answer == fate or fate is type(answer)


def test_a_slow_sandbox_number_takes_two_seconds() -> None:
    pauses: list[float] = []
    assert isinstance(SandboxSmsSender(pauses.append).send(replace(SMS, to="+447700900003")), Accepted)
    assert pauses == [SLOW] == [2.0]
