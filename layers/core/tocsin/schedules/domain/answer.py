"""What a client is told about a schedule it made or changed; and as text, kept beside its Idempotency-Key."""

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
    """An alert is kept, and sent later.

    Attributes:
        schedule_id: None: it is not scheduled, only stored.
        expiration_in_days: how long its store lives unused, rounded up; 0 = for ever.
        next_run_at: None while it is paused.
    """

    client_ref: str
    store_id: StoreId
    expiration_in_days: int
    schedule_id: ScheduleId | None = None
    store_name: str | None = None
    next_run_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """How a schedule stands after a change.

    Attributes:
        next_run_at: None while it is paused, and when it is over.
        ended_at: when it was cancelled, the first time; or finished.
    """

    schedule_id: ScheduleId
    state: ScheduleState
    next_run_at: datetime | None
    ended_at: datetime | None

    @staticmethod
    def of(schedule: Schedule) -> Changed:
        """Return how it stands."""
        return Changed(schedule.id, schedule.state, next_run(schedule), schedule.ended_at)


def next_run(schedule: Schedule) -> datetime | None:
    """Return when it runs next as things stand."""
    return schedule.next_at if schedule.state is ScheduleState.ACTIVE else None


def encode_scheduled(result: Scheduled) -> str:
    """Return it as one line of JSON."""
    return _encode({**asdict(result), "next_run_at": _text(result.next_run_at)})


def decode_scheduled(text: str) -> Scheduled:
    """Read it back. Raises ValueError if it is something else."""
    body = _decode(text)
    return Scheduled(**{**body, "next_run_at": _time(body["next_run_at"])})


def encode_changed(result: Changed) -> str:
    """Return it as one line of JSON."""
    times = {"next_run_at": _text(result.next_run_at), "ended_at": _text(result.ended_at)}
    return _encode({**asdict(result), **times})


def decode_changed(text: str) -> Changed:
    """Read it back. Raises ValueError if it is something else."""
    body = _decode(text)
    return Changed(
        body["schedule_id"], ScheduleState(body["state"]), _time(body["next_run_at"]), _time(body["ended_at"])
    )


def encode_together(results: list[SendResult | Scheduled]) -> str:
    """Return the answers to several alerts of one call as one line of JSON."""
    told = [
        ["sent", encode_answer(result)] if isinstance(result, SendResult) else ["scheduled", encode_scheduled(result)]
        for result in results
    ]
    return _encode({"results": told})


def decode_together(text: str) -> list[SendResult | Scheduled]:
    """Read them back. Raises ValueError if it is something else."""
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
