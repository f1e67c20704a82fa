"""Secrets of providers, and addresses of recordings that anybody may fetch for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.fakes.time import VirtualClock
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.aws.secret_parameter import KEPT_FOR, SecretParameter
from tocsin.kernel.domain.errors import StorageUnavailable


class FakeSsm:
    """Systems Manager with one parameter. `error` is raised, if there is one."""

    def __init__(self) -> None:
        self.value = "first"
        self.error: Exception | None = None
        self.asked: list[dict[str, Any]] = []

    def get_parameter(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self.error:
            raise self.error
        return {"Parameter": {"Name": "/tocsin/twiml", "Value": self.value}}


def test_a_secret_is_read_decrypted_once_in_five_minutes() -> None:
    ssm, clock = FakeSsm(), VirtualClock()
    secret = SecretParameter(ssm, "/tocsin/twiml", clock)

    assert (secret(), secret()) == ("first", "first")
    assert ssm.asked == [{"Name": "/tocsin/twiml", "WithDecryption": True}]
    ssm.value = "second"
    clock.advance(KEPT_FOR)
    assert secret() == "second"


def test_a_secret_that_was_read_once_outlives_an_outage() -> None:
    ssm, clock = FakeSsm(), VirtualClock()
    secret = SecretParameter(ssm, "/tocsin/twiml", clock)
    ssm.error = EndpointConnectionError(endpoint_url="https://ssm.example")
    with pytest.raises(StorageUnavailable):
        secret()
    ssm.error = None
    secret()
    ssm.error = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "GetParameter")
    clock.advance(timedelta(hours=1))

    assert secret() == "first"


def test_an_address_of_a_recording_is_signed_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ACCESS_KEY_ID": "AKIDEXAMPLE",
        "SECRET_ACCESS_KEY": "secret",
        "SESSION_TOKEN": "a/token=",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    address = AwsClients("eu-west-1").object_address("recordings", "prompts/keep-0007/ab cd.wav", 600)

    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "https://recordings.s3.eu-west-1.amazonaws.com/prompts/keep-0007/ab%20cd.wav"
    )
    assert (query["X-Amz-Expires"], query["X-Amz-SignedHeaders"]) == ("600", "host")
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"  # the older algorithm cannot read what KMS encrypts
    assert query["X-Amz-Security-Token"] == "a/token="
    assert query["X-Amz-Credential"].endswith("/eu-west-1/s3/aws4_request")
    assert len(query["X-Amz-Signature"]) == 64
    assert "secret" not in address
