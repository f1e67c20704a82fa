"""When sources were heard, in DynamoDB: a row each, replaced on its version. It has times only: nothing is sealed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from struct import Struct

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number, time, time_or_none
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.telephony.versioned import put_over
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.silence import HOUR, HeardHour, KeptPulse, SourcePulse
from tocsin.telephony.ports.source_pulses import PULSE_KEPT

_HOUR = Struct(">IHHBH")
"""An hour: hours since 1970, seconds of its first and last event, minutes with an event, longest gap in seconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class DynamoDbSourcePulses:
    """Rows `T#<t>#SRC#<source>` / `PULSE`, of 2 KB at most."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, tenant: TenantId, source_id: str, now: datetime) -> KeptPulse:
        """Return what is kept of a source, strongly consistent; a new one if nothing is."""
        row = self._table.get(_key(tenant, source_id))
        return KeptPulse() if row is None or expired(row, now) else _kept(row)

    def save(self, tenant: TenantId, source_id: str, kept: KeptPulse) -> bool:
        """Store over the version before its own. Raises ValueError."""
        last = kept.pulse.last
        if last is None:
            raise ValueError("a source that was never heard has no pulse")
        row = _key(tenant, source_id) | {"v": number(kept.version)} | expiry(last + PULSE_KEPT)
        row["hours"] = {"B": b"".join(_packed(start, hour) for start, hour in sorted(kept.pulse.hours.items()))}
        if kept.told is not None:
            row["told"] = time(kept.told)
        standing = put_over(self._table, row, kept.version - 1)
        return standing is None or (bool(standing) and _kept(standing) == kept)


def _kept(row: Item) -> KeptPulse:
    hours = dict(_unpacked(*values) for values in _HOUR.iter_unpack(row["hours"]["B"]))
    pulse = SourcePulse(max(hour.last for hour in hours.values()), hours)
    return KeptPulse(pulse, time_or_none(row, "told"), int(row["v"]["N"]))


def _packed(start: datetime, hour: HeardHour) -> bytes:
    first, last, longest = ((span // _SECOND) for span in (hour.first - start, hour.last - start, hour.longest))
    return _HOUR.pack((start - _EPOCH) // HOUR, first, last, hour.minutes, longest)


def _unpacked(number: int, first: int, last: int, minutes: int, longest: int) -> tuple[datetime, HeardHour]:
    start = _EPOCH + number * HOUR
    return start, HeardHour(start + first * _SECOND, start + last * _SECOND, minutes, longest * _SECOND)


def _key(tenant: TenantId, source_id: str) -> Item:
    return key(f"T#{tenant}#SRC#{source_id}", "PULSE")
