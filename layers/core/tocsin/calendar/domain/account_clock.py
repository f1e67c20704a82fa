"""The clock of an account: its time zone and quiet hours."""

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
        zone: IANA name of the zone for the account's times of day.
        quiet: quiet hours of receivers without quiet hours of their own; None = no quiet hours.
    """

    zone: str = UTC_NAME
    quiet: QuietHours | None = None

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone; UTC if the zone database no longer knows its name."""
        return zone_named(self.zone) or ZoneInfo(UTC_NAME)


PLAIN = AccountClock()
"""The clock of an account without settings."""
