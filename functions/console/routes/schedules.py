"""Scheduled alerts: when they go out next, what became of the last run; pause, resume, cancel."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Response

from console.composing.prefill import headline
from console.entries import Record
from console.site import Site
from console.stores import AccountStores
from console.visit import Visit, whole
from console.words import counted
from tocsin.audit.domain.entry import Thing
from tocsin.calendar.domain.repeat import Interval
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import NotFound
from tocsin.schedules.application.change import Change, ChangeSchedule
from tocsin.schedules.application.list_schedules import ListSchedules
from tocsin.schedules.domain.codes import RUN_FAILURES
from tocsin.schedules.domain.schedule import Schedule, ScheduleId, ScheduleState

PAGE = 20
COMING = 5
"""Runs that a schedule's page foretells."""

STATES = {
    ScheduleState.ACTIVE: ("ok", "Runs"),
    ScheduleState.PAUSED: ("warn", "Paused"),
    ScheduleState.FINISHED: ("idle", "Over"),
    ScheduleState.CANCELLED: ("idle", "Cancelled"),
}

_CHANGES = {
    "pause": (Change.PAUSE, "paused", "paused"),
    "resume": (Change.RESUME, "resumed", "resumed"),
    "cancelled": (Change.CANCEL, "cancelled", "cancelled"),
}
"""Button, change, action of the audit entry, and what the page says then."""

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class SchedulePages:
    """What these pages need."""

    list_schedules: ListSchedules
    get: Callable[[ApiKey, ScheduleId], Schedule | None]
    change: ChangeSchedule
    stores: AccountStores
    record: Record


def schedule_routes(site: Site, use: SchedulePages) -> Blueprint:
    """Return the routes of scheduled alerts. Those of API keys are shown to who reaches the whole account."""
    routes = Blueprint(__name__)

    @site.page(routes, "schedules", Permission.ALERTS_SEND)
    def schedules(visit: Visit) -> Response:
        key = _asked_key(use, visit)
        found = use.list_schedules(key or visit.key(), visit.now).schedules
        coming = sorted((each for each in found if not each.over), key=_soonest)
        over = sorted((each for each in found if each.over), key=lambda each: each.ended_at or each.created_at)[::-1]
        every = [*coming, *over]
        first = whole(visit.query.get("from", "")) or 0
        page = every[first : first + PAGE]
        of_companies = {} if key else use.stores.companies.of(visit, {each.id: each.made for each in page})
        values = {
            "rows": [_row(use, visit, each, key) for each in page],
            "of_companies": of_companies,
            "following": first + PAGE if first + PAGE < len(every) else None,
            "key": key,
            "keys": [("", "The people of the account"), *((each.id, each.name) for each in use.stores.api_keys(visit))],
        }
        return site.show(visit, "schedules/list", 200, **values)

    @site.page(routes, "schedules/{schedule_id}", Permission.ALERTS_SEND, posts=True)
    def one(visit: Visit, schedule_id: str) -> Response:
        key = _asked_key(use, visit)
        schedule = _found(use, visit, schedule_id, key)
        row = _row(use, visit, schedule, key)
        part = visit.form.get("part")
        if visit.call.method == "GET" or (part not in _CHANGES and part != "cancel"):
            return site.show(visit, "schedules/one", row=row, key=key, coming=_coming(schedule, visit.now))
        if part == "cancel":
            return site.show(visit, "schedules/cancel", row=row)
        change, how, said = _CHANGES[part]
        if not schedule.over:
            use.record(visit, f"schedule.{how}", Thing("schedule", schedule.id, row["title"]))
            use.change(visit.key(), schedule.id, change)
        return visit.go(f"schedules/{schedule_id}" if change is not Change.CANCEL else "schedules", said=said)

    return routes


def _asked_key(use: SchedulePages, visit: Visit) -> ApiKey | None:
    """Return the API key whose schedules are asked for; None = the account's, which alone are changed here."""
    asked = visit.query.get("key", "") if visit.call.method == "GET" else ""
    return use.stores.api_key(visit, asked) if asked else None


def _found(use: SchedulePages, visit: Visit, schedule_id: str, of: ApiKey | None) -> Schedule:
    key = of or visit.key()
    found = use.get(key, ScheduleId(schedule_id)) if _ID.fullmatch(schedule_id) else None
    if found is None or not key.sees(found.made) or found.forgotten(visit.now):
        raise NotFound("schedule")
    return found


def _soonest(schedule: Schedule) -> tuple[bool, datetime]:
    return schedule.state is not ScheduleState.ACTIVE, schedule.next_at or schedule.created_at


def _row(use: SchedulePages, visit: Visit, schedule: Schedule, key: ApiKey | None) -> dict[str, Any]:
    kind, word = STATES[schedule.state]
    title = headline(use.stores, visit, schedule.store_id, key)
    return {
        "id": schedule.id,
        "title": title or "Its alert is gone",
        "alert_there": title is not None,
        "store": schedule.store_id,
        "kind": kind,
        "word": word,
        "active": schedule.state is ScheduleState.ACTIVE,
        "paused": schedule.state is ScheduleState.PAUSED,
        "next": schedule.next_at if schedule.state is ScheduleState.ACTIVE else None,
        "zone": schedule.zone,
        "repeats": repeats(schedule.interval),
        "end": schedule.end,
        "runs": schedule.runs,
        "missed": schedule.missed,
        "last_at": schedule.last_at,
        "last_alert": schedule.last_alert,
        "failure": RUN_FAILURES.words[schedule.last_failure].cause if schedule.last_failure else "",
    }


def _coming(schedule: Schedule, now: datetime) -> list[datetime]:
    """Return the next runs of an active schedule."""
    if schedule.state is not ScheduleState.ACTIVE or schedule.next_at is None:
        return []
    found = [schedule.next_at]
    while len(found) < COMING and not schedule.interval.none and (after := schedule.after(found[-1])) is not None:
        found.append(after)
    return found


def repeats(interval: Interval) -> str:
    """Return how often something runs, in words."""
    if interval.none:
        return "once"
    number, unit = int(str(interval)[:-1]), str(interval)[-1]
    noun = {"M": "month", "w": "week", "d": "day", "h": "hour", "m": "minute"}[unit]
    return f"every {noun}" if number == 1 else f"every {counted(number, noun)}"
