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
from tests.fakes.directory import FakeDirectory
from tests.fakes.sealer import FakeSealer
from tocsin.entrypoint.http.authorized import key_of
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.application.authenticate_caller import AuthenticateCaller
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.api_key_token import ApiKeyToken, new_secret
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

EVENT = json.loads((Path(__file__).parents[2] / "events" / "api_gateway_authorizer.json").read_text())
STAGE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/*"

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
def authorize(keys: FakeApiKeyRepository) -> Authorize:
    handler = authorizer_handler(AuthenticateCaller(Authenticate(keys, FakeSealer()), FakeDirectory()))

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
