"""Routes of event sources."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.rules.refusals import REFUSALS, differences, faults_of
from console.site import Site
from console.sources.form import body_of, standing
from console.sources.words import KINDS, LABELS, REFRESHES, SIGNATURES, STATUSES
from console.visit import Form, Visit
from console.words import sentence
from tocsin.directory.domain.versions import check_match
from tocsin.entrypoint.telephony_body.sources import source_of
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.kernel.domain.errors import Fault, PreconditionFailed, StaleWrite
from tocsin.telephony.application.manage_sources import ManageSources, SourceWithSecret
from tocsin.telephony.domain.event_source import GENERIC, EventSource
from tocsin.telephony.domain.events_answer import ItemStatus
from tocsin.telephony.domain.set_up import set_up_of
from tocsin.telephony.ports.source_samples import SourceSample

NEEDS = (Permission.ACCOUNT, Reach.ALL)


@dataclass(frozen=True, slots=True)
class SourcePages:
    """What these pages need of the core.

    Attributes:
        console_url: where people reach the console, as `Call.address_by` reads it.
    """

    manage: ManageSources
    console_url: str

    def url(self, visit: Visit, source: EventSource) -> str:
        """Return where a source is reached: at the API. On the local engine only the console's address says it."""
        at_api = self.console_url if "{api}" in self.console_url else ""
        return f"{visit.call.address_by(at_api)}/events/{source.id}"


def source_routes(site: Site, use: SourcePages) -> Blueprint:
    """Return the routes of sources."""
    routes = Blueprint(__name__)

    @site.page(routes, "sources", NEEDS[0], reach=NEEDS[1])
    def sources(visit: Visit) -> Response:
        found = sorted(use.manage.list(visit.principal), key=lambda source: source.name.casefold())
        rows = [(source.id, source.name, KINDS[source.kind], source.enabled) for source in found]
        return site.show(visit, "sources/list", rows=rows)

    @site.page(routes, "sources/new", NEEDS[0], posts=True, reach=NEEDS[1])
    def new_source(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return _new(site, visit, Form({"zone": [visit.zone]}))
        kind = visit.form.get("kind")
        try:
            wanted = source_of(visit.principal.tenant, body_of(visit.form, kind))
            made = use.manage.create(visit.principal, wanted, visit.seed)
        except REFUSALS as error:
            return _new(site, visit, visit.form, faults_of(error, LABELS))
        return _secret(site, use, visit, made)

    @site.page(routes, "sources/{source_id}", NEEDS[0], posts=True, reach=NEEDS[1])
    def source(visit: Visit, source_id: str) -> Response:
        found = use.manage.get(visit.principal, source_id)
        if visit.call.method == "GET":
            return _source(site, use, visit, found)
        if visit.form.get("act") == "secret":
            return _secret(site, use, visit, use.manage.give_secret(visit.principal, found.id, visit.seed))
        return _save(site, use, visit, found)

    @site.page(routes, "sources/{source_id}/samples", NEEDS[0], reach=NEEDS[1])
    def samples(visit: Visit, source_id: str) -> Response:
        found = use.manage.get(visit.principal, source_id)
        shown = [_sample(each) for each in use.manage.last_samples(visit.principal, found.id)]
        return site.show(visit, "sources/samples", it=found, samples=shown)

    @site.page(routes, "sources/{source_id}/delete", NEEDS[0], posts=True, reach=NEEDS[1])
    def delete_source(visit: Visit, source_id: str) -> Response:
        found = use.manage.get(visit.principal, source_id)
        if visit.call.method == "GET":
            return site.show(visit, "sources/delete", it=found, moved=False)
        match = f'"{visit.form.get("version")}"'
        try:
            use.manage.delete(visit.principal, found.id, lambda source: check_match(match, source))
        except (PreconditionFailed, StaleWrite):
            return site.show(visit, "sources/delete", 409, it=found, moved=True)
        return visit.go("sources", said="deleted")

    return routes


def _new(site: Site, visit: Visit, form: Form, faults: Sequence[Fault] = ()) -> Response:
    return site.show(
        visit,
        "sources/new",
        422 if faults else 200,
        form=form,
        once=form.get("once") or secrets.token_hex(16),
        kinds=list(KINDS.items()),
        faults=FaultsShown(faults),
    )


def _source(
    site: Site,
    use: SourcePages,
    visit: Visit,
    source: EventSource,
    typed: Form | None = None,
    faults: Sequence[Fault] = (),
    *,
    lost: bool = False,
) -> Response:
    stands = standing(source)
    return site.show(
        visit,
        "sources/one",
        409 if lost else 422 if faults else 200,
        it=source,
        kind=KINDS[source.kind],
        generic=source.kind == GENERIC,
        set_up=set_up_of(source, use.url(visit, source)),
        form=stands if typed is None else typed,
        refreshes=[(word.value, said) for word, said in REFRESHES.items()],
        signatures=[("", "no one: only its secret counts"), *SIGNATURES.items()],
        version=source.version if lost or typed is None else typed.get("version"),
        once=secrets.token_hex(16),
        lost=differences(LABELS, stands, typed) if lost and typed is not None else None,
        faults=FaultsShown(faults),
    )


def _save(site: Site, use: SourcePages, visit: Visit, source: EventSource) -> Response:
    form, match = visit.form, f'"{visit.form.get("version")}"'

    def changed(before: EventSource) -> EventSource:
        check_match(match, before)
        return source_of(before.tenant, body_of(form, before.kind, before), before)

    try:
        use.manage.change(visit.principal, source.id, changed)
    except REFUSALS as error:
        now = use.manage.get(visit.principal, source.id)
        lost = isinstance(error, PreconditionFailed)
        return _source(site, use, visit, now, form, faults_of(error, LABELS), lost=lost)
    return visit.go(f"sources/{source.id}", said="saved")


def _secret(site: Site, use: SourcePages, visit: Visit, made: SourceWithSecret) -> Response:
    url = use.url(visit, made.source)
    set_up = set_up_of(made.source, url, made.secret)
    return site.show(visit, "sources/secret", it=made.source, secret=made.secret, url=url, set_up=set_up)


def _sample(sample: SourceSample) -> dict[str, Any]:
    events = [(each.type, each.event_id, *STATUSES[ItemStatus(each.status)]) for each in sample.events]
    reason = sentence(sample.reason.replace("_", " ")) if sample.reason else ""
    return {"at": sample.received_at, "payload": _indented(sample.payload), "events": events, "reason": reason}


def _indented(payload: str) -> str:
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return payload  # a form, a body that was cut, or no JSON at all
