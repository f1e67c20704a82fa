"""Answers about a new or changed schedule, and their text form for the idempotency store."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tocsin.alerts.domain.answer import decode_answer, encode_answer
from tocsin.alerts.domain.result import SendResult
from tocsin.kernel.domain.ids import StoreId
from tocsin.schedules.domain.schedule import Schedule, ScheduleId, ScheduleState

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An alert was stored, and perhaps scheduled.

    Attributes:
        expiration_in_days: unused lifetime of the store, rounded up; 0 = endless.
        schedule_id: None = the alert is only stored.
        store_name: None = the store has no name.
        next_run_at: None = the schedule is paused, or there is none.
    """

    client_ref: str
    store_id: StoreId
    expiration_in_days: int
    schedule_id: ScheduleId | None = None
    store_name: str | None = None
    next_run_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A schedule after a change.

    Attributes:
        next_run_at: None = the schedule is paused or over.
        ended_at: when the schedule was first cancelled, or finished; None = neither.
    """

    schedule_id: ScheduleId
    state: ScheduleState
    next_run_at: datetime | None
    ended_at: datetime | None

    @staticmethod
    def of(schedule: Schedule) -> Changed:
        """Return the answer about a schedule."""
        return Changed(schedule.id, schedule.state, next_run(schedule), schedule.ended_at)


def next_run(schedule: Schedule) -> datetime | None:
    """Return the next run of an active schedule; None = not active."""
    return schedule.next_at if schedule.state is ScheduleState.ACTIVE else None


def encode_scheduled(result: Scheduled) -> str:
    """Return an answer as one line of JSON."""
    return _encode({**asdict(result), "next_run_at": _text(result.next_run_at)})


def decode_scheduled(text: str) -> Scheduled:
    """Return an encoded answer. Raises ValueError for another version."""
    body = _decode(text)
    return Scheduled(**{**body, "next_run_at": _time(body["next_run_at"])})


def encode_changed(result: Changed) -> str:
    """Return an answer as one line of JSON."""
    times = {"next_run_at": _text(result.next_run_at), "ended_at": _text(result.ended_at)}
    return _encode({**asdict(result), **times})


def decode_changed(text: str) -> Changed:
    """Return an encoded answer. Raises ValueError for another version."""
    body = _decode(text)
    return Changed(
        body["schedule_id"], ScheduleState(body["state"]), _time(body["next_run_at"]), _time(body["ended_at"])
    )


def encode_together(results: list[SendResult | Scheduled]) -> str:
    """Return the answers to several alerts of one call as one line of JSON."""
    answers = [
        ["sent", encode_answer(result)] if isinstance(result, SendResult) else ["scheduled", encode_scheduled(result)]
        for result in results
    ]
    return _encode({"results": answers})


def decode_together(text: str) -> list[SendResult | Scheduled]:
    """Return encoded answers. Raises ValueError for another version."""
    return [
        decode_answer(answer) if kind == "sent" else decode_scheduled(answer)
        for kind, answer in _decode(text)["results"]
    ]


def _encode(body: dict[str, Any]) -> str:
    return json.dumps({"v": _VERSION, **body}, separators=(",", ":"), ensure_ascii=False)


def _decode(text: str) -> dict[str, Any]:
    body = json.loads(text)
    if not isinstance(body, dict) or body.pop("v", None) != _VERSION:
        raise ValueError("not an answer of a version this code knows")
    return dict(body)


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
