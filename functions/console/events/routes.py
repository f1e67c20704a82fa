"""Routes of telephony events: the list, one event, and why a rule ran for one or did not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, Response

from console.events.words import deeds, detail, explained, party, told, type_word, types, verdict_words
from console.faults import FaultsShown
from console.rules.words import names_of_things
from console.site import Site
from console.visit import Visit
from tocsin.alert_rules.application.account import Account
from tocsin.alert_rules.application.explain_events import ExplainedRule, ExplainEvents
from tocsin.alert_rules.application.read_events import EventFilter, ReadEvents
from tocsin.alert_rules.domain.explain import NearMiss
from tocsin.alert_rules.domain.rights import may_see
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, Forbidden, NotFound
from tocsin.personal_notices.application.explain_notices import ExplainNotices
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.stored_event import EVENT_KEPT, StoredEvent

PAGE = 50

_FILTERS = ("from", "to", "type", "line", "number")
_READ = Permission.RULES_OWN


@dataclass(frozen=True, slots=True)
class EventPages:
    """What these pages need of the core."""

    events: ReadEvents
    explain: ExplainEvents
    notices: ExplainNotices


def event_routes(site: Site, use: EventPages) -> Blueprint:
    """Return the routes of events."""
    routes = Blueprint(__name__)

    @site.page(routes, "events", _READ)
    def events(visit: Visit) -> Response:
        use.events.check_may_read(visit.principal)
        filter, faults = _filter(visit)
        found: Sequence[StoredEvent] = []
        next, times = None, None
        if not faults:
            page = use.events.page(visit.principal, filter, PAGE, visit.query.get("cursor") or None)
            found, next, times = page.events, page.next, (page.since, page.until)
        return site.show(
            visit,
            "events/list",
            422 if faults else 200,
            rows=_rows(use, visit, found),
            next=next,
            times=times,
            days=EVENT_KEPT // timedelta(days=1),
            asked={name: visit.query.get(name, "") for name in _FILTERS},
            types=[("", "every type"), *types()],
            faults=FaultsShown(faults),
        )

    @site.page(routes, "events/{event_id}", _READ)
    def event(visit: Visit, event_id: str) -> Response:
        found = use.explain.event(visit.principal, event_id)
        account = use.events.account(visit.principal.tenant)
        names = names_of_things(account.things)
        return site.show(
            visit,
            "events/one",
            it=_shown(found.stored, account, names),
            facts=_facts(found.stored),
            data=_written(found.stored.event.data),
            extensions=_written(found.stored.extensions) if found.stored.extensions else "",
            rules=[explained(each, names) for each in found.rules],
            misses=[_miss(each, names) for each in found.near_misses],
            people=[told(each) for each in use.notices.concerned(visit.principal, found.stored)],
        )

    return routes


def explain_routes(site: Site, explain: ExplainEvents) -> Blueprint:
    """Return the route that says why a rule ran for an event, or did not."""
    routes = Blueprint(__name__)

    @site.page(routes, "rules/{rule_id}/explain", _READ)
    def explained_rule(visit: Visit, rule_id: str) -> Response:
        who, id = visit.principal, visit.query.get("event", "").strip()
        explain.check_may_see(who, rule_id)
        found: ExplainedRule | None = None
        faults = []
        try:
            found = explain.rule(who, rule_id, id) if id else None
        except NotFound:
            faults = [Fault("event", "NO_SUCH_THING", "There is no such event, or it is not kept any more.")]
        except Forbidden as error:
            faults = [Fault("event", error.code, f"You may not read that event: {error.right}.")]
        names = names_of_things(explain.account(who.tenant).things) if found else {}
        return site.show(
            visit,
            "events/explain",
            422 if faults else 200,
            it=explain.read.one(who, rule_id) if found is None else found.rule,
            event=id,
            rule=None if found is None else explained(found, names),
            faults=FaultsShown(faults),
        )

    return routes


def _filter(visit: Visit) -> tuple[EventFilter, Sequence[Fault]]:
    """Return the conditions of the address. The list ends now at the latest: later hours would be read too."""
    query = {name: visit.query.get(name, "").strip() or None for name in _FILTERS}
    since, until, faults = visit.span()
    if until is not None and until > visit.now:
        until = None
    return EventFilter(since, until, query["type"], query["line"], query["number"]), faults


def _rows(use: EventPages, visit: Visit, found: Sequence[StoredEvent]) -> list[dict[str, Any]]:
    """Return the rows of the list; the rules of all of them are read at once."""
    if not found:
        return []
    account = use.events.account(visit.principal.tenant)
    names = names_of_things(account.things)
    ids = {act[1] for stored in found for act in stored.acts if act[0] == ActKind.RULE.value}
    rules = use.explain.rules.get_many(visit.principal.tenant, sorted(ids)) if ids else []
    seen = {rule.id: rule.name for rule in rules if may_see(visit.principal, rule)}
    return [_shown(stored, account, names) | {"rules": _rules_of(stored, seen)} for stored in found]


def _rules_of(stored: StoredEvent, seen: Mapping[str, str]) -> list[str]:
    """Return the names of the rules that matched when the event came, as far as the visitor sees them."""
    return [seen[act[1]] for act in stored.acts if act[0] == ActKind.RULE.value and act[1] in seen]


def _shown(stored: StoredEvent, account: Account, names: Mapping[str, str]) -> dict[str, Any]:
    event = stored.event
    line = event.data.get("line")
    known = account.names.lines.get(line.casefold(), line) if isinstance(line, str) else ""
    return {
        "id": stored.name,
        "at": event.at,
        "received_at": event.received_at,
        "type": event.type,
        "word": type_word(event.type),
        "detail": detail(event),
        "line": names.get(known) or known,
        "from": party(event, "from"),
        "to": party(event, "to"),
        "deeds": deeds(stored),
        "test": event.sandbox,
    }


def _facts(stored: StoredEvent) -> list[tuple[str, str]]:
    event = stored.event
    return [("Event id", stored.name), ("Id of the sender", event.id), ("Source", event.source), ("Type", event.type)]


def _written(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), indent=2, ensure_ascii=False, default=str)


def _miss(miss: NearMiss, names: Mapping[str, str]) -> dict[str, Any]:
    place = miss.rule.triggers.index(miss.trigger) + 1
    return {
        "id": miss.rule.id,
        "name": miss.rule.name,
        "trigger": miss.trigger.description or f"Trigger {place}",
        "filter": verdict_words(miss.filter, names),
    }
