"""Microsoft Graph, the Gmail API and their token servers, played over a socket: events-rules-mail 4.3."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.contract.alert_path import ACME
from tocsin.adapters.mail_api.api_servers import ApiServers
from tocsin.adapters.mail_api.token_servers import HttpTokenServers
from tocsin.adapters.mail_api.vendors import VENDORS, address
from tocsin.adapters.outbound.connection import Outbound
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected
from tocsin.delivery.ports.senders import OutgoingEmail
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.kernel.domain.ids import AlertRef
from tocsin.tenant_mail.domain.mail_settings import MailServerType, MailSettings, MailTransport
from tocsin.tenant_mail.domain.mailbox_consent import MailApp, MailTokens
from tocsin.tenant_mail.domain.server_answer import ServerAnswer, ServerFault

MIME = b"Subject: hi\r\n\r\nHello\r\n"
ID = MessageId(ChunkKey(ACME, AlertRef("a1"), 0, 0), 0, 1)
MAIL = OutgoingEmail(ID, "desk@acme.example", "eve@example.org", MIME)
MS365, GMAIL = MailServerType.MS365, MailServerType.GMAIL
APP = MailApp("tocsin", "app-secret")
OUTBOUND = Outbound(policy=EgressPolicy(loopback=True))


class Vendor(ThreadingHTTPServer):
    """Answers every request by `status`, `headers` and `body`; status 0 hangs up. `asked` holds path, headers, body."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status, self.headers, self.body = 200, {}, b""  # type: tuple[int, dict[str, str], bytes]
        self.asked: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def says(self, status: int, body: object = None, **headers: str) -> None:
        self.status, self.body = status, b"" if body is None else json.dumps(body).encode()
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class _Answer(BaseHTTPRequestHandler):
    server: Vendor

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        if not self.server.status:
            self.close_connection = True
            return
        self.send_response(self.server.status)
        for name, value in {**self.server.headers, "content-length": str(len(self.server.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    server = Vendor()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


def send(vendor: Vendor, type: MailServerType) -> ServerAnswer:
    servers = ApiServers(OUTBOUND, simulated=vendor.url, seconds=2.0)
    return servers.send(MailSettings(tenant=ACME, type=type), MAIL, "id@acme.example", "tok-1")


@pytest.mark.parametrize("type", [MS365, GMAIL])
def test_a_whole_mail_is_posted_with_the_token(vendor: Vendor, type: MailServerType) -> None:
    vendor.says(VENDORS[type].took)
    assert send(vendor, type) == ServerAnswer(Accepted("id@acme.example"), works=True)
    ((path, headers, body),) = vendor.asked
    assert path == f"/{VENDORS[type].send}"
    assert headers["authorization"] == "Bearer tok-1"
    if type is MS365:
        assert (headers["content-type"], base64.b64decode(body)) == ("text/plain", MIME)
    else:
        assert (headers["content-type"], body) == ("message/rfc822", MIME)


@pytest.mark.parametrize(
    ("status", "reason", "permanent", "works"),
    [
        (401, "auth_failed", False, False),
        (403, "refused", False, False),
        (404, "refused", False, False),
        (400, "refused", True, True),
        (413, "refused", True, True),
        (429, "refused", False, True),
        (503, "refused", False, True),
        (500, "refused", False, False),
        (302, "refused", False, False),
    ],
)
def test_what_a_vendor_refuses(vendor: Vendor, status: int, reason: str, permanent: bool, works: bool) -> None:
    vendor.says(status, {"error": {"code": "X", "message": "no, tok-1\r\nnever"}}, retry_after="30", location="/x")
    for type in (MS365, GMAIL):
        answer = send(vendor, type)
        assert isinstance(answer.submission, Rejected)
        assert (answer.reason, answer.submission.permanent, answer.works) == (reason, permanent, works)
        assert answer.said == f"{status} no, ••• never"
        assert answer.submission.retry_after == timedelta(seconds=30 if status in (302, 429, 500, 503) else 0)
    assert len(vendor.asked) == 2  # no redirect is followed


def test_an_answer_of_a_vendor_that_is_lost_leaves_the_outcome_open(vendor: Vendor) -> None:
    vendor.status = 0
    assert isinstance(send(vendor, GMAIL).submission, OutcomeUnknown)


def test_a_vendor_that_is_not_there_has_no_mail(vendor: Vendor) -> None:
    vendor.shutdown()
    vendor.server_close()
    assert send(vendor, GMAIL).reason == "unreachable"


def id_token(**claims: str) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.signature"


def token_servers(vendor: Vendor) -> HttpTokenServers:
    return HttpTokenServers(OUTBOUND, simulated=vendor.url, seconds=2.0)


@pytest.mark.parametrize(("type", "claim"), [(MS365, "preferred_username"), (GMAIL, "email")])
def test_a_code_is_redeemed_with_its_verifier(vendor: Vendor, type: MailServerType, claim: str) -> None:
    given = {
        "access_token": "a",
        "expires_in": 3599,
        "refresh_token": "r",
        "id_token": id_token(**{claim: "Desk@x.org"}),
    }
    vendor.says(200, given)
    found = token_servers(vendor).redeem(type, APP, code="c&d", verifier="v", redirect_uri="https://t.example/cb")
    assert found == MailTokens("a", timedelta(seconds=3599), "r", "desk@x.org")
    ((path, headers, body),) = vendor.asked
    assert (path, headers["content-type"]) == (f"/{VENDORS[type].token}", "application/x-www-form-urlencoded")
    assert {name: value for name, (value,) in parse_qs(body.decode()).items()} == {
        "grant_type": "authorization_code", "client_id": "tocsin", "client_secret": "app-secret", "code": "c&d",
        "code_verifier": "v", "redirect_uri": "https://t.example/cb",
    }  # fmt: skip


def test_a_grant_is_refreshed_and_may_stay_the_same(vendor: Vendor) -> None:
    vendor.says(200, {"access_token": "a", "expires_in": "soon", "id_token": "no token"})
    assert token_servers(vendor).refresh(GMAIL, APP, "r0") == MailTokens("a", timedelta(minutes=5))
    assert parse_qs(vendor.asked[0][2].decode())["refresh_token"] == ["r0"]


@pytest.mark.parametrize(
    ("status", "body", "reason", "of_server"),
    [
        (400, {"error": "invalid_grant", "error_description": "gone: r0 app-secret"}, "not_connected", True),
        (401, {"error": "invalid_client"}, "auth_failed", True),
        (400, {"error": "invalid_request"}, "auth_failed", True),
        (200, {"error": "no token"}, "auth_failed", True),
        (200, ["no object"], "auth_failed", True),
        (429, {"error": "slow down"}, "refused", False),
        (503, None, "refused", False),
        (0, None, "unreachable", True),
    ],
)
def test_a_token_server_that_gives_none(
    vendor: Vendor, status: int, body: object, reason: str, of_server: bool
) -> None:
    vendor.says(status, body)
    with pytest.raises(ServerFault) as failed:
        token_servers(vendor).refresh(MS365, APP, "r0")
    assert (failed.value.reason, failed.value.of_server, failed.value.permanent) == (reason, of_server, False)
    assert "r0" not in failed.value.said
    assert "app-secret" not in failed.value.said


def test_the_page_of_consent_has_pkce_state_and_what_is_sent_by() -> None:
    servers = HttpTokenServers(OUTBOUND)
    for type, host in ((MS365, "login.microsoftonline.com"), (GMAIL, "accounts.google.com")):
        for transport in MailTransport:
            page = servers.consent_page(
                type, "app-1", redirect_uri="https://t.example/cb", state="st", challenge="ch", mailbox="d@x.org",
                transport=transport,
            )  # fmt: skip
            parts = urlsplit(page)
            assert (parts.scheme, parts.hostname) == ("https", host)
            asked = {name: value for name, (value,) in parse_qs(parts.query).items()}
            assert asked["scope"] == (
                VENDORS[type].scopes if transport is MailTransport.API else VENDORS[type].smtp_scopes
            )
            assert asked | dict(VENDORS[type].page) == asked
            assert {name: asked[name] for name in ("client_id", "state", "code_challenge", "login_hint")} == {
                "client_id": "app-1", "state": "st", "code_challenge": "ch", "login_hint": "d@x.org",
            }  # fmt: skip
            assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")


def test_on_aws_every_address_is_a_vendors_own() -> None:
    for vendor in VENDORS.values():
        for place in (vendor.authorize, vendor.token, vendor.send):
            host = urlsplit(address(place, "")).hostname or ""
            assert address(place, "").startswith("https://")
            assert host.endswith((".google.com", ".googleapis.com", ".microsoft.com", ".microsoftonline.com"))
