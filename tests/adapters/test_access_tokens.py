"""Access tokens as the pool signs them, and as somebody else would."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.fakes.time import NOON, VirtualClock
from tocsin.adapters.cognito.tokens import AGAIN, PoolKeys, PoolTokens
from tocsin.adapters.outbound.http1 import Answer
from tocsin.identity.ports.tokens import AccessProof
from tocsin.kernel.domain.errors import ProviderUnavailable

ISSUER, CLIENT = "https://cognito.example/pool", "client-1"
SIGNING, OTHER = (rsa.generate_private_key(65537, 2048) for _ in range(2))


@dataclass
class Pool:
    """The pool's page of keys."""

    keys: dict[str, Any] = field(default_factory=lambda: {"k1": SIGNING})
    fetched: int = 0
    broken: bool = False

    def get(self, url: str, seconds: float) -> Answer:
        self.fetched += 1
        if self.broken:
            raise ProviderUnavailable("the pool does not answer")
        public = [{**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": id} for id, key in self.keys.items()]
        return Answer(200, {}, json.dumps({"keys": public}).encode())


@dataclass
class World:
    clock: VirtualClock = field(default_factory=VirtualClock)
    pool: Pool = field(default_factory=Pool)

    def __post_init__(self) -> None:
        pages: Any = self.pool
        self.tokens = PoolTokens(PoolKeys(pages, "https://keys.example", self.clock), ISSUER, CLIENT, self.clock)

    def token(self, key: Any = SIGNING, key_id: str = "k1", algorithm: str = "RS256", **said: Any) -> str:
        now = int(NOON.timestamp())
        claims = {
            "iss": ISSUER, "client_id": CLIENT, "sub": "sub-1", "username": "sub-1", "token_use": "access",
            "auth_time": now - 60, "iat": now, "exp": now + 1800,
        }  # fmt: skip
        kept = {name: value for name, value in (claims | said).items() if value is not None}
        return jwt.encode(kept, key, algorithm, headers={"kid": key_id})


@pytest.fixture
def world() -> World:
    return World()


def test_a_token_of_the_pool_proves_who_signed_in_and_when(world: World) -> None:
    assert world.tokens.access(world.token()) == AccessProof("sub-1", NOON - timedelta(minutes=1))
    company = world.tokens.access(world.token(username="Okta_7"))
    assert company is not None
    assert not company.by_password


@pytest.mark.parametrize(
    "said",
    [
        {"client_id": "another"},
        {"client_id": None, "aud": CLIENT},
        {"iss": "https://cognito.example/other"},
        {"token_use": "id"},
        {"exp": int(NOON.timestamp()) - 31},
        {"exp": None},
        {"auth_time": None},
        {"auth_time": "x"},
        {"sub": None},
        {"key": OTHER},
        {"key_id": "k2"},
        {"key": "a secret that is long enough for it", "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
    ],
    ids=str,
)
def test_an_access_token_that_is_not_for_us_is_refused(world: World, said: dict[str, Any]) -> None:
    assert world.tokens.access(world.token(**said)) is None


@pytest.mark.parametrize("text", ["", "a.b.c", "..", "eyJhbGciOiJSUzI1NiJ9.e30.x"])
def test_what_is_no_token_lets_nobody_in(world: World, text: str) -> None:
    assert world.tokens.access(text) is None


def test_a_token_whose_content_was_changed_lets_nobody_in(world: World) -> None:
    head, _, signature = world.token().split(".")
    body = world.token(sub="sub-2").split(".")[1]
    assert world.tokens.access(f"{head}.{body}.{signature}") is None


def test_a_new_key_of_the_pool_is_found_and_an_unknown_one_is_looked_for_once_a_minute(world: World) -> None:
    world.tokens.access(world.token())
    world.pool.keys["k2"] = OTHER
    renewed = world.token(key=OTHER, key_id="k2")
    assert world.tokens.access(renewed) is None  # asked a moment ago
    assert world.pool.fetched == 1
    world.clock.advance(AGAIN)

    assert world.tokens.access(renewed) is not None
    assert world.tokens.access(world.token()) is not None
    assert world.pool.fetched == 2


def test_keys_that_cannot_be_read_let_nobody_in(world: World) -> None:
    world.pool.broken = True
    with pytest.raises(ProviderUnavailable):
        world.tokens.access(world.token())
