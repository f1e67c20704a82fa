"""Connections of mailboxes in memory, and the providers where owners of mailboxes consent."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.outage import Outage
from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.tenant_mail.domain.connecting import ConnectAttempt, MailApp, MailConsent
from tocsin.tenant_mail.domain.mail_settings import MailServerType


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


class FakeMailboxConsents:
    """`visit` plays the owner of a mailbox who consents.

    Attributes:
        failing: how many of the next exchanges get no answer.
    """

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, str, str, str]] = {}
        self.failing = 0
        self._issued = 0

    def page(
        self, type: MailServerType, app: MailApp, state: str, challenge: str, redirect_uri: str, mailbox: str
    ) -> str:
        asked = {"client_id": app.client_id, "state": state, "code_challenge": challenge, "redirect_uri": redirect_uri}
        asked |= {"login_hint": mailbox} if mailbox else {}
        return f"https://{type.value.lower()}.example/authorize?{urlencode(asked)}"

    def exchange(
        self, type: MailServerType, app: MailApp, code: str, verifier: str, redirect_uri: str
    ) -> MailConsent | None:
        if self.failing:
            self.failing -= 1
            raise ProviderUnavailable("a test said so")
        mailbox, challenge, back, client_id = self.codes.pop(code, ("", "", "", ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        if not mailbox or (digest, redirect_uri, app.client_id) != (challenge, back, client_id):
            return None
        self._issued += 1
        return MailConsent(mailbox, f"refresh-{self._issued}")

    def visit(self, page: str, mailbox: str) -> tuple[str, str]:
        """Return the code and the state with which the browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        code = f"code-{len(self.codes) + self._issued + 1}"
        self.codes[code] = (mailbox, asked["code_challenge"], asked["redirect_uri"], asked["client_id"])
        return code, asked["state"]
