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
