"""Settings of the worker of timers from environment variables."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import StoreSettings


@dataclass(frozen=True, slots=True)
class Settings(StoreSettings):
    """The environment of this function, from the template.

    Attributes:
        open_egress, link_base_url: as for the API. console_url: as for act_on_events.
        timer_wake_up_group, timer_wake_up_role_arn: the schedule group of wake-ups, and the role that sends orders.
    """

    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    voice_urgent_queue_url: str
    voice_bulk_queue_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    open_egress: bool
    events_owed_queue_url: str
    timers_queue_url: str
    timers_queue_arn: str
    timers_dead_letters_arn: str
    timer_wake_up_group: str
    timer_wake_up_role_arn: str
    link_base_url: str = ""
    console_url: str = ""
    restored_table: str = ""
