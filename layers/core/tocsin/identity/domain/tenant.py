"""A tenant: one customer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tocsin.calendar.domain.account_clock import UTC_NAME, AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.kernel.domain.ids import TenantId

TENANT_FORM = re.compile(r"[a-z0-9]{4,20}")
"""Form of a tenant id. It is part of row keys and API keys, so it is short and has no separators."""

SIGN_IN = TenantId("tocsinsignin")
"""No customer: whose keys seal and fingerprint what belongs to no tenant yet, such as an address that signs in."""

LINES = TenantId("tocsinlines")
"""No customer: in whose partition the lines of the provider of calls are, which all customers share."""

RESERVED = frozenset({SIGN_IN, LINES})
"""Ids that no customer gets."""


EVENTS_KEPT_DAYS = range(30, 367)
"""How many days telephony events of a customer may be kept."""


PBX_FACTS = ("web_domain", "sip_public_ip", "sip_private_ip", "udp_port", "tcp_port", "tls_port")
"""What a customer may say about its telephone system, for mails to its people."""

PBX_PORTS = frozenset({"udp_port", "tcp_port", "tls_port"})
"""Those of them that are ports: digits from 1 to 65535."""


class BusTopic(StrEnum):
    """What an account may have on the event bus beside results of alerts; the values are words of the API."""

    RULES = "rules"  # runs of alert rules
    INCIDENTS = "incidents"  # of integrations
    EVENTS = "events"  # telephony events that Tocsin makes itself


@dataclass(frozen=True, slots=True)
class Tenant:
    """One customer of the system.

    Attributes:
        name: display name.
        zone: IANA name of the time zone of its times of day.
        quiet: quiet hours of receivers who have none of their own; None = there are none.
        mfa_required: its people sign in by a password and a code of an authenticator app.
        country: ISO 3166 code of the country of numbers that telephone systems write nationally; None = unknown.
        password_grant: programs may exchange a person's password for an access token, at `POST /oauth/token`.
        system_mail: without a mail server of its own, its mails go by that of the system.
        notice_sender: what notices by text come from: a number of its own or a name; None = its first number.
        pbx: where its telephone system is reached, by the names of PBX_FACTS; what is not known is missing.
        events_kept_days: how long its telephony events are kept for backtests and reports; in EVENTS_KEPT_DAYS.
        bus: what is put on the event bus beside results of alerts.
    """

    id: TenantId
    name: str
    created_at: datetime
    zone: str = UTC_NAME
    quiet: QuietHours | None = None
    mfa_required: bool = False
    password_grant: bool = False
    system_mail: bool = True
    events_kept_days: int = 90
    country: str | None = None
    notice_sender: str | None = None
    pbx: Mapping[str, str] = field(default_factory=dict)
    bus: frozenset[BusTopic] = frozenset()

    @property
    def clock(self) -> AccountClock:
        """Time zone and quiet hours, as alerts use them."""
        return AccountClock(self.zone, self.quiet)
