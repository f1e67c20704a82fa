"""Settings of the settings API from environment variables."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import Environment


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """One field, one environment variable.

    Attributes:
        key_id: the KMS key that encrypts the tenants' data keys.
        email_urgent_queue_url: for mails to one person about their sign-in.
        console_url: where people reach the console, as `Call.address_by` reads it; empty for the API's own address.
        sms_urgent_queue_url to timers_queue_url: for tests of alert rules.
        open_egress: this is the local engine, where everybody comes from one address, and webhooks may stay on it.
        trusted_ca: file of certificates that calls trust beside the public ones; on the local engine only.
        allow_plain_smtp: mails may go without TLS to an account's own server without sign-in.
        mail_apps_name, simulated_mail_vendors: as `MailVendorSettings` has them.
        sending: `on`, or `off` during a restore.
        restored_table: set if the table was restored.
        sms_provider: `sns` or `eum`; history names its call.
        user_pool_id, user_pool_client_id: the pool that keeps the sign-ins, and the client that asks it.
    """

    table_name: str
    key_id: str
    user_pool_id: str
    user_pool_client_id: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    webhook_slow_queue_url: str
    timers_queue_url: str
    open_egress: bool
    trusted_ca: str = ""
    allow_plain_smtp: bool = False
    console_url: str = ""
    mail_apps_name: str = ""
    simulated_mail_vendors: str = ""
    sending: str = "on"
    restored_table: str = ""
    sms_provider: str = "sns"
