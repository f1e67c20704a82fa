"""An account's own SMTP server, honest and hostile, over real sockets: events-rules-mail 4.2."""

from __future__ import annotations

import base64
import socket
import time
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest

from tests.adapters.mail_servers import PASSWORD, USER, Reply, ScriptedServer, Upgrade, real_server
from tests.contract.alert_path import ACME
from tests.fakes.certificate import self_signed
from tocsin.adapters.outbound.connection import Outbound
from tocsin.adapters.smtp.servers import SESSIONS, SmtpServers
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected
from tocsin.delivery.ports.senders import OutgoingEmail
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.kernel.domain.ids import AlertRef
from tocsin.tenant_mail.domain.mail_settings import MailAuth, MailSecrets, MailServerType, MailSettings
from tocsin.tenant_mail.domain.server_answer import HIDDEN, ServerAnswer

OPEN = EgressPolicy(loopback=True)
ID = MessageId(ChunkKey(ACME, AlertRef("a1"), 0, 0), 0, 1)
MAIL = OutgoingEmail(ID, USER, "eve@example.org", b"Subject: hi\r\n\r\n.dots\r\n..stay\r\n")
SETTINGS = MailSettings(
    tenant=ACME, type=MailServerType.SMTP, server="localhost", username=USER, secrets=MailSecrets(password=PASSWORD),
    version=1,
)  # fmt: skip
TEMPORARY, FINAL = False, True


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("ca") / "localhost.pem", "localhost")


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("ca") / "another.pem", "another.example")


def servers(trusted: Path | str = "", *, seconds: float = 3.0, plain: bool = False) -> SmtpServers:
    outbound = Outbound(policy=OPEN, trusted_ca=str(trusted), resolve=lambda host, port: [ip_address("127.0.0.1")])
    return SmtpServers(outbound, name="tocsin.example", policy=OPEN, plain_allowed=plain, seconds=seconds)


def send(own: SmtpServers, port: int, token: str | None = None, **settings: Any) -> ServerAnswer:
    try:
        return own.send(replace(SETTINGS, port=port, **settings), MAIL, "a1.0.0.0@acme.example", token)
    finally:
        own.close()


def refusal(answer: ServerAnswer) -> tuple[str, bool, bool | None]:
    assert isinstance(answer.submission, Rejected), answer
    return answer.submission.reason, answer.submission.permanent, answer.works


# --- honest servers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("auth", [MailAuth.AUTO, MailAuth.LOGIN, MailAuth.PLAIN])
@pytest.mark.parametrize(
    ("implicit", "tls", "starttls"), [(True, True, False), (False, False, True), (False, True, False)]
)
def test_pn_25_a_mail_goes_by_the_accounts_own_server(
    certificate: Path, auth: MailAuth, implicit: bool, tls: bool, starttls: bool
) -> None:
    # the third: TLS is on, and the server greets in the clear, as on port 587
    with real_server(certificate, implicit=implicit) as (port, inbox):
        answer = send(servers(certificate), port, auth=auth, tls=tls, starttls=starttls)
    assert answer == ServerAnswer(Accepted("a1.0.0.0@acme.example"), works=True)
    (taken,) = inbox.mails
    assert (taken.mail_from, taken.rcpt_tos) == (USER, ["eve@example.org"])
    assert isinstance(taken.content, bytes)
    assert taken.content.endswith(b"\r\n.dots\r\n..stay\r\n")
    assert inbox.sign_ins == ["LOGIN" if auth is MailAuth.LOGIN else "PLAIN"]


def test_pn_25_with_auth_disable_no_sign_in_is_tried(certificate: Path) -> None:
    with real_server(certificate) as (port, inbox):
        answer = send(servers(certificate), port, auth=MailAuth.DISABLE, tls=False, starttls=True)
    assert answer.works
    assert (len(inbox.mails), inbox.sign_ins) == (1, [])


def test_a_mail_goes_in_the_clear_only_where_the_operator_allows_it_and_without_a_password(certificate: Path) -> None:
    clear: dict[str, Any] = {"tls": False, "starttls": False}
    with real_server(None) as (port, inbox):
        assert send(servers(plain=True), port, auth=MailAuth.DISABLE, **clear).works
        assert refusal(send(servers(), port, auth=MailAuth.DISABLE, **clear)) == ("tls_failed", TEMPORARY, False)
        assert refusal(send(servers(plain=True), port, **clear)) == ("tls_failed", TEMPORARY, False)
    assert (len(inbox.mails), inbox.sign_ins) == (1, [])


def test_a_session_is_used_for_several_mails_and_a_broken_one_is_replaced(certificate: Path) -> None:
    own, settings = servers(certificate), SETTINGS
    with real_server(certificate, implicit=True) as (port, inbox):
        settings = replace(settings, port=port)
        assert all(own.send(settings, MAIL, "id", None).works for _ in range(3))
        assert len(inbox.sessions) == 1
        assert own.send(replace(settings, version=2), MAIL, "id", None).works  # new settings, a new session
        assert len(inbox.sign_ins) == 2
        own.close()
        assert own.send(settings, MAIL, "id", None).works
        assert len(inbox.sign_ins) == 3
    with real_server(certificate, implicit=True) as (other, inbox):
        own._idle[ACME, 1][0].wire.connection.close()
        assert own.send(replace(settings, port=other), MAIL, "id", None).works
        assert len(inbox.mails) == 1
    own.close()


def test_an_account_has_two_sessions_at_once_and_a_third_mail_waits_and_says_nothing_of_the_server() -> None:
    own = servers(seconds=0.1)
    own._permits[ACME] = BoundedSemaphore(SESSIONS)
    for _ in range(SESSIONS):
        own._permits[ACME].acquire()
    assert refusal(send(own, 465)) == ("unreachable", TEMPORARY, None)


def test_a_wrong_password_is_tried_once_and_not_by_a_second_mechanism(certificate: Path) -> None:
    with real_server(certificate, implicit=True) as (port, inbox):
        answer = send(servers(certificate), port, secrets=MailSecrets(password="wrong"))
    assert refusal(answer) == ("auth_failed", TEMPORARY, False)
    assert answer.said.startswith("535")
    assert inbox.sign_ins == ["PLAIN"]


# --- what is judged before anything is sent -----------------------------------------------------------------------


def test_without_a_password_nothing_is_connected() -> None:
    answer = send(servers(), 1, secrets=MailSecrets())
    assert refusal(answer) == ("password_missing", TEMPORARY, False)


@pytest.mark.parametrize("port", [25, 80, 993, 3306])
def test_other_ports_than_those_of_mail_are_not_connected_to(port: int) -> None:
    assert refusal(send(servers(), port, server="mail.example.org")) == ("port_not_allowed", TEMPORARY, False)


@pytest.mark.parametrize("address", ["10.0.0.5", "169.254.169.254", "127.0.0.1", "::1", "fd00::1"])
def test_a_name_with_one_inner_address_is_not_connected_to(address: str) -> None:
    def never(*_: object) -> socket.socket:
        raise AssertionError("connected")

    outbound = Outbound(resolve=lambda host, port: [ip_address("8.8.8.8"), ip_address(address)], connect=never)
    answer = send(SmtpServers(outbound, name="t"), 587, server="mail.example.org")
    assert (refusal(answer), answer.said) == (("unreachable", TEMPORARY, False), "")
    literal = send(SmtpServers(Outbound(connect=never), name="t"), 587, server=address)
    assert refusal(literal) == ("unreachable", TEMPORARY, False)


def test_the_name_of_the_settings_stands_in_the_certificate_and_an_authority_is_known(
    certificate: Path, another: Path
) -> None:
    with real_server(another, implicit=True) as (port, _):
        assert refusal(send(servers(another), port)) == ("certificate", TEMPORARY, False)
    for tls in (True, False):
        with real_server(certificate, implicit=tls) as (port, inbox):
            assert refusal(send(servers(), port, tls=tls, starttls=not tls)) == ("certificate", TEMPORARY, False)
        assert not inbox.sign_ins


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert refusal(send(servers(), port)) == ("unreachable", TEMPORARY, False)


# --- hostile servers ----------------------------------------------------------------------------------------------


def test_starttls_that_was_stripped_never_gets_the_password() -> None:
    for offered in (b"250-mail\r\n250 AUTH PLAIN LOGIN\r\n", b"250-mail\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"):
        with ScriptedServer(None, {"EHLO": offered, "STARTTLS": b"454 not now\r\n"}) as server:
            for tls, starttls in ((True, False), (False, True), (False, False)):
                answer = send(servers(plain=True), server.port, tls=tls, starttls=starttls)
                assert refusal(answer) == ("tls_failed", TEMPORARY, False)
        assert "AUTH" not in server.verbs()


def test_replies_that_were_sent_ahead_of_tls_and_what_was_offered_before_it_are_forgotten(certificate: Path) -> None:
    replies: dict[str, Reply] = {"EHLO": b"250-mail\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"}
    with ScriptedServer(None, replies) as server:
        inside = {"EHLO": b"250-mail\r\n250 AUTH CRAM-MD5\r\n"}
        ahead = b"250-mail\r\n250 AUTH PLAIN\r\n235 signed in\r\n"
        server.replies["STARTTLS"] = Upgrade(certificate, ahead, lambda: server.replies.update(inside))
        answer = send(servers(certificate), server.port, tls=False, starttls=True)
    assert refusal(answer)[0] == "auth_not_offered"
    assert server.verbs() == ["EHLO", "STARTTLS", "EHLO"]


@pytest.mark.parametrize("offered", [b"250 CRAM-MD5\r\n", b"250 AUTH CRAM-MD5\r\n", b"250 AUTH\r\n", b"250 SIZE\r\n"])
@pytest.mark.parametrize("auth", [MailAuth.AUTO, MailAuth.LOGIN, MailAuth.PLAIN])
def test_only_what_is_set_and_offered_signs_in_and_never_cram_md5(
    certificate: Path, offered: bytes, auth: MailAuth
) -> None:
    with ScriptedServer(certificate, {"EHLO": b"250-mail\r\n" + offered}) as server:
        assert refusal(send(servers(certificate), server.port, auth=auth)) == ("auth_not_offered", TEMPORARY, False)
    assert "AUTH" not in server.verbs()


def test_auto_takes_login_where_plain_is_not_offered(certificate: Path) -> None:
    user, password = (base64.b64encode(each.encode()).decode() for each in (USER, PASSWORD))
    replies: dict[str, Reply] = {
        "EHLO": b"250-mail\r\n250 AUTH CRAM-MD5 LOGIN\r\n",
        "AUTH": b"334 VXNlcm5hbWU6\r\n",
        user.upper(): b"334 UGFzc3dvcmQ6\r\n",
        password.upper(): b"235 ok\r\n",
    }
    with ScriptedServer(certificate, replies) as server:
        assert send(servers(certificate), server.port).works
    assert server.heard[1:4] == ["AUTH LOGIN", user, password]


def test_xoauth2_signs_in_by_a_token_and_its_reason_is_asked_for(certificate: Path) -> None:
    bearer = base64.b64encode(f"user={USER}\1auth=Bearer tok-1\1\1".encode()).decode()
    with ScriptedServer(certificate, {"EHLO": b"250-mail\r\n250 AUTH XOAUTH2 PLAIN\r\n"}) as server:
        assert send(servers(certificate), server.port, token="tok-1").works
    assert server.heard[1] == f"AUTH XOAUTH2 {bearer}"
    expired = {
        "EHLO": b"250-mail\r\n250 AUTH XOAUTH2\r\n",
        "AUTH": b"334 eyJzdGF0dXMiOiI0MDAifQ==\r\n",
        "": b"220 hi\r\n",
    }
    with ScriptedServer(certificate, expired) as server:
        server.replies[""] = _greets_then_refuses_an_empty_line(server)
        assert refusal(send(servers(certificate), server.port, token="old"))[0] == "auth_failed"
    assert server.heard[2] == ""


def _greets_then_refuses_an_empty_line(server: ScriptedServer) -> Reply:
    def greet(peer: socket.socket) -> None:
        peer.sendall(b"220 hi\r\n")
        server.replies[""] = b"535 5.7.8 expired\r\n"

    return greet


@pytest.mark.parametrize(
    ("verb", "reply", "outcome"),
    [
        ("", b"421 too many\r\n", ("refused", TEMPORARY, False)),
        ("", b"554 go away\r\n", ("refused", TEMPORARY, False)),
        ("", b"HTTP/1.1 400 Bad Request\r\n\r\n", ("refused", TEMPORARY, False)),
        ("", lambda peer: peer.close(), ("unreachable", TEMPORARY, False)),
        ("EHLO", b"502 no\r\n", ("refused", TEMPORARY, False)),
        ("AUTH", b"454 later\r\n", ("refused", TEMPORARY, False)),
        ("AUTH", b"535 no\r\n", ("auth_failed", TEMPORARY, False)),
        ("AUTH", b"534 use another\r\n", ("auth_failed", TEMPORARY, False)),
        ("MAIL", b"451 later\r\n", ("refused", TEMPORARY, True)),
        ("MAIL", b"550 not yours\r\n", ("refused", FINAL, True)),
        ("RCPT", b"450 greylisted\r\n", ("refused", TEMPORARY, True)),
        ("RCPT", b"550 unknown\r\n", ("refused", FINAL, True)),
        ("RCPT", b"421 closing\r\n", ("refused", TEMPORARY, True)),
        ("DATA", b"452 full\r\n", ("refused", TEMPORARY, True)),
        ("DATA", b"554 no\r\n", ("refused", FINAL, True)),
        ("DATA", lambda peer: peer.close(), ("unreachable", TEMPORARY, False)),
        (".", b"451 later\r\n", ("refused", TEMPORARY, True)),
        (".", b"552 too large\r\n", ("refused", FINAL, True)),
    ],
)
def test_a_mail_that_certainly_did_not_go(
    certificate: Path, verb: str, reply: Reply, outcome: tuple[str, bool, bool]
) -> None:
    with ScriptedServer(certificate, {verb: reply}) as server:
        answer = send(servers(certificate), server.port)
    assert refusal(answer) == outcome
    if isinstance(reply, bytes) and reply[:1].isdigit():
        assert answer.said == reply.decode().strip()


LOST = ServerAnswer(OutcomeUnknown("connection_broken", reported_within=timedelta(0)), works=None)


@pytest.mark.parametrize(
    "ending",
    [lambda peer: peer.close(), b"what?\r\n", b"250-taken\r\n" * 2000],
    ids=["hang-up", "no reply code", "a reply without an end"],
)
def test_an_answer_that_is_lost_after_the_dot_leaves_the_outcome_open(certificate: Path, ending: Reply) -> None:
    with ScriptedServer(certificate, {".": ending}) as server:
        assert send(servers(certificate), server.port) == LOST


@pytest.mark.deep
@pytest.mark.parametrize("ending", [b"", b"250-taken\r\n"], ids=["silence", "half a reply"])
def test_silence_after_the_dot_ends_with_the_deadline(certificate: Path, ending: Reply) -> None:
    with ScriptedServer(certificate, {".": ending}) as server:
        assert send(servers(certificate, seconds=1.5), server.port) == LOST


def drips(peer: socket.socket) -> None:
    for _ in range(10):
        peer.sendall(b"2")
        time.sleep(0.05)


@pytest.mark.parametrize("greeting", [b"", drips], ids=["silence", "a byte now and then"])
def test_no_server_gets_more_than_its_time(greeting: Reply) -> None:
    with ScriptedServer(None, {"": greeting}, connections=1) as server:
        answer = send(servers(plain=True, seconds=0.2), server.port, tls=False, auth=MailAuth.DISABLE)
    assert refusal(answer) == ("unreachable", TEMPORARY, False)


@pytest.mark.parametrize(
    "reply",
    [b"250-hello\r\n" * 1800 + b"250 ok\r\n", b"250-hello\r\n" * 40_000, b"250 " + b"x" * 40_000 + b"\r\n"],
    ids=["more than 16 KB", "lines without an end", "a long line"],
)
def test_no_server_gets_more_than_its_bytes(certificate: Path, reply: Reply) -> None:
    with ScriptedServer(certificate, {"MAIL": reply}) as server:
        answer = send(servers(certificate), server.port)
    assert refusal(answer) == ("unreachable", TEMPORARY, False)
    assert "RCPT" not in server.verbs()


def test_a_mail_without_a_line_break_at_its_end_gets_one(certificate: Path) -> None:
    with real_server(certificate, implicit=True) as (port, inbox):
        own = servers(certificate)
        assert own.send(replace(SETTINGS, port=port), replace(MAIL, mime=b"A: b\r\n\r\nc"), "id", None).works
        own.close()
    assert inbox.mails[0].content == b"A: b\r\n\r\nc\r\n"


def test_what_a_server_cannot_take_is_not_sent(certificate: Path) -> None:
    with ScriptedServer(certificate, {"EHLO": b"250-mail\r\n250-SIZE 20\r\n250 AUTH PLAIN\r\n"}) as server:
        assert refusal(send(servers(certificate), server.port)) == ("refused", FINAL, True)
    assert "MAIL" not in server.verbs()
    own, mail = servers(certificate), replace(MAIL, to="käthe@example.org", mime=b"\r\n\r\n\xff\r\n")
    for extensions, options in ((b"250-8BITMIME\r\n250-SMTPUTF8\r\n", " BODY=8BITMIME SMTPUTF8"), (b"", None)):
        with ScriptedServer(certificate, {"EHLO": b"250-mail\r\n" + extensions + b"250 AUTH PLAIN\r\n"}) as server:
            answer = own.send(replace(SETTINGS, port=server.port), mail, "id", None)
            own.close()
        assert answer.works
        said = [line for line in server.heard if line.startswith("MAIL")]
        assert said == ([] if options is None else [f"MAIL FROM:<{USER}>{options}"])


def test_the_servers_words_hold_no_secret_and_no_control_character(certificate: Path) -> None:
    whole = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    alone = base64.b64encode(PASSWORD.encode()).decode()
    reply = f"535 {PASSWORD} {alone}\x1b[1m\a {whole} {'x' * 300}\r\n"
    with ScriptedServer(certificate, {"AUTH": reply.encode()}) as server:
        said = send(servers(certificate), server.port).said
    assert said.startswith(f"535 {HIDDEN} {HIDDEN} [1m  {HIDDEN} xxx")
    assert len(said) == 200
