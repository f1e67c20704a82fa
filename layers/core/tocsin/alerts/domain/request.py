"""A valid `/sendalert` request: all fields have their types, and rules across fields hold.

The remaining checks need the store: which receivers the names mean, whether stored content exists, and how much
capacity remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.features import LinkOptions, ScheduleOptions, TriggerOptions
from tocsin.alerts.domain.follow_up import EscalationOptions
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.identity.domain.notification import NotificationMode
from tocsin.stored_content.domain.stored_content import StoreRef


@dataclass(frozen=True, slots=True)
class DeferralOptions:
    """The `deferral` block: store the alert instead of sending it. `store_name`: its name, None = no name."""

    store_name: str | None = None


@dataclass(frozen=True, slots=True)
class SendRequest:
    """One alert of a request.

    Attributes:
        group: the contact group, inline or stored; None = no group.
        notification: None = the key's default.
        lifetime: None = 30 days.
        link: the linked set it belongs to.
        schedule, deferral, trigger: the alert is stored and sent later; at most one of them is set.
        escalation: the steps that follow if too few people answer.
        urgent: whether the alert overrides quiet hours.
        click_counts: whether a visit to a short link counts as an answer; None = the key's default.
        least_evidence: contacts whose answers are weaker are contacted as if they had not answered.
        title: one line, 1..TITLE_CHARACTERS; None = from the content.
        text: the alert itself (without version, key, schedule, deferral and trigger) as JSON text, in the form in
            which it is stored; "" if it was read from stored content.
        stored_at: when the whole alert was stored, None if the call contains it.
        group_stored_at: when `group` was stored with a linked set, None if the call contains it.
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
    click_counts: bool | None = None
    least_evidence: Evidence = Evidence.OPENED
    title: str | None = None
    text: str = ""
    stored_at: datetime | None = None
    group_stored_at: datetime | None = None
