"""What is deployed for a provider of calls that speaks TwiML."""

from __future__ import annotations

from typing import Any

import pytest

from tests.architecture.call_faults import BY_CONNECT
from tests.architecture.deployment import Sources, deployment, read_sources, refusals


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read_sources()


BY_TWIML = {
    "VoiceProvider": "twiml",
    "TwimlAccount": "AC1",
    "TwimlSecretName": "/tocsin/twiml",
    "TwimlPublicUrl": "https://api.example.org/prod",
}


def test_twiml_is_given_with_its_account(sources: Sources) -> None:
    told = ["VoiceProvider twiml needs TwimlAccount, TwimlSecretName and TwimlPublicUrl."]
    for missing in ("TwimlAccount", "TwimlSecretName", "TwimlPublicUrl"):
        assert refusals(sources, Stage="prod", **{**BY_TWIML, missing: ""}) == told
    assert refusals(sources, Stage="prod", **BY_TWIML) == []


def test_two_functions_read_the_secret_of_twiml_and_one_reads_recordings_for_it(sources: Sources) -> None:
    def granted(action: str, **parameters: str) -> dict[str, Any]:
        stack = deployment(sources, **parameters)
        return {
            role.name: statement["Resource"]
            for role in stack.of("IAM::Role")
            for statement in stack.statements(role)
            if statement["Sid"] in ("ReadTwimlSecret", "ReadRecordings") and action in statement["Action"]
        }

    secret = ["arn:aws:ssm:eu-west-2:123456789012:parameter/tocsin/twiml"]
    assert granted("ssm:GetParameter", **BY_TWIML) == {"DispatchVoiceRole": secret, "TwimlRole": secret}
    assert set(granted("s3:GetObject", **BY_TWIML)) == {"TwimlRole"}
    for others in ({}, BY_CONNECT):
        assert granted("ssm:GetParameter", **others) == granted("s3:GetObject", **others) == {}


def test_another_provider_of_calls_is_a_new_version_of_the_function_that_answers_it(sources: Sources) -> None:
    def described(**parameters: str) -> str:
        versions = deployment(sources, **parameters).of("Lambda::Version")
        return next(str(v.properties["Description"]) for v in versions if v.name.startswith("TwimlVersion"))

    descriptions = {
        described(),
        described(**BY_TWIML),
        described(**{**BY_TWIML, "TwimlPublicUrl": "https://b.example"}),
    }
    assert len(descriptions) == 3
    assert max(map(len, descriptions)) <= 256
