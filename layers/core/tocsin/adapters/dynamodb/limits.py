"""Sending limits in DynamoDB: a row of settings per tenant, a row per counter, a row per receiver and window.

Totals of what was sent have a row per hour.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from tocsin.adapters.dynamodb.table.actions import FREE, update
from tocsin.adapters.dynamodb.table.client import ConditionFailed, Item
from tocsin.adapters.dynamodb.table.rows import expiry, instant, key, milliseconds, number, time, time_of
from tocsin.adapters.dynamodb.table.table import STATEMENTS, Table
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.sending_limits import Pause, Rate, SendingLimits
from tocsin.limits.domain.sending_totals import QUARTER, TOTALS_KEPT, Amounts, quarter_of

_ROUNDS = 20
_PAUSED = "paused_"
_COUNTED = "counted"


class DynamoDbLimitSettings:
    """Settings in `T#<tenant>` / `SENDING_LIMITS`: the limits as JSON, and an attribute per paused channel."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, tenant: TenantId) -> SendingLimits:
        """Return the settings, strongly consistent; the defaults if there are none."""
        row = self._table.get(_settings_key(tenant)) or {}
        terms = _terms(json.loads(row["terms"]["S"])) if "terms" in row else {}
        counted = time_of(row, _COUNTED) if _COUNTED in row else None
        return SendingLimits(**terms, paused=dict(_pauses(row)), counted_since=counted)

    def set(self, tenant: TenantId, sending_limits: SendingLimits) -> None:
        """Replace the settings. Paused channels stay paused."""
        self._table.write(
            update(_settings_key(tenant), "SET terms = :terms", values={":terms": {"S": _text(sending_limits)}})
        )

    def count(self, tenant: TenantId, since: datetime | None) -> None:
        """Count what is sent from now on, or no more; an earlier time stays."""
        change = f"SET {_COUNTED} = if_not_exists({_COUNTED}, :at)" if since else f"REMOVE {_COUNTED}"
        self._table.write(update(_settings_key(tenant), change, values={":at": time(since)} if since else None))

    def pause(self, tenant: TenantId, channel: Channel, pause: Pause) -> bool:
        """Pause a channel. False: it is paused already, and keeps its first reason."""
        name = _PAUSED + channel.value
        value = {":pause": {"S": f"{milliseconds(pause.since)} {pause.reason}"}}
        change = update(_settings_key(tenant), f"SET {name} = :pause", f"attribute_not_exists({name})", value)
        return self._table.write_if(change)

    def resume(self, tenant: TenantId, channel: Channel) -> None:
        """End the pause of a channel."""
        self._table.write(update(_settings_key(tenant), f"REMOVE {_PAUSED}{channel.value}"))


def _settings_key(tenant: TenantId) -> Item:
    return key(f"T#{tenant}", "SENDING_LIMITS")


def _text(sending_limits: SendingLimits) -> str:
    return json.dumps(
        {
            "countries": None if sending_limits.countries is None else sorted(sending_limits.countries),
            "special_numbers": sending_limits.special_numbers,
            "number_rate": _pair(sending_limits.number_rate),
            "tenant_rate": _pair(sending_limits.tenant_rate),
            "daily_spend": sending_limits.daily_spend,
            "call_rate": _pair(sending_limits.call_rate),
        }
    )


def _terms(read: dict[str, Any]) -> dict[str, Any]:
    calls = {"call_rate": _rate(read["call_rate"])} if "call_rate" in read else {}  # of a row before calls: the default
    return {
        "countries": None if read["countries"] is None else frozenset(read["countries"]),
        "special_numbers": read["special_numbers"],
        "number_rate": _rate(read["number_rate"]),
        "tenant_rate": _rate(read["tenant_rate"]),
        "daily_spend": read["daily_spend"],
        **calls,
    }


def _pair(rate: Rate | None) -> list[int] | None:
    return None if rate is None else [rate.count, round(rate.span.total_seconds())]


def _rate(pair: list[int] | None) -> Rate | None:
    return None if pair is None else Rate(pair[0], timedelta(seconds=pair[1]))


def _pauses(row: Item) -> list[tuple[Channel, Pause]]:
    found = []
    for name, value in row.items():
        if name.startswith(_PAUSED):
            since, _, reason = value["S"].partition(" ")
            found.append((Channel(name.removeprefix(_PAUSED)), Pause(instant(int(since)), reason)))
    return found


class DynamoDbCounters:
    """Counters in `T#<tenant>#COUNTER` / `<name>`; tokens in `T#<tenant>#RATE#<2 hex>` / `<fingerprint>#<window>`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def consume(self, tenant: TenantId, counter: str, costs: Sequence[int], cap: int, until: datetime) -> int:
        """Add as many of the costs, in order, as keep the counter at `cap` or below; return how many."""
        return self.draw(tenant, counter, costs, cap, until)[0]

    def draw(
        self, tenant: TenantId, counter: str, costs: Sequence[int], cap: int, until: datetime
    ) -> tuple[int, int | None]:
        """Do as `consume`; return also the new value."""
        sums = list(accumulate(costs))
        room = cap
        for _ in range(_ROUNDS):
            fitting = sum(total <= room for total in sums)
            if fitting == 0:
                return 0, None
            total = sums[fitting - 1]
            try:
                value = self._bump(tenant, counter, total, until, at_most=cap - total)
            except ConditionFailed as failed:
                # Another worker changed the counter: try what fits now.
                standing = int(failed.current["n"]["N"]) if failed.current else 0
                room = cap - standing
                continue
            return fitting, value
        raise StorageUnavailable("other workers kept changing a counter")

    def add(self, tenant: TenantId, counter: str, amount: int, until: datetime) -> int:
        """Add to a counter without a cap and return its new value."""
        return self._bump(tenant, counter, amount, until)

    def read(self, tenant: TenantId, counter: str) -> int:
        """Return the value of a counter, strongly consistent; 0 if it is not there."""
        row = self._table.get(_counter(tenant, counter))
        return 0 if row is None else int(row["n"]["N"])

    def tokens(self, tenant: TenantId, fingerprints: Sequence[bytes], rate: Rate, now: datetime) -> Sequence[bool]:
        """Take a token for each fingerprint: one call for 25 that have none yet, and one for each that has."""
        begin, end = rate.window(now)
        rows = [_token(tenant, fingerprint, begin) for fingerprint in fingerprints]
        taken = [rate.count > 0] * len(rows)
        if not rate.count:
            return taken
        for first in range(0, len(rows), STATEMENTS):
            batch = rows[first : first + STATEMENTS]
            for place in sorted(self._not_fresh(batch, end)):
                taken[first + place] = self._one_more(batch[place], rate)
        return taken

    def give_back(self, tenant: TenantId, fingerprints: Sequence[bytes], rate: Rate, now: datetime) -> None:
        """Give back one token of each fingerprint."""
        begin, _ = rate.window(now)
        values = {":one": number(1), ":none": number(0)}
        for fingerprint in fingerprints:
            row = _token(tenant, fingerprint, begin)
            self._table.write_if(update(row, "SET n = n - :one", "n > :none", values))

    def _not_fresh(self, rows: Sequence[Item], end: datetime) -> list[int]:
        """Insert the rows of receivers that have none in this window; return the indexes of the others."""
        fresh = {"n": number(1), **expiry(end)}
        # DynamoDB refuses a batch that names a row twice, so a receiver's second message is counted by an update.
        first = {row["sk"]["S"]: place for place, row in reversed(list(enumerate(rows)))}
        there = [place for place, row in enumerate(rows) if first[row["sk"]["S"]] != place]
        owed = {place: self._table.insertion(rows[place] | fresh) for place in sorted(first.values())}
        return there + self._table.run(owed, "tokens")

    def _one_more(self, row: Item, rate: Rate) -> bool:
        values = {":one": number(1), ":count": number(rate.count)}
        return self._table.write_if(update(row, "SET n = n + :one", "n < :count", values))

    def _bump(self, tenant: TenantId, counter: str, amount: int, until: datetime, at_most: int | None = None) -> int:
        values = {":amount": number(amount), **{f":{name}": value for name, value in expiry(until).items()}}
        condition = None
        if at_most is not None:
            values[":most"] = number(at_most)
            condition = f"{FREE} OR n <= :most"
        change = "SET #exp = :exp, #ttl = :ttl ADD n :amount"
        row = self._table.change(update(_counter(tenant, counter), change, condition, values))
        return int(row["n"]["N"])


class DynamoDbSendingTotals:
    """Totals in `T#<tenant>#TOTALS` / `<yyyymmddhh>`: `q<0..3>_<name>` is what one quarter of the hour counts."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, tenant: TenantId, at: datetime, amounts: Amounts) -> None:
        """Add to the quarter: one UpdateItem, whatever is counted."""
        quarter = quarter_of(at)
        names = {f"q{quarter.minute // 15}_{name}": amount for name, amount in amounts.items() if amount}
        if not names:
            return
        values = {f":{name}": number(amount) for name, amount in names.items()}
        values |= {f":{name}": value for name, value in expiry(quarter + TOTALS_KEPT).items()}
        added = ", ".join(f"#{name} :{name}" for name in names)
        self._table.change(
            update(_totals_key(tenant, quarter), f"SET #exp = :exp, #ttl = :ttl ADD {added}", None, values)
        )

    def read(self, tenant: TenantId, first: datetime, before: datetime) -> Amounts:
        """Return the sums: one Query."""
        sums: Counter[str] = Counter()
        last = before - timedelta(microseconds=1)
        for row in self._table.between(
            f"T#{tenant}#TOTALS", *(_totals_key(tenant, at)["sk"]["S"] for at in (first, last))
        ):
            hour = datetime.strptime(row["sk"]["S"], _TOTALS_HOUR).replace(tzinfo=UTC)
            for attribute, value in row.items():
                place, _, name = attribute.partition("_")
                if name and first <= hour + int(place[1:]) * QUARTER < before:
                    sums[name] += int(value["N"])
        return dict(sums)


_TOTALS_HOUR = "%Y%m%d%H"


def _totals_key(tenant: TenantId, at: datetime) -> Item:
    return key(f"T#{tenant}#TOTALS", f"{at.astimezone(UTC):{_TOTALS_HOUR}}")


def _counter(tenant: TenantId, counter: str) -> Item:
    return key(f"T#{tenant}#COUNTER", counter)


def _token(tenant: TenantId, fingerprint: bytes, begin: datetime) -> Item:
    name = fingerprint.hex()
    return key(f"T#{tenant}#RATE#{name[:2]}", f"{name}#{time(begin)['N']}")
