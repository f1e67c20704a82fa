"""Backtests of alert rules: what callers write, what answers show, and their operations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.alert_rules.domain.backtest import SHOWN, TOP_LINES
from tocsin.entrypoint.alert_body.words import parse_instant
from tocsin.entrypoint.http.operation import ACT_ERRORS, RESOURCE_ERRORS, Operation
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.kernel.domain.errors import Fault, InvalidRequest

_EXACT = with_config(ConfigDict(extra="forbid"))

_Instant = Annotated[str, Field(min_length=1, max_length=40, examples=["2026-03-01T00:00:00Z"])]
Count = Annotated[int, Field(ge=0)]


class SpanBody(ResourceBody):
    """Which events are looked at, by when they were received."""

    first: Annotated[_Instant, Field(alias="from", description="ISO 8601, included")]
    before: Annotated[_Instant, Field(alias="to", description="ISO 8601, excluded; at most now")]

    def span(self) -> tuple[datetime, datetime]:
        """Return begin and end. Raises InvalidRequest for each that is no time."""
        found, faults = list[datetime](), list[Fault]()
        for name, text in (("from", self.first), ("to", self.before)):
            try:
                at = parse_instant(text)
                if at.tzinfo is None:
                    raise ValueError("must say its offset from UTC, like 2030-01-31T08:00:00Z")
                found.append(at)
            except ValueError as error:
                faults.append(Fault(f"/{name}", "WRONG_FORM", str(error)))
        if faults:
            raise InvalidRequest(faults)
        return found[0], found[1]


class BacktestBody(SpanBody):
    """A rule that need not be saved, and which events are looked at."""

    rule: Annotated[dict[str, Any], Field(description="the fields of a new alert rule")]


@_EXACT
class DayCount(TypedDict):
    """A day of the account's clock."""

    day: str
    count: Count


@_EXACT
class HourCount(TypedDict):
    """An hour of the day of the account's clock."""

    hour: Annotated[int, Field(ge=0, le=23)]
    count: Count


@_EXACT
class LineCount(TypedDict):
    """A line."""

    line: str
    count: Count


@_EXACT
class BacktestMatch(TypedDict):
    """One event that would have been told."""

    event: Annotated[str, Field(description="`event_id`")]
    time: Annotated[str, Field(description="when it happened")]
    triggers: Annotated[list[str], Field(description="ids of the triggers that match")]


@_EXACT
class BacktestCost(TypedDict):
    """An estimate, and no invoice."""

    currency: Literal["USD"]
    amount: Annotated[float, Field(ge=0)]


@_EXACT
class NearMisses(TypedDict):
    """Events that one filter alone kept away."""

    filter: Annotated[str, Field(description="the filter, or `abandoned`: abandoned calls beside missed ones")]
    more: Count
    sentence: str


@_EXACT
class BacktestResource(TypedDict):
    """What a rule would have done. Until `state` is `done`, the counts are those of the part that is done."""

    id: Annotated[str, Field(description="its id")]
    rule_id: Annotated[str | None, Field(description="null = the rule is not saved")]
    state: Literal["queued", "scanning", "done", "failed"]
    progress: Annotated[float, Field(ge=0, le=1)]
    first: Annotated[str, Field(alias="from", description="by receipt, included")]
    before: Annotated[str, Field(alias="to", description="excluded")]
    created_at: str
    expires_at: str
    runs: Annotated[Count, Field(alias="firings", description="after hold and throttle")]
    matches: Annotated[Count, Field(description="events that match a trigger")]
    per_day: list[DayCount]
    per_hour: list[HourCount]
    lines: Annotated[list[LineCount], Field(description=f"the {TOP_LINES} with the most")]
    listed: Annotated[list[BacktestMatch], Field(alias="first", description=f"the first {SHOWN}")]
    texts: Annotated[Count, Field(description="text messages, one for each receiver")]
    cost: BacktestCost
    near_misses: list[NearMisses]
    noise: Annotated[str | None, Field(description="a sentence if it is more than one an hour")]


_EXAMPLE = {
    "id": "019aa3c4-7d00-7c8f-9b3a-2f6d1e4c7a93",
    "rule_id": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a91",
    "state": "done",
    "progress": 1.0,
    "from": "2026-03-01T00:00:00.000Z",
    "to": "2026-03-02T00:00:00.000Z",
    "created_at": "2026-03-02T09:00:00.000Z",
    "expires_at": "2026-03-09T09:00:00.000Z",
    "firings": 1,
    "matches": 2,
    "per_day": [{"day": "2026-03-01", "count": 1}],
    "per_hour": [{"hour": hour, "count": int(hour == 9)} for hour in range(24)],
    "lines": [{"line": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a95", "count": 1}],
    "first": [
        {"event": "9f2b1c0d4e5f60718293a4b5c6d7e8f9", "time": "2026-03-01T09:12:00.000Z", "triggers": ["5a8f0c21d3e4"]}
    ],
    "texts": 1,
    "cost": {"currency": "USD", "amount": 0.045},
    "near_misses": [{"filter": "abandoned", "more": 2, "sentence": "2 more if abandoned calls counted"}],
    "noise": None,
}
_QUEUED = {
    **_EXAMPLE, "state": "queued", "progress": 0.0, "firings": 0, "matches": 0, "per_day": [], "lines": [], "first": [],
    "per_hour": [{"hour": hour, "count": 0} for hour in range(24)], "texts": 0,
    "cost": {"currency": "USD", "amount": 0.0}, "near_misses": [],
}  # fmt: skip
_SPAN = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z"}
_ABOUT = (
    "Walks over the events that were received in the span, through the triggers, the hold and the throttle of the "
    "rule, as if it had been enabled all the time. Nothing is sent. The span is at most as long as events of the "
    "account are kept. Answers 202 at once; `Location` shows progress and result, for 7 days, to who started it."
)
_ERRORS = tuple(status for status in ACT_ERRORS if status != 412)
_TAGS = ("Alert rules",)

OPERATIONS = (
    Operation(
        method="POST", path="/alert_rules/{id}/backtest", name="backtestAlertRule", tags=_TAGS,
        summary="Test a rule with earlier events",
        description=f"{_ABOUT} For all who may see the rule.",
        bodies=(SpanBody,), answer=BacktestResource, errors=_ERRORS, idempotent=True, accepted=True,
        request=_SPAN, response=_QUEUED,
    ),
    Operation(
        method="POST", path="/backtests", name="startBacktest", tags=_TAGS,
        summary="Test a rule that is not saved with earlier events",
        description=f"{_ABOUT} For all who may create such a rule.",
        bodies=(BacktestBody,), answer=BacktestResource, errors=_ERRORS, idempotent=True, accepted=True,
        request={
            "rule": {"name": "Missed calls", "type": "call", "triggers": [{"filters": {"statuses": ["missed"]}}]},
            **_SPAN,
        },
        response={**_QUEUED, "rule_id": None},
    ),
    Operation(
        method="GET", path="/backtests/{id}", name="getBacktest", tags=_TAGS,
        summary="Read a backtest",
        description="For who started it. 404 after 7 days.",
        answer=BacktestResource, errors=RESOURCE_ERRORS, response=_EXAMPLE,
    ),
)  # fmt: skip
