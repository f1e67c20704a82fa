"""A `/sendalert` request that has passed the door: every field has its type, cross-field rules hold.

What is left to find out needs the store: which receivers the names stand for, whether stored content exists, how much
capacity is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.features import LinkOptions, ScheduleOptions, TriggerOptions
from tocsin.alerts.domain.follow_up import EscalationOptions
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.identity.domain.notification import NotificationMode
from tocsin.stored_content.domain.stored_content import StoreRef


@dataclass(frozen=True, slots=True)
class DeferralOptions:
    """Store the alert instead of sending it; under a name, if there is one."""

    store_name: str | None = None


@dataclass(frozen=True, slots=True)
class SendRequest:
    """One call.

    Attributes:
        group: inline group, or the store it lies in, or None.
        notification: None = the key's default.
        lifetime: None = the system's default.
        link: the linked set it belongs to.
        schedule, deferral, trigger: it is kept and sent later; at most one of them is set.
        escalation: what follows if too few answer.
        urgent: it does not wait for the end of anybody's quiet hours.
        text: the alert itself (without version, key, schedule, deferral and trigger) as JSON text, in the form in
            which it is stored; "" where it came out of a store already.
        unavailable: documented features it asks for that this version does not serve (`linkedAlerts`, …).
        stored_at: when the whole call was stored, None for one that came with its own words.
        group_stored_at: when `group` was stored, None for one that the call brings: the group of a linked set.
    """

    client_ref: str
    elements: tuple[Element, ...]
    group: ContactGroup | StoreRef | None = None
    notification: NotificationMode | None = None
    callback_url: str | None = None
    callback_encoding: str | None = None
    lifetime: Lifetime | None = None
    link: LinkOptions | None = None
    schedule: ScheduleOptions | None = None
    deferral: DeferralOptions | None = None
    trigger: TriggerOptions | None = None
    escalation: EscalationOptions | None = None
    urgent: bool = False
    text: str = ""
    unavailable: tuple[str, ...] = field(default=())
    stored_at: datetime | None = None
    group_stored_at: datetime | None = None
