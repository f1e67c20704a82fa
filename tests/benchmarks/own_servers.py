"""Budget 21: mails by an account's own server over one session, against a session for each mail.

The server is that of the demo tenant, on loopback: TLS, a password, and a file for each mail. A session costs little
there. Against a server far away it costs six round trips more.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.tenant_mail.server import MailAccess, TenantMailServer
from tests.benchmarks.findings import Finding
from tocsin.adapters.outbound.connection import Outbound
from tocsin.adapters.smtp.servers import SmtpServers
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted
from tocsin.delivery.ports.senders import OutgoingEmail
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.tenant_mail.domain.mail_settings import MailAuth, MailSecrets, MailServerType, MailSettings

_ACME = TenantId("acme")
_MIME = (
    b"From: a@northwater.example\r\nTo: b@example.org\r\nSubject: Missed call\r\n\r\n" + b"A call was missed.\r\n" * 20
)
_MAIL = OutgoingEmail(
    MessageId(ChunkKey(_ACME, AlertRef("a1"), 0, 0), 0, 1), "a@northwater.example", "b@example.org", _MIME
)


def measure(mails: int, rounds: int) -> list[Finding]:
    """Send mails both ways in turn."""
    kept, single = [], []
    with TemporaryDirectory() as folder:
        server = TenantMailServer(Path(folder), MailFolder(Path(folder) / "mails"))
        server.start()
        try:
            for _ in range(rounds):
                kept.append(_rate(server.access, mails, each_closes=False))
                single.append(_rate(server.access, mails // 4, each_closes=True))
        finally:
            server.stop()
    ratios = [ours / peer for ours, peer in zip(kept, single, strict=True)]
    return [
        Finding(
            21, "mails by an own server: one session over a session for each mail", ratios, "x", must=3, at_least=True,
            note="server and client share the machine; TLS and a password",
            ours=f"{sorted(kept)[rounds // 2]:,.0f} mails/s", peer=f"{sorted(single)[rounds // 2]:,.0f} mails/s",
        )
    ]  # fmt: skip


def _rate(access: MailAccess, mails: int, *, each_closes: bool) -> float:
    policy = EgressPolicy(loopback=True)
    settings = MailSettings(
        tenant=_ACME, type=MailServerType.SMTP, server=access.host, port=access.port, tls=True, auth=MailAuth.LOGIN,
        username=access.username, from_address="a@northwater.example", secrets=MailSecrets(password=access.password),
        version=1,
    )  # fmt: skip
    own = SmtpServers(Outbound(policy=policy, trusted_ca=access.ca), name="bench.example", policy=policy)
    began = time.monotonic()
    for _ in range(mails):
        answer = own.send(settings, _MAIL, "a1.0.0.0@acme.example", None)
        assert isinstance(answer.submission, Accepted), answer
        if each_closes:
            own.close()
    took = time.monotonic() - began
    own.close()
    return mails / took
