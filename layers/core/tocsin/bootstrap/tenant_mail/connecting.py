"""Composition of connecting a mailbox of Google or Microsoft."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.bootstrap.tenant_mail.sending import SsmClients
    from tocsin.tenant_mail.application.connect_mailbox import ConnectMailbox


class MailVendorSettings(Protocol):
    """Where Google and Microsoft are.

    Attributes:
        open_egress, trusted_ca, mail_apps_name, simulated_mail_vendors: as `MailingSettings` has them.
    """

    @property
    def open_egress(self) -> bool: ...  # noqa: D102

    @property
    def trusted_ca(self) -> str: ...  # noqa: D102

    @property
    def mail_apps_name(self) -> str: ...  # noqa: D102

    @property
    def simulated_mail_vendors(self) -> str: ...  # noqa: D102


def mailbox_connection(
    storage: Storage, queues: Queues, clients: SsmClients, settings: MailVendorSettings
) -> Callable[[], ConnectMailbox]:
    """Return what makes the use case, with its first use."""

    @cache
    def made() -> ConnectMailbox:
        from tocsin.adapters.aws.secret_parameter import SecretParameter
        from tocsin.adapters.mail_api.token_servers import HttpTokenServers
        from tocsin.adapters.outbound.connection import Outbound
        from tocsin.bootstrap.tenant_mail.managing import MailUseCases
        from tocsin.bootstrap.tenant_mail.sending import mail_apps
        from tocsin.egress.domain.url_policy import EgressPolicy
        from tocsin.tenant_mail.application.connect_mailbox import ConnectMailbox

        name = settings.mail_apps_name
        read = SecretParameter(clients.ssm, name, storage.real_clock) if name else None
        outbound = Outbound(policy=EgressPolicy(loopback=settings.open_egress), trusted_ca=settings.trusted_ca)
        return ConnectMailbox(
            attempts=storage.connect_attempts,
            settings=storage.mail_settings,
            servers=HttpTokenServers(outbound, simulated=settings.simulated_mail_vendors),
            write=MailUseCases(storage, queues, open_egress=settings.open_egress).settings.write,
            operators_app=mail_apps(read),
            clock=storage.clock,
            randomness=storage.randomness,
        )

    return made
