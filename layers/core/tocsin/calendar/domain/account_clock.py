"""What the clocks of an account say: its zone, and when its people are not to be disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.calendar.domain.time_zone import zone as zone_named

UTC_NAME = "UTC"


@dataclass(frozen=True, slots=True)
class AccountClock:
    """The clock of one account.

    Attributes:
        zone: IANA name; times of day of the account are meant there.
        quiet: quiet hours of everybody who has none of their own, None = there are none.
    """

    zone: str = UTC_NAME
    quiet: QuietHours | None = None

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone itself; UTC if the zone database has lost its name since it was given."""
        return zone_named(self.zone) or ZoneInfo(UTC_NAME)


PLAIN = AccountClock()
"""The clock of an account that has said nothing about it."""
