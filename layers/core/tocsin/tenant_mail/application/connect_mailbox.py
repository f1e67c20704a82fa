"""Connect a mailbox of Google or Microsoft, by the consent of its owner.

    begin ──► the provider's page ──► came_back ──► finish ──► the mailbox sends
                                          │            ▲
                                          └─ begun by API: waits until the person looks at it and confirms

`state` is 32 random bytes, good once and for ten minutes. Only the person who began it can finish it, signed in to the
console, so a link from a stranger connects no mailbox.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import NotFound, NotPossible, ProviderUnavailable
from tocsin.kernel.ports import Clock, Randomness
from tocsin.tenant_mail.domain.connecting import (
    CONNECT_WITHIN,
    CONSENT_PROVIDERS,
    STATE_BYTES,
    ConnectAttempt,
    MailConsent,
    attempt_id,
    connected,
    is_another_mailbox,
)
from tocsin.tenant_mail.domain.mail_settings import MailServerType, MailSettings
from tocsin.tenant_mail.domain.mailbox_consent import MailApp, challenge_of, verifier_of
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerFault
from tocsin.tenant_mail.ports import ConnectAttempts, MailSettingsStore, TokenServers

Change = Callable[[MailSettings], MailSettings]


@dataclass(frozen=True, slots=True)
class BegunConnection:
    """The provider's page to send a person to, and until when that person can come back."""

    page: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ConnectedMailbox:
    """The mailbox sends from now on."""

    mailbox: str


@dataclass(frozen=True, slots=True)
class OtherMailbox:
    """Another mailbox consented than the one that the account has chosen; nothing was stored."""

    mailbox: str
    chosen: str


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A person must confirm in the console. `mailbox`: None until that person looks at it."""

    id: str
    mailbox: str | None = None


Finished = ConnectedMailbox | OtherMailbox


class ConnectOver(NotFound):
    """There is no such attempt: unknown, used, too old, of another person, or the provider refused the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectMailbox:
    """Begins and finishes connections.

    Attributes:
        write: changes the settings of the caller's tenant and records it, as `ManageMailSettings.write`.
        operators_app: the operator's app at a provider; None = it has none.
    """

    attempts: ConnectAttempts
    settings: MailSettingsStore
    servers: TokenServers
    write: Callable[[Principal, Change], object]
    operators_app: Callable[[MailServerType], MailApp | None]
    clock: Clock
    randomness: Randomness

    def begin(self, caller: Principal, type: MailServerType, address: str, *, in_console: bool) -> BegunConnection:
        """Return the page on which the owner of a mailbox consents.

        Args:
            caller: may change the mail settings; the caller of this method has checked it.
            address: where people reach the console, without a path; the provider sends the browser back there.

        Raises:
            NotPossible: neither the account nor the operator has an app at the provider.
        """
        name = next(name for name, kind in CONSENT_PROVIDERS.items() if kind is type)
        settings = self.settings.get(caller.tenant)
        app = self._app(settings, type)
        state, verifier = (verifier_of(self.randomness.token(STATE_BYTES)) for _ in range(2))
        attempt = ConnectAttempt(
            id=attempt_id(state),
            tenant=caller.tenant,
            type=type,
            begun_by=caller.user.id if caller.user else "",
            in_console=in_console,
            verifier=verifier,
            redirect_uri=f"{address}/oauth/{name}/callback",
            ends_at=self.clock() + CONNECT_WITHIN,
        )
        self.attempts.begin(attempt)
        page = self.servers.consent_page(
            type,
            app.client_id,
            redirect_uri=attempt.redirect_uri,
            state=state,
            challenge=challenge_of(verifier),
            mailbox=settings.username if settings.type is type else "",
            transport=settings.transport,
        )
        return BegunConnection(page, attempt.ends_at)

    def came_back(self, provider: str, state: str, code: str, person: Principal | None) -> Finished | ToConfirm:
        """Take a browser that comes back from a provider.

        Args:
            provider: a name of CONSENT_PROVIDERS, from the address.
            code: "" if the provider sent none, for example because its page was cancelled.
            person: the person of the browser's session.

        Raises:
            ConnectOver: nothing was stored.
            ProviderUnavailable: nothing was stored, and the attempt is over: begin again.
        """
        attempt = self.attempts.find(attempt_id(state)) if state else None
        if attempt is None or not attempt.is_open(self.clock()) or attempt.code:
            raise ConnectOver("connection")
        if CONSENT_PROVIDERS.get(provider) is not attempt.type:
            raise ConnectOver("connection")
        if attempt.in_console and (person is None or not attempt.may_finish(person)):
            raise ConnectOver("connection")
        if not code:
            self.attempts.save(attempt.then(ended=True))
            raise ConnectOver("connection")
        came = self._step(attempt.then(code=code))
        if person is None or not attempt.in_console:
            return ToConfirm(attempt.id)
        return self._stored(person, self._exchanged(came))

    def look(self, person: Principal, id: str) -> ToConfirm:
        """Return what a person is asked to confirm; the code is exchanged for it, once.

        Raises:
            ConnectOver: there is nothing to confirm for this person.
            ProviderUnavailable: try again.
        """
        return ToConfirm(id, self._exchanged(self._waiting(person, id)).mailbox)

    def confirm(self, person: Principal, id: str) -> Finished:
        """Let the mailbox send for the account. Raises what `look` raises."""
        return self._stored(person, self._exchanged(self._waiting(person, id)))

    def _waiting(self, person: Principal, id: str) -> ConnectAttempt:
        attempt = self.attempts.find(id)
        if attempt is None or not attempt.code or not attempt.is_open(self.clock()) or not attempt.may_finish(person):
            raise ConnectOver("connection")
        return attempt

    def _exchanged(self, attempt: ConnectAttempt) -> _Exchanged:
        """Return the attempt with what its code gives. A code is good once: if this crashes after it, begin again."""
        if attempt.consent is not None:
            return _Exchanged(attempt, attempt.consent)
        app = self._app(self.settings.get(attempt.tenant), attempt.type)
        consent = self._redeemed(attempt, app)
        if consent is None:
            self.attempts.save(attempt.then(ended=True))
            raise ConnectOver("connection")
        return _Exchanged(self._step(attempt.then(consent=consent)), consent)

    def _redeemed(self, attempt: ConnectAttempt, app: MailApp) -> MailConsent | None:
        """Return what the code gives; None: the provider refuses it, or gives no lasting consent of a known mailbox."""
        try:
            tokens = self.servers.redeem(
                attempt.type, app, code=attempt.code, verifier=attempt.verifier, redirect_uri=attempt.redirect_uri
            )
        except ServerFault as fault:
            if fault.reason in (MailReason.UNREACHABLE, MailReason.REFUSED):
                raise ProviderUnavailable("exchange of a code") from fault
            return None
        lasting = tokens.mailbox and tokens.refresh
        return MailConsent(tokens.mailbox or "", tokens.refresh or "") if lasting else None

    def _stored(self, person: Principal, exchanged: _Exchanged) -> Finished:
        """Store the consent. A repeat after a crash stores the same again, and then ends the attempt."""
        attempt, consent = exchanged.attempt, exchanged.consent
        chosen = ""

        def change(before: MailSettings) -> MailSettings:
            nonlocal chosen
            chosen = before.username if is_another_mailbox(before, attempt.type, consent.mailbox) else ""
            return before if chosen else connected(before, attempt.type, consent)

        self.write(person, change)
        self.attempts.save(attempt.then(ended=True))
        return OtherMailbox(consent.mailbox, chosen) if chosen else ConnectedMailbox(consent.mailbox)

    def _step(self, attempt: ConnectAttempt) -> ConnectAttempt:
        if not self.attempts.save(attempt):
            raise ConnectOver("connection")
        return attempt

    def _app(self, settings: MailSettings, type: MailServerType) -> MailApp:
        if settings.type is type and settings.client_id:
            return MailApp(settings.client_id, settings.secrets.client_secret or "")
        app = self.operators_app(type)
        if app is None:
            raise NotPossible(f"there is no app for {type.value}: first save client_id and client_secret of your own")
        return app


@dataclass(frozen=True, slots=True)
class _Exchanged:
    attempt: ConnectAttempt
    consent: MailConsent

    @property
    def mailbox(self) -> str:
        return self.consent.mailbox
