"""What managed login promises: the fake, and Cognito's over a server on this machine that answers as a pool's domain."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.fakes.managed_login import FakeManagedLogin
from tests.fakes.time import NOON, VirtualClock
from tocsin.adapters.cognito.http import PoolPages
from tocsin.adapters.cognito.managed_login import CognitoManagedLogin
from tocsin.adapters.cognito.tokens import PoolKeys, PoolTokens
from tocsin.adapters.outbound.connection import Outbound
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.sign_in.ports.managed_login import ManagedLogin, Proven

ANA = Proven("sub-1", "ana@people.example")
ISSUER, CLIENT, CONSOLE = "https://cognito.example/pool", "client-1", "https://console.example"
VERIFIER, NONCE, STATE = "v" * 43, "nonce-1", "state-1"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
SIGNING, OTHER = (rsa.generate_private_key(65537, 2048) for _ in range(2))


@dataclass
class Pool:
    """A pool's domain: its token endpoint and its keys.

    Attributes:
        claims: what its next tokens say beside or instead of the usual.
        sign: makes a token of claims.
        broken: answers nothing but this status.
        fetched: how often the keys were read.
    """

    url: str = ""
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = SIGNING
    key_id: str = "k1"
    algorithm: str = "RS256"
    broken: int = 0
    fetched: int = 0

    def visit(self, page: str) -> tuple[str, str]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT, f"{CONSOLE}/console/signin/callback")
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        self.codes["code-1"] = (asked["code_challenge"], asked["nonce"])
        return "code-1", asked["state"]

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        challenge, nonce = self.codes.get(form["code"], ("", ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if digest != challenge or form["redirect_uri"] != f"{CONSOLE}/console/signin/callback":
            return 400, {"error": "invalid_grant"}
        del self.codes[form["code"]]
        now = int(NOON.timestamp())
        said = {"iss": ISSUER, "aud": CLIENT, "sub": ANA.sub, "email": ANA.email, "token_use": "id", "nonce": nonce}
        said |= {"iat": now, "exp": now + 1800} | self.claims
        said = {name: value for name, value in said.items() if value is not None}
        token = jwt.encode(said, self.key, self.algorithm, headers={"kid": self.key_id})
        return 200, {"id_token": token, "access_token": "unused"}

    def keys(self) -> dict[str, Any]:
        self.fetched += 1
        public = json.loads(RSAAlgorithm.to_jwk(SIGNING.public_key()))
        return {"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool()

    class Pages(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say(*(pool.token(dict(parse_qsl(body))) if not pool.broken else (pool.broken, {})))

        def do_GET(self) -> None:
            self._say(pool.broken or 200, pool.keys())

        def _say(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    pool.url = f"http://127.0.0.1:{server.server_port}"
    yield pool
    server.shutdown()
    server.server_close()


def cognito(pool: Pool, clock: VirtualClock | None = None) -> CognitoManagedLogin:
    clock = clock or VirtualClock()
    pages = PoolPages(Outbound(policy=EgressPolicy(loopback=True)))
    tokens = PoolTokens(PoolKeys(pages, f"{pool.url}/keys", clock), ISSUER, CLIENT, clock)
    return CognitoManagedLogin(pages, tokens, pool.url, CLIENT, CONSOLE)


@pytest.fixture(params=["fake", "cognito"])
def login(request: pytest.FixtureRequest, pool: Pool) -> tuple[ManagedLogin, Callable[[str], tuple[str, str]]]:
    if request.param == "fake":
        fake = FakeManagedLogin()
        return fake, lambda page: fake.visit(page, ANA)
    return cognito(pool), pool.visit


Login = tuple[ManagedLogin, Callable[[str], tuple[str, str]]]


def test_a_code_is_exchanged_once_for_whom_it_proves(login: Login) -> None:
    managed, visit = login
    code, state = visit(managed.page(STATE, NONCE, CHALLENGE))
    assert state == STATE
    assert managed.exchange(code, VERIFIER, NONCE) == ANA
    assert managed.exchange(code, VERIFIER, NONCE) is None


def test_a_code_of_another_browser_or_attempt_is_refused(login: Login) -> None:
    managed, visit = login
    code, _ = visit(managed.page(STATE, NONCE, CHALLENGE))
    assert managed.exchange(code, "w" * 43, NONCE) is None
    assert managed.exchange("unknown", VERIFIER, NONCE) is None
    assert managed.exchange(code, VERIFIER, "another nonce") is None


def test_the_token_says_when_the_proof_was_given(pool: Pool) -> None:
    managed, pool.claims = cognito(pool), {"auth_time": int(NOON.timestamp()) - 60}
    code, _ = pool.visit(managed.page(STATE, NONCE, CHALLENGE))
    assert managed.exchange(code, VERIFIER, NONCE) == replace(ANA, at=NOON - timedelta(minutes=1))


def test_the_pages_are_those_of_the_client(pool: Pool) -> None:
    managed = cognito(pool)
    assert "prompt=login" in managed.page(STATE, NONCE, CHALLENGE, anew=True)
    assert "prompt" not in managed.page(STATE, NONCE, CHALLENGE)
    assert "identity_provider" not in managed.page(STATE, NONCE, CHALLENGE)
    assert "&identity_provider=Acme" in managed.page(STATE, NONCE, CHALLENGE, "Acme")
    assert managed.sign_out_page() == (
        f"{pool.url}/logout?client_id={CLIENT}&logout_uri=https%3A%2F%2Fconsole.example%2Fconsole%2Fsignin"
    )


NOW = int(NOON.timestamp())


@pytest.mark.parametrize(
    "changed",
    [
        {"claims": {"aud": "another client"}},
        {"claims": {"iss": "https://cognito.example/another"}},
        {"claims": {"token_use": "access"}},
        {"claims": {"exp": NOW - 31}},
        {"claims": {"exp": None}},
        {"claims": {"sub": None}},
        {"claims": {"nonce": None}},
        {"key": OTHER},
        {"key_id": "k2"},
        {"key": "a secret of 32 bytes or more for HS256!", "algorithm": "HS256"},
        {"key": "", "algorithm": "none"},
    ],
    ids=lambda changed: "another key" if changed.get("key") is OTHER else str(changed),
)
def test_a_token_that_is_not_for_us_proves_no_person(pool: Pool, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        setattr(pool, name, value)
    managed = cognito(pool)
    code, _ = pool.visit(managed.page(STATE, NONCE, CHALLENGE))
    assert managed.exchange(code, VERIFIER, NONCE) is None


def test_a_clock_that_is_half_a_minute_off_does_no_harm(pool: Pool) -> None:
    pool.claims = {"exp": NOW - 29}
    managed = cognito(pool)
    code, _ = pool.visit(managed.page(STATE, NONCE, CHALLENGE))
    assert managed.exchange(code, VERIFIER, NONCE) == ANA


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_pool_that_does_not_answer_lets_nobody_in(pool: Pool, status: int) -> None:
    managed = cognito(pool)
    code, _ = pool.visit(managed.page(STATE, NONCE, CHALLENGE))
    pool.broken = status
    with pytest.raises(ProviderUnavailable):
        managed.exchange(code, VERIFIER, NONCE)


def test_keys_are_used_for_an_hour_and_an_unknown_one_is_asked_for_once_a_minute(pool: Pool) -> None:
    clock = VirtualClock()
    keys = PoolKeys(PoolPages(Outbound(policy=EgressPolicy(loopback=True))), f"{pool.url}/keys", clock)
    asked = [("k1", 0, 1), ("k1", 59, 1), ("k2", 0, 1), ("k2", 60, 2), ("k2", 59, 2), ("k1", 3600, 3)]
    for key_id, seconds, fetched in asked:
        clock.advance(timedelta(seconds=seconds))
        assert (keys.find(key_id) is not None) is (key_id == "k1")
        assert pool.fetched == fetched, (key_id, seconds)


def test_keys_that_cannot_be_read_let_nobody_in(pool: Pool) -> None:
    pages = PoolPages(Outbound(policy=EgressPolicy(loopback=True)))
    with pytest.raises(ProviderUnavailable):
        PoolKeys(pages, f"{pool.url.rpartition(':')[0]}:9/keys", VirtualClock()).find("k1")
    with pytest.raises(ProviderUnavailable):
        PoolKeys(PoolPages(Outbound()), f"{pool.url}/keys", VirtualClock()).find("k1")
