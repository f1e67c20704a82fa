"""Composition of the provider of calls that speaks TwiML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.entrypoint.process.environment import StoreSettings

if TYPE_CHECKING:
    from tocsin.adapters.aws.clients import AwsClients
    from tocsin.adapters.twiml.caller import TwimlCaller
    from tocsin.adapters.twiml.providers import TwimlAccount
    from tocsin.adapters.twiml.received import TwimlRequest
    from tocsin.kernel.ports import Clock

    Receive = Callable[[str, Mapping[str, str], Mapping[str, str], bytes], TwimlRequest | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwimlSettings(StoreSettings):
    """Base of the settings of a function that works with the provider.

    Attributes:
        voice_provider: `twiml`, or another provider; then all of these are of no use.
        twiml_provider: a name of `PROVIDERS`.
        twiml_api_url: its API, up to `/Accounts`.
        twiml_account: id of the account there.
        twiml_application: id of the application that Telnyx wants; empty elsewhere.
        twiml_secret_name: name of the parameter of Systems Manager with the account's secret (`TwimlAccount.of`).
        twiml_public_url: where the provider reaches our API.
    """

    voice_provider: str = "none"
    twiml_provider: str = "twilio"
    twiml_api_url: str = ""
    twiml_account: str = ""
    twiml_application: str = ""
    twiml_secret_name: str = ""
    twiml_public_url: str = ""


def twiml_caller(settings: TwimlSettings, clients: AwsClients, clock: Clock) -> TwimlCaller:
    """Return what makes calls."""
    from tocsin.adapters.outbound.connection import Outbound
    from tocsin.adapters.twiml.caller import TwimlCaller

    return TwimlCaller(
        account=_account(settings, clients, clock),
        public_url=settings.twiml_public_url,
        outbound=Outbound(),
        clock=clock,
    )


RECORDING_SECONDS = 600
"""How long the provider can fetch a recording after the document that names it: it does so at once."""


def receive_twiml(settings: TwimlSettings, clients: AwsClients, *, recordings: str, clock: Clock) -> Receive:
    """Return what opens requests of the provider; every request is refused if another provider makes the calls.

    Args:
        recordings: name of the bucket of recordings.
    """
    from tocsin.adapters.twiml.received import ReceiveTwiml

    if settings.voice_provider != "twiml":
        return lambda path, query, headers, body: None

    def file_url(key: str) -> str:
        return clients.object_address(recordings, key, RECORDING_SECONDS)

    return ReceiveTwiml(
        account=_account(settings, clients, clock),
        public_url=settings.twiml_public_url,
        file_url=file_url,
        clock=clock,
    )


def _account(settings: TwimlSettings, clients: AwsClients, clock: Clock) -> Callable[[], TwimlAccount]:
    from tocsin.adapters.aws.secret_parameter import SecretParameter
    from tocsin.adapters.twiml.providers import TwimlAccount

    secret = SecretParameter(clients.ssm, settings.twiml_secret_name, clock)
    return lambda: TwimlAccount.of(
        settings.twiml_provider,
        base_url=settings.twiml_api_url,
        account=settings.twiml_account,
        application=settings.twiml_application,
        secret=secret(),
    )
