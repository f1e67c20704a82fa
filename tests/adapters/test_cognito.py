"""What Cognito's answers mean: its codes and words, and the second factor, which moto does not check."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import ANY, Stubber

from tests.contract.cloud import REGION
from tocsin.adapters.aws.signed.clients import JsonClient
from tocsin.adapters.cognito.provider import CognitoIdentityProvider
from tocsin.identity.ports.provider import Challenge, ChallengeKind, Refused, SignedIn
from tocsin.kernel.domain.errors import AlreadyExists, ProviderUnavailable

POOL, CLIENT = "eu-west-1_Abc123", "client-id"
ANA = "ana@people.example"
TOKEN = "head." + base64.urlsafe_b64encode(json.dumps({"sub": "sub-1"}).encode()).decode().rstrip("=") + ".signature"
CODE = Challenge(ChallengeKind.CODE, "session-of-cognito-1234567890")

Call = Callable[[CognitoIdentityProvider], Any]


def _answered(operation: str, code: str, message: str, call: Call, status: int = 400) -> Any:
    client = boto3.Session("testing", "testing", region_name=REGION).client("cognito-idp")
    with Stubber(client) as stub:
        stub.add_client_error(operation, code, message, http_status_code=status)
        return call(CognitoIdentityProvider(client, POOL, CLIENT))


def _sign_in(provider: CognitoIdentityProvider) -> Any:
    return provider.sign_in(ANA, "password")


def _answer(provider: CognitoIdentityProvider) -> Any:
    return provider.answer(CODE, ANA, "123456")


@pytest.mark.parametrize(
    ("code", "message", "refused"),
    [
        ("NotAuthorizedException", "Incorrect username or password.", Refused.WRONG),
        ("NotAuthorizedException", "User is disabled.", Refused.DISABLED),
        ("NotAuthorizedException", "Password attempts exceeded", Refused.OFTEN),
        ("NotAuthorizedException", "Temporary password has expired and must be reset", Refused.EXPIRED),
        ("UserNotFoundException", "User does not exist.", Refused.WRONG),
        ("PasswordResetRequiredException", "Password reset required for the user", Refused.EXPIRED),
        ("TooManyRequestsException", "", Refused.OFTEN),
    ],
)
def test_a_refused_password_has_a_reason(code: str, message: str, refused: Refused) -> None:
    assert _answered("admin_initiate_auth", code, message, _sign_in) is refused


@pytest.mark.parametrize(
    ("code", "message", "refused"),
    [
        ("CodeMismatchException", "Invalid code received for user", Refused.WRONG),
        ("ExpiredCodeException", "Your software token has already been used once.", Refused.WRONG),
        ("NotAuthorizedException", "Invalid session for the user.", Refused.EXPIRED),
        ("NotAuthorizedException", "Invalid session for the user, session is expired.", Refused.EXPIRED),
        ("InvalidPasswordException", "Password does not conform to policy", Refused.WEAK_PASSWORD),
    ],
)
def test_a_refused_answer_has_a_reason(code: str, message: str, refused: Refused) -> None:
    assert _answered("admin_respond_to_auth_challenge", code, message, _answer) is refused


@pytest.mark.parametrize(
    ("code", "status"), [("InternalErrorException", 500), ("ThrottlingException", 400), ("X", 503)]
)
def test_a_failure_of_cognito_signs_nobody_in_and_is_no_wrong_password(code: str, status: int) -> None:
    with pytest.raises(ProviderUnavailable):
        _answered("admin_initiate_auth", code, "", _sign_in, status)


def test_no_answer_is_no_wrong_password() -> None:
    class Unreachable:
        def admin_initiate_auth(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://cognito")

    with pytest.raises(ProviderUnavailable):
        _sign_in(CognitoIdentityProvider(Unreachable(), POOL, CLIENT))


def test_a_fault_of_the_deployment_is_not_taken_for_a_wrong_password() -> None:
    with pytest.raises(ClientError):
        _answered("admin_initiate_auth", "ResourceNotFoundException", "Client not found", _sign_in)


@pytest.mark.parametrize("code", ["UserNotFoundException", "InvalidParameterException", "LimitExceededException"])
def test_whether_a_code_was_mailed_is_not_told(code: str) -> None:
    assert _answered("forgot_password", code, "", lambda p: p.forgot(ANA)) is None


@pytest.mark.parametrize(
    ("code", "refused"), [("CodeMismatchException", Refused.WRONG), ("ExpiredCodeException", Refused.EXPIRED)]
)
def test_a_refused_mailed_code_has_a_reason(code: str, refused: Refused) -> None:
    assert _answered("confirm_forgot_password", code, "", lambda p: p.reset(ANA, "654321", "a-new-password")) is refused


def test_a_code_of_the_authenticator_app_is_asked_and_answered() -> None:
    client = boto3.Session("testing", "testing", region_name=REGION).client("cognito-idp")
    with Stubber(client) as stub:
        stub.add_response(
            "admin_initiate_auth",
            {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": CODE.state, "ChallengeParameters": {}},
            {
                "UserPoolId": POOL,
                "ClientId": CLIENT,
                "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": ANA, "PASSWORD": "password"},
            },
        )
        stub.add_response(
            "admin_respond_to_auth_challenge",
            {"AuthenticationResult": {"AccessToken": TOKEN}},
            {
                "UserPoolId": POOL,
                "ClientId": CLIENT,
                "ChallengeName": "SOFTWARE_TOKEN_MFA",
                "Session": CODE.state,
                "ChallengeResponses": {"USERNAME": ANA, "SOFTWARE_TOKEN_MFA_CODE": "123456"},
            },
        )
        provider = CognitoIdentityProvider(client, POOL, CLIENT)
        assert provider.sign_in(ANA, "password") == CODE
        assert provider.answer(CODE, ANA, "123456") == SignedIn("sub-1", TOKEN)


def test_the_second_factor_is_on_only_after_a_right_code() -> None:
    client = boto3.Session("testing", "testing", region_name=REGION).client("cognito-idp")
    with Stubber(client) as stub:
        stub.add_response("associate_software_token", {"SecretCode": "ABCDEFGHIJKLMNOP"}, {"AccessToken": TOKEN})
        stub.add_client_error("verify_software_token", "EnableSoftwareTokenMFAException", "Code mismatch")
        stub.add_response("verify_software_token", {"Status": "SUCCESS"}, {"AccessToken": TOKEN, "UserCode": "123456"})
        stub.add_response("set_user_mfa_preference", {}, {"AccessToken": TOKEN, "SoftwareTokenMfaSettings": ANY})
        provider = CognitoIdentityProvider(client, POOL, CLIENT)
        assert provider.begin_mfa(TOKEN) == "ABCDEFGHIJKLMNOP"
        assert provider.confirm_mfa(TOKEN, "000000") is Refused.WRONG
        assert provider.confirm_mfa(TOKEN, "123456") is None
        stub.assert_no_pending_responses()


def test_the_thin_client_names_every_operation_as_cognito_does() -> None:
    asked: list[str] = []

    class Service:
        def send(self, method: str, path: str, headers: dict[str, str], body: bytes, refused: object) -> Any:
            asked.append(headers["x-amz-target"].rpartition(".")[2])
            return type("Answer", (), {"body": b"{}"})()

    thin = JsonClient(Service(), REGION, "AWSCognitoIdentityProviderService", "1.1")  # type: ignore[arg-type]
    model = boto3.Session("testing", "testing", region_name=REGION).client("cognito-idp").meta.method_to_api_mapping
    used = [
        "admin_initiate_auth", "admin_respond_to_auth_challenge", "admin_create_user", "admin_get_user",
        "admin_set_user_password", "admin_set_user_mfa_preference", "admin_update_user_attributes",
        "admin_disable_user", "admin_enable_user", "admin_user_global_sign_out", "admin_delete_user",
        "forgot_password", "confirm_forgot_password", "associate_software_token", "verify_software_token",
        "set_user_mfa_preference",
    ]  # fmt: skip
    for method in used:
        getattr(thin, method)()
    assert asked == [model[method] for method in used]


def test_an_address_that_another_sign_in_has_is_told() -> None:
    with pytest.raises(AlreadyExists):
        _answered(
            "admin_update_user_attributes",
            "AliasExistsException",
            "An account with the email already exists.",
            lambda provider: provider.change_email("sub-1", "bob@people.example"),
        )
