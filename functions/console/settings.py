"""Settings of the console from environment variables."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import AcceptingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(AcceptingSettings):
    """One field, one environment variable.

    Attributes:
        user_pool_id, user_pool_client_id: the Cognito user pool and its app client.
        console_url: where people reach the console, as `Call.address_by` reads it; empty for the API's own address.
        secure_cookies: browsers reach the console over TLS; not on the local engine.
        allow_plain_smtp: mails may go without TLS to an account's own server without sign-in.
        sms_provider: `sns` or `eum`; history names its call.
        simulator_url: address of the simulator page of the local engine; empty on AWS.
        managed_login_url: pages of managed login, without a trailing slash; empty = there is none.
        token_issuer, token_keys_url: what the pool's tokens name, and where their keys are.
        mail_apps_name, simulated_mail_vendors: as `MailVendorSettings` has them.
        mail_domain_providers: `example.org=Okta,…`: which identity provider each company's mail domain signs in with.
    """

    user_pool_id: str
    user_pool_client_id: str
    secure_cookies: bool
    console_url: str = ""
    allow_plain_smtp: bool = False
    sms_provider: str = "sns"
    simulator_url: str = ""
    managed_login_url: str = ""
    token_issuer: str = ""
    token_keys_url: str = ""
    mail_apps_name: str = ""
    simulated_mail_vendors: str = ""
    mail_domain_providers: str = ""

    @property
    def providers(self) -> dict[str, str]:
        """Name of the identity provider of each company's mail domain."""
        pairs = (pair.partition("=") for pair in self.mail_domain_providers.split(","))
        return {domain.strip().lower(): name.strip() for domain, _, name in pairs if name}
