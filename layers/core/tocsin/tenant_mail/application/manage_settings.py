"""The mail settings of an account: read, save, disconnect the mailbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tocsin.audit.domain.entry import Thing, changes
from tocsin.audit.ports import AuditTrail
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Forbidden, StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Randomness
from tocsin.tenant_mail.application.try_waiting import ArmWaitingMails
from tocsin.tenant_mail.domain import breaker
from tocsin.tenant_mail.domain.changed_settings import SECRETS, changed, is_other_server, may_use_port, told
from tocsin.tenant_mail.domain.mail_settings import MailServerState, MailServerType, MailSettings, ServerState
from tocsin.tenant_mail.domain.server_answer import HIDDEN, MailReason
from tocsin.tenant_mail.ports import MailSettingsStore

ROUNDS = 3
"""How often a save is tried that loses against others."""


@dataclass(frozen=True, slots=True)
class MailView:
    """What an account may know of its mail.

    Attributes:
        system_allowed: without an own server, mails go by the system's.
    """

    settings: MailSettings
    state: MailServerState
    system_allowed: bool

    @property
    def connected(self) -> bool:
        """Whether a mailbox of MS365 or GMAIL consented, and still does."""
        return bool(self.settings.secrets.refresh_token) and self.state.state is not ServerState.DISCONNECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageMailSettings:
    """The caller's tenant's settings. The audit entry of a change is stored before it.

    Attributes:
        system_allowed: whether a tenant's mails may go by the system's server.
        policy: of the hosts of mail servers.
        plain_allowed: mails may go without TLS to a server without sign-in.
        waiting: lets what waits be tried after a save.

    Raises:
        Forbidden: the caller may not manage the mail of the account.
    """

    settings: MailSettingsStore
    trail: AuditTrail
    clock: Clock
    randomness: Randomness
    system_allowed: Callable[[TenantId], bool]
    waiting: ArmWaitingMails
    policy: EgressPolicy = CLOSED
    plain_allowed: bool = False

    def get(self, caller: Principal) -> MailView:
        """Return the settings; the defaults if they were never saved (PN-10)."""
        check_may_read_mail(caller)
        return self._view(self.settings.get(caller.tenant))

    def save(self, caller: Principal, given: Callable[[MailSettings], Mapping[str, Any]]) -> MailView:
        """Merge what a call gives into the newest settings, field by field.

        Args:
            given: returns the fields of the call, as `changed` takes them; what it raises is raised. It gets the
                settings to judge `If-Match`, and may be called again.

        Raises:
            InvalidRequest: see `changed`.
            StaleWrite: the settings kept changing.
        """
        return self.write(
            caller, lambda before: changed(before, given(before), self.policy, plain_allowed=self.plain_allowed)
        )

    def disconnect(self, caller: Principal) -> MailView:
        """Forget that a mailbox consented. It may be repeated."""
        return self.write(
            caller, lambda before: replace(before, secrets=replace(before.secrets, refresh_token=None))
        )  # fmt: skip

    def write(self, caller: Principal, change: Callable[[MailSettings], MailSettings]) -> MailView:
        """Save what a change makes of the newest settings, and begin anew with a server that is another one.

        Args:
            change: what it raises is raised. It may be called again.

        Raises:
            StaleWrite: the settings kept changing.
        """
        check_may_change_mail(caller)
        for _ in range(ROUNDS):
            before = self.settings.get(caller.tenant)
            after = change(before)
            if after == before:
                return self._view(before)
            after = replace(after, version=before.version + 1)
            self._record(caller, before, after)
            timer = self.waiting.arm(caller.tenant) if is_other_server(before, after) else None
            if self.settings.save(after, self.clock()):
                if timer is not None:
                    self._begin_anew(after)
                    self.waiting.order(timer)
                return self._view(after)
        raise StaleWrite("another call kept changing the mail settings")

    def _begin_anew(self, settings: MailSettings) -> None:
        """Forget what is known of the server: mails that wait are tried at once."""
        for _ in range(ROUNDS):
            standing = self.settings.state(settings.tenant)
            fresh = breaker.saved(standing)
            if not may_use_port(settings, self.policy):
                failing = replace(fresh, state=ServerState.FAILING, since=self.clock())
                fresh = replace(failing, reason=MailReason.PORT_NOT_ALLOWED)
            elif settings.type in (MailServerType.MS365, MailServerType.GMAIL) and not settings.secrets.refresh_token:
                fresh = replace(fresh, state=ServerState.DISCONNECTED, since=self.clock())
            if self.settings.save_state(settings.tenant, fresh):
                return

    def _view(self, settings: MailSettings) -> MailView:
        state = self.settings.state(settings.tenant)
        return MailView(settings, state, self.system_allowed(settings.tenant))

    def _record(self, caller: Principal, before: MailSettings, after: MailSettings) -> None:
        was, became = changes(told(before), told(after))
        for name in (*SECRETS, "refresh_token"):
            one, other = getattr(before.secrets, name), getattr(after.secrets, name)
            if one != other:
                was[name], became[name] = one and HIDDEN, other and HIDDEN
        record(caller, self.trail, self.clock, self.randomness, "mail_settings.updated",
               Thing("mail_settings", caller.tenant), was, became)  # fmt: skip


def check_may_read_mail(caller: Principal) -> None:
    """Raise Forbidden unless the caller may manage mail server and templates of the account."""
    caller.need(Permission.MAIL, Reach.ALL)


def check_may_change_mail(caller: Principal) -> None:
    """Raise Forbidden unless the caller may change mail server and templates of the account."""
    check_may_read_mail(caller)
    if caller.read_only:
        raise Forbidden("this token reads only")


def record(
    caller: Principal,
    trail: AuditTrail,
    clock: Clock,
    randomness: Randomness,
    action: str,
    thing: Thing,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """Store the audit entry of a change to the account's mail."""
    trail.record([audit_entry(caller, action, thing, before, after, at=clock(), randomness=randomness)])
