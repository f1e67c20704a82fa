"""Composition of the mails that Tocsin makes for accounts, made with the first one: most invocations send none."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from tocsin.entrypoint.process.environment import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from tocsin.alerts.domain.alert import Alert, AlertItem
    from tocsin.alerts.domain.dispatch_job import DispatchJob
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.delivery.application.channels import MailRoute
    from tocsin.delivery.application.dispatch_batch import DispatchReport
    from tocsin.delivery.domain.submission import Rejected
    from tocsin.delivery.ports.senders import EmailSender
    from tocsin.entrypoint.queue.batch_worker import Dispatch
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.tenant_mail.application.send_by_own_server import MailRouting
    from tocsin.tenant_mail.domain.mail_settings import MailServerType
    from tocsin.tenant_mail.domain.mailbox_consent import MailApp


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingSettings(StoreSettings):
    """The environment variables of mails by accounts' own servers.

    Attributes:
        email_domain: domain of the platform's own From addresses.
        open_egress: servers may be on loopback, at any port; on the local engine only.
        trusted_ca: file of certificates that are trusted beside the public ones; on the local engine only.
        allow_plain_smtp: a mail may go in the clear to a server that needs no sign-in.
        simulated_mail_vendors: URL of a server that plays Microsoft and Google; on the local engine only.
        mail_apps_name: parameter of Systems Manager with the operator's apps there (`mail_apps`); empty = none.
    """

    email_domain: str
    open_egress: bool = False
    trusted_ca: str = ""
    allow_plain_smtp: bool = False
    simulated_mail_vendors: str = ""
    mail_apps_name: str = ""


class SsmClients(Protocol):
    """The AWS clients."""

    @property
    def ssm(self) -> Any: ...  # noqa: D102


class TenantMailRoutes:
    """The `MailRoutes` of the email channel.

    What an account's own server refuses is not counted: it is no failure of the system, and must wake no operator.
    """

    def __init__(
        self, storage: Storage, queues: Queues, system: EmailSender, settings: MailingSettings, clients: SsmClients
    ) -> None:
        self._storage = storage
        self._queues = queues
        self._system = system
        self._settings = settings
        self._clients = clients
        self._lock = Lock()
        self._routing: MailRouting | None = None

    def __call__(self, alert: Alert, item: AlertItem) -> MailRoute | Rejected:
        """Return how a mail of the account goes now, or why it cannot go."""
        with self._lock:
            if self._routing is None:
                self._routing = self._made()
        return self._routing(alert, item)

    def closing(self, dispatch_all: Dispatch) -> Dispatch:
        """Return the dispatch that closes the sessions with accounts' servers after each batch."""

        def dispatch(
            jobs: Sequence[DispatchJob], time_left: Callable[[], timedelta]
        ) -> Sequence[DispatchReport | Exception]:
            try:
                return dispatch_all(jobs, time_left)
            finally:
                if self._routing is not None:
                    self._routing.smtp.close()

        return dispatch

    def _made(self) -> MailRouting:
        from tocsin.adapters.aws.secret_parameter import SecretParameter
        from tocsin.adapters.mail_api.api_servers import ApiServers
        from tocsin.adapters.mail_api.token_servers import HttpTokenServers
        from tocsin.adapters.mail_api.vendors import SMTP_HOSTS
        from tocsin.adapters.outbound.connection import Outbound
        from tocsin.adapters.smtp.servers import SmtpServers
        from tocsin.bootstrap.notifying import mail_owners
        from tocsin.egress.domain.url_policy import EgressPolicy
        from tocsin.tenant_mail.application.access_tokens import MailboxTokens
        from tocsin.tenant_mail.application.send_by_own_server import MailRouting

        settings, storage = self._settings, self._storage
        policy, simulated = EgressPolicy(loopback=settings.open_egress), settings.simulated_mail_vendors
        name = settings.mail_apps_name
        read = SecretParameter(self._clients.ssm, name, storage.clock) if name else None
        outbound = Outbound(policy=policy, trusted_ca=settings.trusted_ca)
        return MailRouting(
            store=storage.mail_settings,
            smtp=SmtpServers(
                outbound,
                name=settings.email_domain,
                policy=policy,
                hosts=SMTP_HOSTS,
                plain_allowed=settings.allow_plain_smtp,
            ),
            api=ApiServers(outbound, simulated=simulated),
            tokens=MailboxTokens(
                servers=HttpTokenServers(outbound, simulated=simulated),
                store=storage.mail_settings,
                operators_app=mail_apps(read),
                clock=storage.clock,
            ),
            system=self._system,
            system_allowed=may_use_system(storage),
            mail_domain=settings.email_domain,
            mail_owner=mail_owners(storage, self._queues).of_tenant,
            refused=storage.refused_mails,
            counters=storage.counters,
            clock=storage.clock,
        )


def may_use_system(storage: Storage) -> Callable[[TenantId], bool]:
    """Return what tells whether an account without a mail server of its own may use the system's."""

    def allowed(tenant: TenantId) -> bool:
        found = storage.tenants.get(tenant)
        return found is None or found.system_mail

    return allowed


def mail_apps(read: Callable[[], str] | None) -> Callable[[MailServerType], MailApp | None]:
    """Return what gives the operator's app at Microsoft or Google, None = there is none.

    Args:
        read: returns JSON, `{"MS365": {"client_id": "…", "client_secret": "…"}, "GMAIL": {…}}`, and may raise
            StorageUnavailable; None = the operator has no apps.
    """
    import json

    from tocsin.tenant_mail.domain.mailbox_consent import MailApp

    def app(type: MailServerType) -> MailApp | None:
        written = {} if read is None else json.loads(read())
        return MailApp(**written[type.value]) if type.value in written else None

    return app
