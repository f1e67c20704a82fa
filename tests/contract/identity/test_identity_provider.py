"""What every identity provider promises, as far as moto knows it; tests/stack/test_sign_in.py has the rest."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.contract.cloud import REGION
from tests.fakes.identity_provider import FakeIdentityProvider
from tocsin.adapters.cognito.provider import CognitoIdentityProvider
from tocsin.identity.ports.provider import Challenge, ChallengeKind, IdentityProvider, Invited, Refused, SignedIn

ANA = "ana@people.example"
FIRST, OWN, OTHER = "first-password-1", "own-password-22", "other-password-3"


@pytest.fixture(params=["fake", "moto"])
def provider(request: pytest.FixtureRequest) -> Iterator[IdentityProvider]:
    if request.param == "fake":
        yield FakeIdentityProvider()
        return
    with mock_aws():
        client = boto3.Session("testing", "testing", region_name=REGION).client("cognito-idp")
        pool = client.create_user_pool(
            PoolName="people",
            UsernameAttributes=["email"],
            UsernameConfiguration={"CaseSensitive": False},
            MfaConfiguration="OPTIONAL",
            Policies={
                "PasswordPolicy": {
                    "MinimumLength": 12,
                    "RequireUppercase": False,
                    "RequireLowercase": False,
                    "RequireNumbers": False,
                    "RequireSymbols": False,
                }
            },
        )["UserPool"]["Id"]
        app = client.create_user_pool_client(
            UserPoolId=pool,
            ClientName="console",
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]
        yield CognitoIdentityProvider(client, pool, app)


def _ana(provider: IdentityProvider) -> str:
    """Ana, with a password of her own; returns her subject."""
    sub = provider.invite(ANA, FIRST).sub
    assert provider.set_password(sub, OWN) is None
    return sub


def test_a_first_password_asks_for_one_of_the_persons_own(provider: IdentityProvider) -> None:
    invited = provider.invite(ANA, FIRST)
    assert invited.fresh

    asked = provider.sign_in(ANA, FIRST)
    assert isinstance(asked, Challenge)
    assert asked.kind is ChallengeKind.NEW_PASSWORD

    answered = provider.answer(asked, ANA, OWN)
    assert isinstance(answered, SignedIn)
    assert answered.sub == invited.sub
    again = provider.sign_in(ANA, OWN)
    assert isinstance(again, SignedIn)
    assert again.sub == invited.sub


def test_an_invitation_that_was_not_used_is_replaced_and_a_used_one_stays(provider: IdentityProvider) -> None:
    first = provider.invite(ANA, FIRST)
    assert provider.invite(ANA, OTHER) == Invited(first.sub, fresh=True)
    assert provider.sign_in(ANA, FIRST) is Refused.WRONG
    assert isinstance(provider.sign_in(ANA, OTHER), Challenge)

    assert provider.set_password(first.sub, OWN) is None
    assert provider.invite(ANA, FIRST) == Invited(first.sub, fresh=False)
    assert isinstance(provider.sign_in(ANA, OWN), SignedIn)


def test_an_unknown_address_and_a_wrong_password_are_refused_alike(provider: IdentityProvider) -> None:
    _ana(provider)
    assert provider.sign_in(ANA, OTHER) is Refused.WRONG
    assert provider.sign_in("nobody@people.example", OWN) is Refused.WRONG


def test_the_subject_of_an_address_is_known(provider: IdentityProvider) -> None:
    assert provider.subject_of(ANA) is None
    sub = _ana(provider)
    assert provider.subject_of(ANA) == sub


def test_a_disabled_person_does_not_sign_in_until_enabled(provider: IdentityProvider) -> None:
    sub = _ana(provider)
    provider.enable(sub, enabled=False)
    assert provider.sign_in(ANA, OWN) is Refused.DISABLED
    provider.enable(sub, enabled=True)
    assert isinstance(provider.sign_in(ANA, OWN), SignedIn)


def test_who_asks_for_a_code_learns_nothing_and_changes_nothing(provider: IdentityProvider) -> None:
    _ana(provider)
    provider.forgot(ANA)
    provider.forgot("nobody@people.example")
    assert isinstance(provider.sign_in(ANA, OWN), SignedIn)


def test_a_person_who_is_deleted_is_unknown_and_can_be_deleted_again(provider: IdentityProvider) -> None:
    sub = _ana(provider)
    provider.sign_out_everywhere(sub)
    provider.delete(sub)
    provider.delete(sub)
    assert provider.sign_in(ANA, OWN) is Refused.WRONG


def test_a_refresh_token_gets_the_next_access_token_of_the_same_person(provider: IdentityProvider) -> None:
    sub = _ana(provider)
    signed_in = provider.sign_in(ANA, OWN)
    assert isinstance(signed_in, SignedIn)
    assert signed_in.lives > 0
    assert signed_in.refresh_token not in repr(signed_in)

    again = provider.refresh(signed_in.refresh_token)

    assert isinstance(again, SignedIn)
    assert again.sub == sub
