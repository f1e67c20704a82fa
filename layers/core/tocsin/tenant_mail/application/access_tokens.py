"""Access tokens of the mailboxes that consented: kept in the process, and refreshed before their end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.tenant_mail.domain.mail_settings import MailServerType, MailSettings
from tocsin.tenant_mail.domain.mailbox_consent import MailApp, MailTokens
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerAnswer, ServerFault, refused
from tocsin.tenant_mail.ports import MailSettingsStore, TokenServers

OperatorsApp = Callable[[MailServerType], MailApp | None]

BEFORE_END = timedelta(minutes=5)
"""How long before its end a token is refreshed."""

_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class MailboxTokens:
    """The `AccessTokens` of a process. Several threads may use it at once; each may refresh, which vendors allow.

    Attributes:
        operators_app: the operator's app, for accounts without one of their own. May raise StorageUnavailable.
    """

    servers: TokenServers
    store: MailSettingsStore
    operators_app: OperatorsApp
    clock: Clock
    _kept: dict[tuple[TenantId, str], tuple[str, datetime]] = field(default_factory=dict)

    def token(self, settings: MailSettings, refused: str | None = None) -> str | ServerAnswer | None:
        """Return the token to send by; None: these settings need none. Else why there is none.

        Args:
            refused: a token that the mail server did not take; another one is asked for.
        """
        if settings.type not in (MailServerType.MS365, MailServerType.GMAIL):
            return None
        grant = settings.secrets.refresh_token
        if grant is None:
            return _without(ServerFault(MailReason.NOT_CONNECTED))
        kept, ends = self._kept.get((settings.tenant, grant), (None, self.clock()))
        if kept is not None and kept != refused and self.clock() < ends - BEFORE_END:
            return kept
        try:
            return self._refreshed(settings, settings.type, grant)
        except ServerFault as fault:
            return _without(fault)
        except StorageUnavailable:
            # A rotated grant could not be written. The one before is still good for a while; the mail waits.
            return _without(ServerFault(MailReason.UNREACHABLE, of_server=None))

    def _refreshed(self, settings: MailSettings, type: MailServerType, grant: str) -> str:
        app = app_of(settings, self.operators_app)
        if app is None:
            raise ServerFault(MailReason.NOT_CONNECTED)
        try:
            tokens = self.servers.refresh(type, app, grant)
        except ServerFault as fault:
            newest = self.store.get(settings.tenant)
            if fault.reason is MailReason.NOT_CONNECTED and newest.secrets.refresh_token not in (None, grant):
                # Another process has rotated the grant meanwhile, or the mailbox was connected anew.
                raise ServerFault(MailReason.UNREACHABLE, of_server=None) from fault
            raise
        if tokens.refresh is not None and tokens.refresh != grant:
            self._store_grant(settings.tenant, grant, tokens.refresh)
        self._keep(settings.tenant, tokens.refresh or grant, tokens)
        return tokens.access

    def _keep(self, tenant: TenantId, grant: str, tokens: MailTokens) -> None:
        for key in [key for key in self._kept if key[0] == tenant]:
            self._kept.pop(key, None)
        self._kept[tenant, grant] = tokens.access, self.clock() + tokens.good_for

    def _store_grant(self, tenant: TenantId, before: str, grant: str) -> None:
        for _ in range(_ROUNDS):
            newest = self.store.get(tenant)
            if newest.secrets.refresh_token != before:
                return  # disconnected, connected anew, or rotated by another process: that one counts
            secrets = replace(newest.secrets, refresh_token=grant)
            if self.store.save(replace(newest, secrets=secrets, version=newest.version + 1), self.clock()):
                return
        raise StorageUnavailable("mail settings kept changing")


def app_of(settings: MailSettings, operators_app: OperatorsApp) -> MailApp | None:
    """Return the app that the mailbox consents to; None: neither the account nor the operator has one.

    Raises:
        StorageUnavailable: the operator's app could not be read.
    """
    if settings.client_id:
        return MailApp(settings.client_id, settings.secrets.client_secret or "")
    return None if settings.type is None else operators_app(settings.type)


def _without(fault: ServerFault) -> ServerAnswer:
    return refused(fault, ())
