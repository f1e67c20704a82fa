"""The authorizer, called as API Gateway calls it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from authorizer.handler import AuthorizerBroken, authorizer_handler
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.directory import FakePersonalTokens
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import VirtualClock
from tocsin.audit.domain.actor import Via
from tocsin.entrypoint.http.authorized import key_of, principal_of
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.application.authenticate_caller import AuthenticateCaller
from tocsin.identity.application.authenticate_token import AuthenticateToken
from tocsin.identity.application.own_tokens import OwnTokens
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.api_key_token import ApiKeyToken, new_secret
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.personal_token import NewToken
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, RoleId, TenantId, UserId

EVENT = json.loads((Path(__file__).parents[2] / "events" / "api_gateway_authorizer.json").read_text())
STAGE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/*"

ACME = TenantId("acme")
Authorize = Callable[..., dict[str, Any]]


@pytest.fixture
def keys() -> FakeApiKeyRepository:
    return FakeApiKeyRepository()


@pytest.fixture
def token(keys: FakeApiKeyRepository) -> str:
    made = ApiKeyToken(KeyKind.LIVE, TenantId("acme"), ApiKeyId("k1"), new_secret(b"x" * 32))
    digest = made.digest(pepper_of(FakeSealer(), TenantId("acme")))
    rights = frozenset({Right.READ_ALERTS})
    keys.add(ApiKey(made.tenant, made.key_id, made.kind, "one", digest, rights, ("198.51.100.0/24",)), {})
    return str(made)


@pytest.fixture
def tokens() -> FakePersonalTokens:
    return FakePersonalTokens()


@pytest.fixture
def personal(tokens: FakePersonalTokens) -> str:
    """A token of Ana, who is an administrator."""
    clock = VirtualClock()
    ana = User(ACME, UserId("ana"), "ana@people.example", "Ana", RoleId("admin"), clock(), UserState.ACTIVE)
    tokens.people.add(ana)
    signed_in = PersonPrincipal(tokens.people)(ana, Via.CONSOLE, "r1", clock())
    return OwnTokens(tokens, FakeSealer(), clock, SeededRandomness()).make(signed_in, NewToken("Backup", 30)).text


@pytest.fixture
def authorize(keys: FakeApiKeyRepository, tokens: FakePersonalTokens) -> Authorize:
    sealer, clock = FakeSealer(), VirtualClock()
    caller = AuthenticateCaller(
        by_key=Authenticate(keys, sealer, clock),
        by_personal_token=AuthenticateToken(tokens, tokens.people, sealer, clock),
        people=tokens.people,
    )
    handler = authorizer_handler(caller)

    def call(headers: Mapping[str, str] | None, source_ip: str = "198.51.100.7", **more: Any) -> dict[str, Any]:
        event = {**copy.deepcopy(EVENT), "headers": headers, **more}
        event["requestContext"]["identity"]["sourceIp"] = source_ip
        return handler(event, None)

    return call


def statement(answer: Mapping[str, Any]) -> Any:
    (only,) = answer["policyDocument"]["Statement"]
    return only


@pytest.mark.parametrize("header", ["Authorization", "authorization", "X-API-Key", "x-api-key"])
def test_a_good_key_is_allowed_the_whole_stage(authorize: Authorize, token: str, header: str) -> None:
    answer = authorize({header: f"Bearer {token}" if "uthorization" in header else token})

    assert statement(answer) == {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": STAGE}
    assert answer["principalId"] == "acme.k1"


def test_the_policy_does_not_depend_on_the_route(authorize: Authorize, token: str) -> None:
    arn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/GET/alerts/019a/recipients"
    headers = {"Authorization": f"Bearer {token}"}

    assert authorize(headers, methodArn=arn) == authorize(headers)


def test_the_context_says_who_calls_and_nothing_secret(authorize: Authorize, token: str) -> None:
    context = authorize({"Authorization": f"Bearer {token}"})["context"]

    who = {"tenant": "acme", "key": "k1", "name": "one", "kind": "live", "rights": "canReadAlerts"}
    assert context == who | {"manages_people": "yes"}
    assert all(isinstance(value, str) for value in context.values())
    known = key_of(context)
    assert known is not None
    assert (known.tenant, known.id, known.sandbox) == ("acme", "k1", False)
    assert known.rights == {Right.READ_ALERTS}
    assert known.secret_hash == ""


@pytest.mark.parametrize(
    "headers", [None, {}, {"Authorization": "Bearer "}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer x"}]
)
def test_no_key_and_a_wrong_key_are_a_401(authorize: Authorize, headers: Mapping[str, str] | None) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$") as raised:
        authorize(headers)
    assert raised.value.__cause__ is None


def test_two_keys_that_differ_are_a_401_though_both_are_good(
    authorize: Authorize, token: str, keys: FakeApiKeyRepository
) -> None:
    (key,) = keys.list(TenantId("acme"))
    second = ApiKeyToken(KeyKind.LIVE, TenantId("acme"), ApiKeyId("k2"), new_secret(b"2" * 32))
    keys.add(replace(key, id=second.key_id, secret_hash=second.digest(pepper_of(FakeSealer(), TenantId("acme")))), {})
    bearer = {"Authorization": f"Bearer {token}"}

    assert authorize({"X-API-Key": str(second)})["principalId"] == "acme.k2"
    assert authorize({**bearer, "X-API-Key": token})["principalId"] == "acme.k1"
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize({**bearer, "X-API-Key": str(second)})


def test_a_disabled_key_is_a_401(authorize: Authorize, token: str, keys: FakeApiKeyRepository) -> None:
    (key,) = keys.list(TenantId("acme"))
    keys.save(replace(key, enabled=False))

    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize({"Authorization": f"Bearer {token}"})


def test_a_good_key_from_a_wrong_address_is_denied(authorize: Authorize, token: str) -> None:
    answer = authorize({"Authorization": f"Bearer {token}"}, source_ip="203.0.113.9")

    assert statement(answer)["Effect"] == "Deny"
    assert "context" not in answer


def test_a_store_that_is_down_is_neither_yes_nor_no(
    authorize: Authorize, token: str, keys: FakeApiKeyRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise StorageUnavailable("the table tocsin-core-live does not answer")

    monkeypatch.setattr(keys, "get", down)
    with pytest.raises(AuthorizerBroken) as raised:
        authorize({"Authorization": f"Bearer {token}"})
    assert raised.value.__cause__ is None
    assert str(raised.value) == ""


def test_a_person_is_let_in_by_a_personal_token(authorize: Authorize, personal: str) -> None:
    answer = authorize({"Authorization": f"Bearer {personal}"})

    assert statement(answer)["Effect"] == "Allow"
    assert answer["principalId"] == "acme.ana"
    caller = principal_of(answer["context"], "r1")
    assert caller is not None
    assert (str(caller.actor), caller.reach(Permission.DIRECTORY_MANAGE)) == ("user:ana", Reach.ALL)
    assert (caller.read_only, caller.manages_people) == (False, False)
    assert key_of(answer["context"]) is None
    assert personal not in str(answer)


def test_a_person_who_was_disabled_is_a_401_with_the_next_call(
    authorize: Authorize, personal: str, tokens: FakePersonalTokens
) -> None:
    headers = {"X-API-Key": personal}
    assert statement(authorize(headers))["Effect"] == "Allow"
    ana = tokens.people.user(ACME, UserId("ana"))
    assert ana is not None
    tokens.people.add(replace(ana, state=UserState.DISABLED))

    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(headers)
