"""Connecting a mailbox of Google or Microsoft: what was begun, who may finish it, and what comes of the consent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.ids import RoleId, TenantId
from tocsin.tenant_mail.domain.mail_settings import MailServerType, MailSettings

CONNECT_WITHIN = timedelta(minutes=10)
"""How long a connection that was begun can be finished. The codes of both providers live about as long."""

STATE_BYTES = 32

_ALL_MAY = (RoleId(SystemRole.OWNER), RoleId(SystemRole.ADMIN))

CONSENT_PROVIDERS = {"google": MailServerType.GMAIL, "microsoft": MailServerType.MS365}
"""Providers by their names in the address to which they send the browser back."""


@dataclass(frozen=True, slots=True)
class MailConsent:
    """What a provider gave for a code: the mailbox that consented, and its refresh token."""

    mailbox: str
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectAttempt:
    """A connection that was begun. Each step is written over the version before, so no step is done twice.

    Attributes:
        id: hash of the state that the provider hands back.
        begun_by: the person; "" = an API key began it, and any account owner or admin may finish it.
        in_console: begun on a page of the console, so the browser that comes back must have the person's session.
        verifier: of PKCE.
        redirect_uri: where the provider sends the browser back to.
        code: what came back, waiting for the person; "" = nothing came back yet.
        consent: what the code was exchanged for.
        ended: nothing can be done with it any more.
    """

    id: str
    tenant: TenantId
    type: MailServerType
    begun_by: str
    in_console: bool
    verifier: str = field(repr=False)
    redirect_uri: str
    ends_at: datetime
    code: str = field(default="", repr=False)
    consent: MailConsent | None = None
    ended: bool = False
    version: int = 1

    def may_finish(self, person: Principal) -> bool:
        """Whether a person may finish it: who began it; after an API key, any account owner or admin."""
        if person.tenant != self.tenant or person.user is None:
            return False
        if self.begun_by:
            return person.user.id == self.begun_by
        return person.role is not None and person.role.id in _ALL_MAY

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be finished."""
        return not self.ended and now < self.ends_at

    def then(self, *, code: str = "", consent: MailConsent | None = None, ended: bool = False) -> ConnectAttempt:
        """Return the attempt after one more step."""
        code, consent = code or self.code, consent or self.consent
        return replace(self, code=code, consent=consent, ended=ended, version=self.version + 1)


def attempt_id(state: str) -> str:
    """Return the id of the attempt that a state belongs to."""
    return hashlib.sha256(state.encode()).hexdigest()


def is_another_mailbox(settings: MailSettings, type: MailServerType, mailbox: str) -> bool:
    """Whether the account has chosen a mailbox of this provider before, and it is not the one that consented."""
    return settings.type is type and bool(settings.username) and settings.username.lower() != mailbox.lower()


def connected(settings: MailSettings, type: MailServerType, consent: MailConsent) -> MailSettings:
    """Return the settings by which the mailbox that consented sends. A password of another server is forgotten."""
    password = settings.secrets.password if settings.type is type else None
    secrets = replace(settings.secrets, password=password, refresh_token=consent.refresh_token)
    return replace(settings, type=type, username=consent.mailbox, secrets=secrets)
