"""What the alerts API is told by its environment."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import Environment


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """One field, one environment variable.

    Attributes:
        key_id: the KMS key under which the tenants' data keys lie.
        link_base_url: what short links begin with, if that is not the API's own address, which it cannot be told.
        email_domain: mails with keywords are written to addresses of it.
        open_egress: callbacks may go to this machine; on the local engine only.
    """

    table_name: str
    bucket_name: str
    key_id: str
    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    webhook_queue_url: str
    timers_queue_url: str
    email_domain: str
    open_egress: bool
    link_base_url: str = ""
