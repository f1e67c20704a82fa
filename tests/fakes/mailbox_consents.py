"""Connections of mailboxes in memory, and owners of mailboxes who consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.outage import Outage
from tocsin.tenant_mail.domain.connecting import ConnectAttempt
from tocsin.tenant_mail.domain.mail_settings import MailServerType, MailTransport
from tocsin.tenant_mail.domain.mailbox_consent import MailApp, MailTokens, challenge_of
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerFault


class FakeConnectAttempts:
    """`kept` may be inspected. Like the real one it keeps times to the millisecond."""

    def __init__(self) -> None:
        self.kept: dict[str, ConnectAttempt] = {}
        self.outage = Outage()

    def begin(self, attempt: ConnectAttempt) -> None:
        self.outage.check()
        self.kept.setdefault(attempt.id, _as_kept(attempt))

    def find(self, id: str) -> ConnectAttempt | None:
        self.outage.check()
        return self.kept.get(id)

    def save(self, attempt: ConnectAttempt) -> bool:
        self.outage.check()
        standing, wanted = self.kept.get(attempt.id), _as_kept(attempt)
        if standing == wanted:
            return True
        if standing is None or standing.version != attempt.version - 1:
            return False
        self.kept[attempt.id] = wanted
        return True


def _as_kept(attempt: ConnectAttempt) -> ConnectAttempt:
    ends_at = attempt.ends_at
    return replace(attempt, ends_at=ends_at.replace(microsecond=ends_at.microsecond // 1000 * 1000))


class FakeMailboxOwners:
    """The token servers, with owners of mailboxes who consent. `visit` plays one.

    Attributes:
        failing: how many of the next exchanges get no answer.
    """

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, str, str, str]] = {}
        self.failing = 0
        self._issued = 0

    def consent_page(
        self,
        type: MailServerType,
        client_id: str,
        *,
        redirect_uri: str,
        state: str,
        challenge: str,
        mailbox: str = "",
        transport: MailTransport = MailTransport.API,
    ) -> str:
        asked = {"client_id": client_id, "state": state, "code_challenge": challenge, "redirect_uri": redirect_uri}
        asked |= {"login_hint": mailbox} if mailbox else {}
        return f"https://{type.value.lower()}.example/authorize?{urlencode(asked)}"

    def redeem(self, type: MailServerType, app: MailApp, *, code: str, verifier: str, redirect_uri: str) -> MailTokens:
        if self.failing:
            self.failing -= 1
            raise ServerFault(MailReason.UNREACHABLE)
        mailbox, challenge, back, client_id = self.codes.pop(code, ("", "", "", ""))
        if not mailbox or (challenge_of(verifier), redirect_uri, app.client_id) != (challenge, back, client_id):
            raise ServerFault(MailReason.NOT_CONNECTED, "invalid_grant")
        self._issued += 1
        return MailTokens("access", timedelta(hours=1), f"refresh-{self._issued}", mailbox)

    def refresh(self, type: MailServerType, app: MailApp, refresh_token: str) -> MailTokens:
        raise NotImplementedError

    def visit(self, page: str, mailbox: str) -> tuple[str, str]:
        """Return the code and the state with which the browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        code = f"code-{len(self.codes) + self._issued + 1}"
        self.codes[code] = (mailbox, asked["code_challenge"], asked["redirect_uri"], asked["client_id"])
        return code, asked["state"]
