"""Stored escalations: the list, one with its steps, send it as it is, let it wait for a keyword."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, Response

from console.composing.happens import Happens, happens
from console.entries import Record
from console.escalations.words import shown_escalation
from console.faults import FaultsShown
from console.routes.compose import Composing, claim_of
from console.site import Site
from console.stores import name_of
from console.visit import Form, Visit, whole
from console.words import sentence
from tocsin.alerts.domain.features import TriggerKind, TriggerOptions, TriggerWord
from tocsin.alerts.domain.request import SendRequest
from tocsin.audit.domain.entry import Thing
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, InvalidRequest, RequestTooLarge, Superseded
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.triggers.application.activate import ActivateTrigger
from tocsin.triggers.application.list_triggers import ListTriggers

KINDS = {ContentType.ALERT}

PAGE = 20
MOST_READ = 100
"""Stored alerts that one page reads to find those with steps."""

MOST_RUNS = 1_000_000

_HOW = {TriggerKind.SMS: "by text", TriggerKind.EMAIL: "in the subject of a mail"}
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class EscalationPages:
    """What these pages need."""

    composing: Composing
    activate: ActivateTrigger
    list_triggers: ListTriggers
    record: Record


def escalation_routes(site: Site, use: EscalationPages) -> Blueprint:
    """Return the routes of stored escalations. Deleting and renaming are those of all stores."""
    routes = Blueprint(__name__)
    stores = use.composing.stores

    @site.page(routes, "escalations", Permission.ALERTS_SEND)
    def escalations(visit: Visit) -> Response:
        rows, following = _page(use, visit, whole(visit.query.get("from", "")) or 0)
        values = {"rows": rows, "following": following, "keys": bool(stores.api_keys(visit))}
        return site.show(visit, "escalations/list", 200, **values)

    @site.page(routes, "escalations/{store_id}", Permission.ALERTS_SEND)
    def one(visit: Visit, store_id: str) -> Response:
        store = stores.one(visit, store_id, KINDS)
        return site.show(
            visit,
            "escalations/one",
            store=store,
            name=name_of(store),
            escalation=shown_escalation(store),
            waiting=stores.waiting(visit, store),
        )

    @site.page(routes, "escalations/{store_id}/run", Permission.ALERTS_SEND, posts=True)
    def run(visit: Visit, store_id: str) -> Response:
        store = stores.one(visit, store_id, KINDS)
        once = visit.form.get("once") or secrets.token_hex(16)
        request, planned, faults = _planned(use, visit, store, once)
        if visit.call.method == "GET" or request is None or planned is None or not planned.messages:
            return _confirm(site, visit, store, once, planned, faults)
        if planned.type_it and visit.form.get("typed") != str(planned.receivers):
            return _confirm(site, visit, store, once, planned, faults, wrong=True)
        use.composing.may_send()
        stores.repository.touch(store, visit.now)
        result = use.composing.send(_key(visit, store), request, claim_of(once, store.content))
        if result.alert_ref is None:
            faults = [Fault("", "NOTHING_ACCEPTED", sentence(result.failure_reason or "nothing was sent"))]
            return _confirm(site, visit, store, once, planned, faults)
        return visit.go(f"alerts/{result.alert_ref}", said="sent")

    @site.page(routes, "escalations/{store_id}/arm", Permission.ALERTS_SEND, posts=True)
    def arm(visit: Visit, store_id: str) -> Response:
        store = stores.one(visit, store_id, KINDS)
        if visit.call.method == "GET":
            return _arming(site, use, visit, store, Form())
        return _arm(site, use, visit, store)

    return routes


def _page(use: EscalationPages, visit: Visit, first: int) -> tuple[list[dict[str, Any]], int | None]:
    """Return the stored alerts with steps from a place in the list on, and the place of the next page."""
    stores = use.composing.stores
    # Those without a name belong to schedules and triggers, which have pages of their own.
    named = [store for store in stores.all(visit, KINDS) if store.name is not None]
    rows: list[dict[str, Any]] = []
    place = first
    for store in named[first : first + MOST_READ]:
        if len(rows) == PAGE:
            break
        place += 1
        found = shown_escalation(stores.one(visit, store.store_id, KINDS))
        if found.escalates:
            rows.append({"id": store.store_id, "name": name_of(store), "escalation": found, "made": store.created_at})
    made = {store.store_id: store.made for store in named[first:place]}
    of_companies = stores.companies.of(visit, {row["id"]: made[row["id"]] for row in rows})
    for row in rows:
        row["company"] = of_companies.get(row["id"])
    return rows, place if place < len(named) else None


def _planned(
    use: EscalationPages, visit: Visit, store: StoredContent, once: str
) -> tuple[SendRequest | None, Happens | None, Sequence[Fault]]:
    """Return the alert as it would be sent now, what would happen, and why it cannot be sent."""
    try:
        request = read_stored(store.content, f"console-{once}", store.created_at)
        if request.schedule or request.deferral or request.trigger:
            raise InvalidRequest([Fault("", "CONFLICT", "it has a time or a trigger of its own")])
        return request, happens(use.composing.plan(_key(visit, store), request)), ()
    except InvalidRequest as error:
        return None, None, [Fault("", each.code, sentence(each.message)) for each in error.faults]
    except (RequestTooLarge, Superseded) as error:
        return None, None, [Fault("", error.code, str(error))]


def _confirm(
    site: Site,
    visit: Visit,
    store: StoredContent,
    once: str,
    planned: Happens | None,
    faults: Sequence[Fault],
    *,
    wrong: bool = False,
) -> Response:
    return site.show(
        visit,
        "escalations/run",
        422 if faults or wrong else 200,
        store=store,
        name=name_of(store),
        once=once,
        happens=planned,
        wrong=wrong,
        faults=FaultsShown(faults),
    )


def _key(visit: Visit, store: StoredContent) -> ApiKey:
    """Return the account key as the visitor uses it. What is made of a store is of the store's company."""
    return visit.key(company=store.made.company)


def _arm(site: Site, use: EscalationPages, visit: Visit, store: StoredContent) -> Response:
    """Let a copy of the alert wait for a keyword. A second click finds the trigger of the first."""
    form, once = visit.form, visit.form.get("once") or secrets.token_hex(16)
    request, _, faults = _planned(use, visit, store, once)
    options, more = _options(form)
    if request is None or options is None:
        return _arming(site, use, visit, store, form, [*faults, *more])
    armed = replace(request, trigger=options, text=store.content)
    thing, word = Thing("stored_alert", store.store_id, name_of(store)), options.words[0].keyword
    entry = use.record.entry(visit, "stored_alert.armed", thing, {"keyword": word})
    try:
        found = use.activate(_key(visit, store), armed, claim_of(once, f"{store.content}|{options}"), entry)
    except InvalidRequest as error:
        return _arming(site, use, visit, store, form, [_at_field(each) for each in error.faults])
    if found.store_id is None:
        reason = found.sent.failure_reason if found.sent else None
        faults = [Fault("", "NOTHING_ACCEPTED", sentence(reason or "it could not be sent now"))]
        return _arming(site, use, visit, store, form, faults)
    return visit.go("triggers", said="armed")


def _options(form: Form) -> tuple[TriggerOptions | None, list[Fault]]:
    faults = []
    keyword, minutes, most = form.get("keyword"), whole(form.get("every") or "1"), whole(form.get("most") or "0")
    if not 1 <= len(keyword) <= _LONGEST_WORD or any(not each.isprintable() or each.isspace() for each in keyword):
        faults.append(Fault("keyword", "WRONG_FORM", f"One word without blanks, of up to {_LONGEST_WORD} letters."))
    if minutes is None or not 1 <= minutes <= 10_080:
        faults.append(Fault("every", "OUT_OF_RANGE", "A number of minutes from 1 to 10,080, which is a week."))
    if most is None or most > MOST_RUNS:
        faults.append(Fault("most", "OUT_OF_RANGE", "A number up to 1,000,000."))
    if minutes is None or most is None or faults:
        return None, faults
    kind = TriggerKind.SMS if form.get("kind") == TriggerKind.SMS else TriggerKind.EMAIL
    word = TriggerWord(kind, keyword, "console")
    return TriggerOptions((word,), timedelta(minutes=minutes), most), []


def _at_field(fault: Fault) -> Fault:
    """Return a fault of the use case at the field of the form."""
    field = "keyword" if "/keyword" in fault.pointer else "kind" if fault.pointer.endswith("/type") else ""
    return Fault(field, fault.code, sentence(fault.message))


def _arming(
    site: Site, use: EscalationPages, visit: Visit, store: StoredContent, form: Form, faults: Sequence[Fault] = ()
) -> Response:
    places = use.list_triggers(visit.key(), visit.now).places
    return site.show(
        visit,
        "escalations/arm",
        422 if faults else 200,
        store=store,
        name=name_of(store),
        form=form,
        once=form.get("once") or secrets.token_hex(16),
        kinds=[(kind.value, f"{how}, to {' or '.join(places[kind])}") for kind, how in _HOW.items() if places[kind]],
        faults=FaultsShown(faults),
    )
