"""Composition of connecting a mailbox of Google or Microsoft."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.adapters.aws.clients import AwsClients
    from tocsin.bootstrap.storage import Storage
    from tocsin.kernel.ports import Clock
    from tocsin.tenant_mail.application.connect_mailbox import ConnectMailbox
    from tocsin.tenant_mail.domain.connecting import MailApp
    from tocsin.tenant_mail.domain.mail_settings import MailServerType


class MailAppSettings(Protocol):
    """The operator's apps at the providers.

    Attributes:
        open_egress: the providers may be on this machine; on the local engine only.
        google_mail_app, microsoft_mail_app: client ids; "" = there is no app.
        mail_app_secrets_name: name of the SecureString with `{"google": …, "microsoft": …}`.
        mail_providers_url: where both are played, on the local engine; "" on AWS.
    """

    @property
    def open_egress(self) -> bool: ...  # noqa: D102

    @property
    def google_mail_app(self) -> str: ...  # noqa: D102

    @property
    def microsoft_mail_app(self) -> str: ...  # noqa: D102

    @property
    def mail_app_secrets_name(self) -> str: ...  # noqa: D102

    @property
    def mail_providers_url(self) -> str: ...  # noqa: D102


def mail_apps(ssm: Any, settings: MailAppSettings, clock: Clock) -> Callable[[MailServerType], MailApp | None]:
    """Return what finds the operator's app for a type. Its secret is read with the first use."""
    from tocsin.adapters.aws.secret_parameter import SecretParameter
    from tocsin.tenant_mail.domain.connecting import CONSENT_PROVIDERS, MailApp

    ids = {"google": settings.google_mail_app, "microsoft": settings.microsoft_mail_app}
    secrets = SecretParameter(ssm, settings.mail_app_secrets_name, clock)

    def app(type: MailServerType) -> MailApp | None:
        name = next((name for name, kind in CONSENT_PROVIDERS.items() if kind is type), "")
        if not ids.get(name):
            return None
        return MailApp(ids[name], str(json.loads(secrets()).get(name, "")))

    return app


def mailbox_connection(
    storage: Storage, clients: AwsClients, settings: MailAppSettings
) -> Callable[[], ConnectMailbox]:
    """Return what makes the use case, with its first use."""

    @cache
    def made() -> ConnectMailbox:
        from tocsin.adapters.mail_consent.pages import MailConsentPages
        from tocsin.adapters.outbound.connection import Outbound
        from tocsin.bootstrap.tenant_mail.managing import MailUseCases
        from tocsin.egress.domain.url_policy import EgressPolicy
        from tocsin.tenant_mail.application.connect_mailbox import ConnectMailbox

        outbound = Outbound(policy=EgressPolicy(loopback=settings.open_egress))
        return ConnectMailbox(
            attempts=storage.connect_attempts,
            settings=storage.mail_settings,
            consents=MailConsentPages(outbound, settings.mail_providers_url),
            write=MailUseCases(storage, open_egress=settings.open_egress).settings.write,
            apps=mail_apps(clients.ssm, settings, storage.real_clock),
            clock=storage.clock,
            randomness=storage.randomness,
        )

    return made
