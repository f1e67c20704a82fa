"""Settings of the console from environment variables."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import StoreSettings


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """One field, one environment variable.

    Attributes:
        email_domain: domain of the addresses to which people mail keywords.
        open_egress: allow callbacks to loopback addresses; on the local engine only.
        user_pool_id, user_pool_client_id: the Cognito user pool and its app client.
        link_base_url: prefix of short links; empty for the API's own address, which the template cannot pass to it.
        console_url: where people reach the console, as `Call.address_by` reads it; empty for the API's own address.
        sending: `on`, or `off` during a restore.
        restored_table: the table, if it was restored from a backup.
        secure_cookies: browsers reach the console over TLS; not on the local engine.
        simulator_url: address of the simulator page of the local engine; empty on AWS.
        managed_login_url: pages of managed login, without a trailing slash; empty = none, and on the local engine.
        token_issuer, token_keys_url: what the pool's tokens name, and where their keys are.
        mail_domain_providers: `example.org=Okta,…`: which identity provider each company's mail domain signs in with.
        aws_endpoint_url: address of the local engine; empty on AWS.
    """

    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    webhook_slow_queue_url: str
    timers_queue_url: str
    email_domain: str
    open_egress: bool
    user_pool_id: str
    user_pool_client_id: str
    secure_cookies: bool
    link_base_url: str = ""
    console_url: str = ""
    sending: str = "on"
    restored_table: str = ""
    simulator_url: str = ""
    managed_login_url: str = ""
    token_issuer: str = ""
    token_keys_url: str = ""
    mail_domain_providers: str = ""
    aws_endpoint_url: str = ""

    @property
    def login_url(self) -> str:
        """Address of managed login; the local engine serves it under its own. "" = there is none."""
        return self.managed_login_url or self.aws_endpoint_url

    @property
    def keys_url(self) -> str:
        """Where the keys of the pool's tokens are."""
        return self.token_keys_url or f"{self.aws_endpoint_url}/{self.user_pool_id}/.well-known/jwks.json"

    @property
    def providers(self) -> dict[str, str]:
        """Name of the identity provider of each company's mail domain."""
        pairs = (pair.partition("=") for pair in self.mail_domain_providers.split(","))
        return {domain.strip().lower(): name.strip() for domain, _, name in pairs if name}
