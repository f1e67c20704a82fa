"""Moves the clock for `tick.py`, from due time to due time. It runs with the dependencies layer, on the local engine.

workers at rest ─► the next due row within the span ─► clock to its time ─► timers queued, the rest swept ─┐
▲                                                                                                  │
└──────────────────────────────────────────────────────────────────────────────────────────────────┘
none left ─► clock to the end of the span ─► one more sweep, and the same from the start until nothing is due
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from infra.local.aws import Aws
from infra.local.clock import ahead, move, shown_now, span_of
from infra.local.complaint import Complaint
from infra.local.places import Places, chosen_home
from infra.local.stack import NAME
from infra.operator.stack import clients_of, found_stack
from tocsin.adapters.dynamodb.table.rows import time_of
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

AT_REST_WITHIN = 120.0
"""Seconds until workers are given up that stay busy."""

_LOOKS = 2
"""How often in a row all queues must be empty: between two looks a notification may pass from topic to queue."""


@dataclass(frozen=True, slots=True)
class Due:
    """A row that is due.

    Attributes:
        name: this setting of the row; a row that is due later again has another name.
        timer: None for a row that the sweeper processes.
    """

    name: str
    at: datetime
    timer: Timer | None = None


class TickedEngine(Protocol):
    """The running engine, as far as its clock is moved."""

    def rest(self) -> None:
        """Return when no worker has anything to do. Raises Complaint."""
        ...

    def due(self) -> Sequence[Due]:
        """Return all rows that are due at any time, in no order."""
        ...

    def run(self, timers: Sequence[Timer]) -> None:
        """Queue the orders of these timers."""
        ...

    def sweep(self) -> None:
        """Process what else is due by now."""
        ...


def tick(
    engine: TickedEngine,
    by: timedelta,
    places: Places,
    say: Callable[[str], None],
    real: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Move the clock by a span, and return in how many steps.

    Raises:
        Complaint: workers stay busy. The clock stays where it is.
    """
    end, done, steps = ahead(places) + by, set[str](), 0
    while True:
        engine.rest()
        found = [row for row in engine.due() if row.name not in done and row.at <= real() + end]
        if not found and ahead(places) == end:
            return steps
        at = min((row.at for row in found), default=real() + end)
        move(places, min(end, max(ahead(places), at - real())) if found else end)
        steps += 1
        reached = real() + ahead(places)
        now_due = [row for row in found if row.at <= reached]
        done |= {row.name for row in now_due}
        say(f"{reached:%Y-%m-%d %H:%M:%S} UTC: {_listed(now_due)}")
        if timers := [row.timer for row in now_due if row.timer is not None]:
            engine.run(timers)
        if len(timers) < len(now_due) or not found:
            engine.sweep()


def _listed(due: Sequence[Due]) -> str:
    kinds = [row.timer.key.kind.value if row.timer else "message or webhook" for row in due]
    return ", ".join(f"{kinds.count(kind)} × {kind}" for kind in sorted(set(kinds))) or "the end of the span"


class LocalEngine:
    """The engine of `make run`, by its AWS API."""

    def __init__(self, endpoint: str) -> None:
        self._client = Aws(endpoint).client
        outputs = found_stack(NAME, clients_of(None, endpoint)).outputs
        stores = StoreClients(self._client("dynamodb"), self._client("kms"))
        self._table = outputs["TableName"]
        self._storage = Storage(stores, table_name=self._table, key_id=outputs["KeyId"])
        sources = self._client("lambda").list_event_source_mappings()["EventSourceMappings"]
        arns = {source["EventSourceArn"] for source in sources if ":sqs:" in source["EventSourceArn"]}
        sqs = self._client("sqs")
        urls = {arn: sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"] for arn in arns}
        self._queues = list(urls.values())
        self._timers = SqsTimerQueue(sqs, next(url for arn, url in urls.items() if arn.endswith("-timers")))

    def rest(self) -> None:
        """Return when all queues are empty twice in a row, but for messages that are delayed."""
        deadline, looks = time.monotonic() + AT_REST_WITHIN, 0
        while looks < _LOOKS:
            busy = [queue.rpartition("/")[2] for queue in self._queues if self._busy(queue)]
            looks = 0 if busy else looks + 1
            if time.monotonic() > deadline:
                raise Complaint(
                    f"workers had something to do for {AT_REST_WITHIN:.0f} s, or something failed and waits for its "
                    f"next delivery, in {', '.join(busy) or 'no queue any more'}; the clock stays where it is, and "
                    "make tick may be repeated"
                )
            time.sleep(0.2)

    def due(self) -> Sequence[Due]:
        """Return the rows of the due index; heartbeats of timers do nothing and are left alone."""
        client, found = self._client("dynamodb"), list[Due]()
        for page in client.get_paginator("scan").paginate(TableName=self._table, IndexName="due"):
            for row in page["Items"]:
                due = self._timer(row) if row["due"]["S"].startswith("DUE#TMR#") else self._swept(row)
                found += [due] if due else []
        return found

    def run(self, timers: Sequence[Timer]) -> None:
        """Queue the orders of timers that are due."""
        self._timers.enqueue(timers, self._storage.clock())

    def sweep(self) -> None:
        """Start the sweeper, as every minute does."""
        answer = self._client("lambda").invoke(FunctionName=self._sweeper(), Payload=b"{}")
        if "FunctionError" in answer:
            raise Complaint("the sweeper failed; see its log")

    def _busy(self, queue: str) -> bool:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = self._client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return any(int(counts[name]) for name in names)

    def _timer(self, row: dict[str, Any]) -> Due | None:
        kind, _, subject = row["sk"]["S"].partition("#")
        if kind == TimerKind.HEARTBEAT or kind not in set(TimerKind):
            return None
        timer = self._storage.timers.get(TimerKey(TenantId(row["pk"]["S"].split("#")[1]), TimerKind(kind), subject))
        return None if timer is None else Due(f"{timer}", timer.due_at, timer)

    def _swept(self, row: dict[str, Any]) -> Due:
        return Due(f"{row['pk']['S']} {row['sk']['S']} {row['duesk']['N']}", time_of(row, "duesk"))

    def _sweeper(self) -> str:
        functions = self._client("lambda").list_functions()["Functions"]
        return next(str(one["FunctionName"]) for one in functions if one["Handler"] == "sweep.app.handler")


def main(words: Sequence[str]) -> int:
    """Move the clock, and say what became due when. Returns the exit code.

    Args:
        words: address of the engine, how far.
    """
    endpoint, by = words
    places = Places(chosen_home())
    try:
        steps = tick(LocalEngine(endpoint), span_of(by), places, print)
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    print(f"it is {shown_now(places)} now, {ahead(places)} ahead of this machine's clock, after {steps} steps")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
