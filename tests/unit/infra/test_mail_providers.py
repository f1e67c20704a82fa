"""Simulated Google and Microsoft: they check what the real ones check."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.tenant_mail.consents import CLIENT, CLIENT_SECRET, CODE_LIVES, GOOGLE, Consents, Refusal
from infra.local.outside.tenant_mail.providers import GMAIL, GRAPH, PAGES, TOKENS, MailProviders
from tocsin.adapters.mail_api.token_servers import HttpTokenServers
from tocsin.adapters.outbound.connection import Outbound
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.tenant_mail.domain.mail_settings import MailServerType
from tocsin.tenant_mail.domain.mailbox_consent import MailApp, challenge_of
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerFault

VERIFIER = "v" * 43
BACK = "http://127.0.0.1:9/oauth/google/callback"
ASKED = {
    "client_id": CLIENT,
    "redirect_uri": BACK,
    "response_type": "code",
    "state": "s" * 43,
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("="),
    "code_challenge_method": "S256",
    "scope": "openid email https://www.googleapis.com/auth/gmail.send "
    "profile offline_access https://graph.microsoft.com/Mail.Send",
    "access_type": "offline",
    "prompt": "consent",
}
REDEEM = {
    "grant_type": "authorization_code",
    "client_id": CLIENT,
    "client_secret": CLIENT_SECRET,
    "code_verifier": VERIFIER,
    "redirect_uri": BACK,
}
MAIL = b"From: desk@northwater.example\r\nTo: Ana <ana@example.org>, bob@example.org\r\nSubject: Hello\r\n\r\nHello\r\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailProviders]:
    providers = MailProviders(MailFolder(tmp_path_factory.mktemp("mail")))
    providers.start()
    yield providers
    providers.stop()


@pytest.fixture
def providers(running: MailProviders, socket_enabled: None) -> MailProviders:
    return running


def _call(
    providers: MailProviders, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    at = urlsplit(providers.url)
    client = http.client.HTTPConnection(at.hostname or "", at.port, timeout=5)
    client.request(method, path, body, dict(headers or {}))
    answer = client.getresponse()
    read = answer.status, dict(answer.headers), answer.read()
    client.close()
    return read


def _page_of(name: str) -> str:
    return next(path for path, owner in PAGES.items() if owner == name)


def _tokens_of(name: str) -> str:
    return next(path for path, owner in TOKENS.items() if owner == name)


def _connected(providers: MailProviders, name: str) -> dict[str, Any]:
    """Click through, and exchange the code."""
    page = f"{_page_of(name)}?{urlencode(ASKED)}"
    status, _, shown = _call(providers, "GET", page)
    assert (status, b"<button>Allow</button>" in shown) == (200, True)
    status, headers, _ = _call(providers, "POST", page, b"mailbox=desk%40northwater.example")
    back = parse_qs(urlsplit(headers["Location"]).query)
    assert (status, back["state"]) == (302, [ASKED["state"]])
    status, _, told = _call(providers, "POST", _tokens_of(name), urlencode(REDEEM | {"code": back["code"][0]}).encode())
    assert status == 200
    given: dict[str, Any] = json.loads(told)
    return given


def test_a_person_clicks_through_and_gmail_sends(providers: MailProviders) -> None:
    given = _connected(providers, "google")
    headers = {"Authorization": f"Bearer {given['access_token']}", "Content-Type": "message/rfc822"}

    status, _, told = _call(providers, "POST", f"{GMAIL}?uploadType=media", MAIL, headers)

    assert (status, json.loads(told)["labelIds"]) == (200, ["SENT"])
    assert providers.mails.newest("ana@example.org") == providers.mails.newest("bob@example.org") == MAIL


def test_a_person_clicks_through_and_graph_sends(providers: MailProviders) -> None:
    given = _connected(providers, "microsoft")
    headers = {"Authorization": f"Bearer {given['access_token']}", "Content-Type": "text/plain"}

    assert _call(providers, "POST", GRAPH, base64.b64encode(MAIL), headers)[0] == 202
    assert _call(providers, "POST", GRAPH, MAIL, headers)[0] == 400
    assert _call(providers, "POST", GRAPH, base64.b64encode(MAIL), headers | {"Authorization": "Bearer x"})[0] == 401


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("client_id", "another"),
        ("redirect_uri", "https://elsewhere.example/"),
        ("response_type", "token"),
        ("state", "short"),
        ("code_challenge", ""),
        ("code_challenge_method", "plain"),
        ("scope", "openid email"),
        ("prompt", ""),
    ],
)
def test_a_page_that_lacks_something_is_refused(name: str, wrong: str) -> None:
    with pytest.raises(Refusal):
        Consents(GOOGLE).consent(ASKED | {name: wrong}, "desk@northwater.example")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("client_secret", ""), ("code_verifier", "w" * 43), ("redirect_uri", "http://127.0.0.1:9/callback"), ("code", "")],
)
def test_a_code_with_anything_wrong_gives_nothing_and_is_used_up(name: str, wrong: str) -> None:
    consents = Consents(GOOGLE)
    form = REDEEM | {"code": consents.consent(ASKED, "desk@northwater.example")}

    with pytest.raises(Refusal):
        consents.token(form | {name: wrong})

    if name in ("code_verifier", "redirect_uri"):
        with pytest.raises(Refusal, match="invalid_grant"):
            consents.token(form)


def test_a_code_is_good_once_and_for_ten_minutes() -> None:
    now = [0.0]
    consents = Consents(GOOGLE, lambda: now[0])
    form = REDEEM | {"code": consents.consent(ASKED, "desk@northwater.example")}
    assert consents.token(form)["token_type"] == "Bearer"
    late = REDEEM | {"code": consents.consent(ASKED, "desk@northwater.example")}
    now[0] = CODE_LIVES

    for used_or_late in (form, late):
        with pytest.raises(Refusal, match="invalid_grant"):
            consents.token(used_or_late)


def test_what_was_revoked_is_good_for_nothing(providers: MailProviders) -> None:
    given = _connected(providers, "microsoft")
    consents = providers.consents["microsoft"]
    refresh = {"grant_type": "refresh_token", "client_id": CLIENT, "client_secret": CLIENT_SECRET}
    anew = consents.token(refresh | {"refresh_token": given["refresh_token"]})
    with pytest.raises(Refusal, match="invalid_grant"):
        consents.token(refresh | {"refresh_token": given["refresh_token"]})  # the provider has given a new one

    consents.revoke("desk@northwater.example")

    with pytest.raises(Refusal, match="invalid_grant"):
        consents.token(refresh | {"refresh_token": anew["refresh_token"]})
    with pytest.raises(Refusal, match="invalid_token"):
        consents.mailbox_of(f"Bearer {anew['access_token']}")


@pytest.mark.parametrize("type", [MailServerType.GMAIL, MailServerType.MS365])
def test_our_own_pages_and_exchanges_are_what_the_providers_ask_for(
    providers: MailProviders, type: MailServerType
) -> None:
    servers = HttpTokenServers(Outbound(policy=EgressPolicy(loopback=True)), simulated=providers.url)
    app = MailApp(CLIENT, CLIENT_SECRET)
    page = servers.consent_page(
        type, CLIENT, redirect_uri=BACK, state="s" * 43, challenge=challenge_of(VERIFIER), mailbox="a@b.example"
    )
    path = page.removeprefix(providers.url)
    assert b"a@b.example" in _call(providers, "GET", path)[2]
    codes = []
    for _ in range(2):
        _, headers, _ = _call(providers, "POST", path, b"mailbox=desk%40northwater.example")
        codes.append(parse_qs(urlsplit(headers["Location"]).query)["code"][0])

    tokens = servers.redeem(type, app, code=codes[0], verifier=VERIFIER, redirect_uri=BACK)
    assert tokens.mailbox == "desk@northwater.example"
    assert tokens.refresh is not None
    assert servers.refresh(type, app, tokens.refresh).access != tokens.access
    for code, verifier in ((codes[0], VERIFIER), (codes[1], "w" * 43)):
        with pytest.raises(ServerFault) as refused:
            servers.redeem(type, app, code=code, verifier=verifier, redirect_uri=BACK)
        assert refused.value.reason is MailReason.NOT_CONNECTED
