"""Composition of the provider of calls that speaks TwiML."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from tocsin.adapters.twiml.providers import TwimlAccount

if TYPE_CHECKING:
    from tocsin.adapters.aws.clients import AwsClients
    from tocsin.adapters.twiml.caller import TwimlCaller
    from tocsin.adapters.twiml.received import ReceiveTwiml
    from tocsin.kernel.ports import Clock


class TwimlSettings(Protocol):
    """Settings of a function that works with the provider.

    Attributes:
        twiml_provider: a name of `PROVIDERS`.
        twiml_api_url: its API, up to `/Accounts`.
        twiml_account: id of the account there.
        twiml_application: id of the application that Telnyx wants; empty elsewhere.
        twiml_secret: name of the parameter of Systems Manager with the account's secret (`TwimlAccount.of`).
        twiml_public_url: where the provider reaches our API.
    """

    @property
    def twiml_provider(self) -> str: ...  # noqa: D102
    @property
    def twiml_api_url(self) -> str: ...  # noqa: D102
    @property
    def twiml_account(self) -> str: ...  # noqa: D102
    @property
    def twiml_application(self) -> str: ...  # noqa: D102
    @property
    def twiml_secret(self) -> str: ...  # noqa: D102
    @property
    def twiml_public_url(self) -> str: ...  # noqa: D102


def twiml_caller(settings: TwimlSettings, clients: AwsClients, clock: Clock) -> TwimlCaller:
    """Return what makes calls."""
    from tocsin.adapters.outbound.connection import Outbound
    from tocsin.adapters.twiml.caller import TwimlCaller

    return TwimlCaller(_account(settings, clients, clock), settings.twiml_public_url, Outbound(), clock)


def receive_twiml(settings: TwimlSettings, clients: AwsClients, clock: Clock) -> ReceiveTwiml:
    """Return what opens requests of the provider."""
    from tocsin.adapters.twiml.received import ReceiveTwiml

    return ReceiveTwiml(_account(settings, clients, clock), settings.twiml_public_url, clock)


def _account(settings: TwimlSettings, clients: AwsClients, clock: Clock) -> Callable[[], TwimlAccount]:
    from tocsin.adapters.aws.secret_parameter import SecretParameter

    secret = SecretParameter(clients.ssm, settings.twiml_secret, clock)
    return lambda: TwimlAccount.of(
        settings.twiml_provider, settings.twiml_api_url, settings.twiml_account, settings.twiml_application, secret()
    )
