"""The mail server of the demo tenant, as a client of the standard library sees it."""

from __future__ import annotations

import smtplib
import ssl
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.tenant_mail.server import TenantMailServer
from tests.fakes.certificate import self_signed

RAW = "From: desk@northwater.example\r\nSubject: Hello\r\n\r\n.Zoë\r\n".encode()
SENDER = "mailer@northwater.example"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[TenantMailServer]:
    server = TenantMailServer(folder / "tenant-mail", MailFolder(folder / "mail" / "tenant"), slow_seconds=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(running: TenantMailServer, socket_enabled: None) -> TenantMailServer:
    return running


def _trusting(server: TenantMailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.access.ca)


def _by_tls(server: TenantMailServer) -> smtplib.SMTP_SSL:
    access = server.access
    return smtplib.SMTP_SSL(access.host, access.port, timeout=5, context=_trusting(server))


def _signed_in(server: TenantMailServer) -> smtplib.SMTP_SSL:
    client = _by_tls(server)
    client.login(server.access.username, server.access.password)
    return client


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_mail_by_tls_and_password_lies_in_the_folder_as_it_was_sent(server: TenantMailServer, mechanism: str) -> None:
    to = f"{mechanism.lower()}@example.org"
    with _by_tls(server) as client:
        client.ehlo()
        client.user, client.password = server.access.username, server.access.password
        client.auth(mechanism, client.auth_plain if mechanism == "PLAIN" else client.auth_login)
        client.sendmail(SENDER, [to], RAW)

    assert server.mails.newest(to) == RAW


def test_a_mail_by_starttls_comes_in_too(server: TenantMailServer) -> None:
    with smtplib.SMTP(server.access.host, server.access.starttls_port, timeout=5) as client:
        client.starttls(context=_trusting(server))
        client.login(server.access.username, server.access.password)
        client.sendmail(SENDER, ["starttls@example.org"], RAW)

    assert server.mails.newest("starttls@example.org") == RAW


def test_without_tls_no_password_is_taken(server: TenantMailServer) -> None:
    with smtplib.SMTP(server.access.host, server.access.starttls_port, timeout=5) as client:
        client.ehlo()
        assert not client.has_extn("auth")
        assert client.docmd("AUTH", "PLAIN AGEAYg==")[0] in (530, 538)


def test_a_wrong_password_and_none_are_refused(server: TenantMailServer) -> None:
    with _by_tls(server) as client, pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        client.login(server.access.username, "wrong")
    assert refused.value.smtp_code == 535
    with _by_tls(server) as client, pytest.raises(smtplib.SMTPSenderRefused) as unknown:
        client.sendmail(SENDER, ["ana@example.org"], RAW)
    assert unknown.value.smtp_code == 530


@pytest.mark.parametrize("code", [451, 550])
def test_a_receiver_decides_who_is_refused(server: TenantMailServer, code: int) -> None:
    with _signed_in(server) as client:
        refused = client.sendmail(SENDER, [f"{code}@example.org", "with-it@example.org"], RAW)

    assert [answer[0] for answer in refused.values()] == [code]
    assert server.mails.newest("with-it@example.org") == RAW


def test_a_lost_answer_is_lost_after_the_mail_was_taken(server: TenantMailServer) -> None:
    client = _signed_in(server)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError, ssl.SSLError)):
        client.sendmail(SENDER, ["lost@example.org"], RAW)
    client.close()

    assert server.mails.newest("lost@example.org") == RAW


def test_a_slow_receiver_gets_the_mail_all_the_same(server: TenantMailServer) -> None:
    with _signed_in(server) as client:
        client.sendmail(SENDER, ["slow@example.org"], RAW)

    assert server.mails.newest("slow@example.org") == RAW


def test_nobody_else_trusts_its_authority(server: TenantMailServer) -> None:
    access = server.access
    with pytest.raises(ssl.SSLCertVerificationError):
        smtplib.SMTP_SSL(access.host, access.port, timeout=5, context=ssl.create_default_context())


def test_password_and_authority_stay_and_their_files_are_private(server: TenantMailServer, folder: Path) -> None:
    again = TenantMailServer(folder / "tenant-mail", MailFolder(folder / "mail" / "tenant"))
    again.start()
    try:
        assert again.access.password == server.access.password
        assert Path(again.access.ca).read_text() == server.authority.certificate.read_text()
        # the engine of this test holds both ports, so another gets others
        assert {again.access.port, again.access.starttls_port}.isdisjoint(
            {server.access.port, server.access.starttls_port}
        )
    finally:
        again.stop()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (folder / "tenant-mail").iterdir()}
    assert modes["password"] == modes["server.pem"] == 0o600


def test_an_authority_of_ones_own_is_trusted_beside_it(server: TenantMailServer, tmp_path: Path) -> None:
    own = self_signed(tmp_path / "mine.pem", "127.0.0.1")

    trusted = server.authority.trusted_with(str(own), tmp_path / "trusted.pem")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(trusted)
    assert context.cert_store_stats()["x509"] == 2
    alone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    alone.load_verify_locations(server.authority.trusted_with("", tmp_path / "trusted.pem"))
    assert alone.cert_store_stats() == {"x509": 1, "x509_ca": 1, "crl": 0}
