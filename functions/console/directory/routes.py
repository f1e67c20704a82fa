"""Pages of companies, lines, phone numbers and groups: the list, one thing, a new one, and its end."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.audit_words import who_of
from console.directory.form import REFUSALS, Typed, differences, faults_of, standing
from console.directory.words import KINDS, Names, called, cells
from console.faults import NOTHING_STOPS, FaultsShown, Stops
from console.people_words import name_of, shown_thing
from console.site import Site
from console.visit import Form, Visit
from tocsin.audit.ports import AuditQuery, AuditTrail
from tocsin.directory.application.delete_thing import DeleteThing
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.write_directory import WriteDirectory
from tocsin.directory.domain.authority import check_touch, in_reach, may_change, may_read
from tocsin.directory.domain.things import WORD, AnyThing, Kind
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Fault, Forbidden, InUse, NotFound, PreconditionFailed, StaleWrite

PAGE = 50
SHOWN = 100
"""Most things that a page about a deletion lists; it counts all."""

CHANGE = (Permission.DIRECTORY_MANAGE, Reach.COMPANIES)


@dataclass(frozen=True, slots=True)
class DirectoryPages:
    """What these pages need of the core."""

    read: ReadDirectory
    write: WriteDirectory
    delete: DeleteThing
    trail: AuditTrail


def directory_routes(site: Site, use: DirectoryPages) -> Blueprint:
    """Return the routes of the directory."""
    routes = Blueprint(__name__)

    @site.page(routes, "directory", Permission.DIRECTORY_READ)
    def directory(visit: Visit) -> Response:
        return visit.go(f"directory/{Kind.LINE.value}")

    @site.page(routes, "directory/{kind}", Permission.DIRECTORY_READ)
    def things(visit: Visit, kind: str) -> Response:
        return _list(site, use, visit, _kind(kind))

    @site.page(routes, "directory/{kind}/new", CHANGE[0], posts=True, reach=CHANGE[1])
    def new_thing(visit: Visit, kind: str) -> Response:
        of = _kind(kind)
        may_change(visit.principal, of)
        if visit.call.method == "GET":
            return _new(site, use, visit, of, Form())
        form, who = visit.form, visit.principal
        once = hashlib.sha256(f"{who.actor}|{form.get('once')}".encode()).hexdigest()[:32]
        try:
            made = use.write.create(who, of, Typed(use.read, use.write.fields, who.tenant, of).body(form), once)
        except REFUSALS as error:
            return _new(site, use, visit, of, form, faults_of(error, of))
        return visit.go(f"directory/{kind}/{made.id}", said="made")

    @site.page(routes, "directory/{kind}/{thing_id}", Permission.DIRECTORY_READ, posts=True)
    def one_thing(visit: Visit, kind: str, thing_id: str) -> Response:
        of, who = _kind(kind), visit.principal
        found = use.read.one(who, of, thing_id)
        if visit.call.method == "GET":
            return _one(site, use, visit, found, of)
        who.need(*CHANGE)
        try:
            body = Typed(use.read, use.write.fields, who.tenant, of).body(visit.form)
            version, confirm = f'"{visit.form.get("version")}"', visit.form.get("confirm") or None
            use.write.change(who, of, thing_id, body, version, confirm)
        except REFUSALS as error:
            now = use.read.one(who, of, thing_id)
            lost = isinstance(error, PreconditionFailed)
            return _one(site, use, visit, now, of, visit.form, faults_of(error, of), Stops.of(error), lost=lost)
        return visit.go(f"directory/{kind}/{thing_id}", said="saved")

    @site.page(routes, "directory/{kind}/{thing_id}/delete", CHANGE[0], posts=True, reach=CHANGE[1])
    def delete_thing(visit: Visit, kind: str, thing_id: str) -> Response:
        of, who, form = _kind(kind), visit.principal, visit.form
        if visit.call.method == "GET":
            return _deletion(site, use, visit, of, thing_id)
        try:
            use.delete(who, of, thing_id, f'"{form.get("version")}"', form.get("confirm") or None)
        except (InUse, PreconditionFailed, StaleWrite):
            return _deletion(site, use, visit, of, thing_id, moved=True)
        return visit.go(f"directory/{kind}", said="deleted")

    return routes


def may_change_kind(visit: Visit, kind: Kind) -> bool:
    """Whether the visitor may change things of a kind."""
    try:
        may_change(visit.principal, kind)
    except Forbidden:
        return False
    return True


def _kind(word: str) -> Kind:
    found = next((kind for kind in KINDS if kind.value == word), None)
    if found is None:
        raise NotFound("kind of things")
    return found


def _list(site: Site, use: DirectoryPages, visit: Visit, kind: Kind) -> Response:
    who, wanted = visit.principal, visit.query.get("find", "").strip()
    if wanted and (thing := _named(use, visit, kind, wanted)) is not None:
        return visit.go(f"directory/{kind.value}/{thing.id}")
    page, reach = use.read.things(who, kind, PAGE, visit.query.get("cursor") or None), may_read(who, kind)
    full = [thing for thing in page.things if not use.read.is_brief(who, thing, reach)]
    names = Names(use.read.references, who.tenant, full)
    rows = [
        (thing.id, name_of(thing), cells(thing, names) if thing in full else [getattr(thing, "label", "")])
        for thing in sorted(page.things, key=lambda thing: name_of(thing).casefold())
    ]
    return site.show(
        visit,
        "directory/list",
        kind=kind.value,
        words=KINDS[kind],
        tabs=_tabs(),
        rows=rows,
        next=page.next,
        find=wanted,
        may_change=may_change_kind(visit, kind),
        may_import=any(may_change_kind(visit, each) for each in KINDS),
    )


def _named(use: DirectoryPages, visit: Visit, kind: Kind, wanted: str) -> AnyThing | None:
    """Return the thing that the visitor looks for, if they may see it."""
    keys = [f"{group}:{wanted}" for group in ("queue", "hunt_group")] if kind is Kind.GROUP else [wanted]
    for key in keys:
        found = use.read.directory.by_natural_key(visit.principal.tenant, kind, key)
        try:
            if found is not None:
                return use.read.one(visit.principal, kind, found.id)
        except Forbidden:
            continue
    return None


def _tabs() -> list[tuple[str, str]]:
    return [(f"directory/{kind.value}", words.many) for kind, words in KINDS.items()]


def _new(
    site: Site, use: DirectoryPages, visit: Visit, kind: Kind, form: Form, faults: Sequence[Fault] = ()
) -> Response:
    return site.show(
        visit,
        "directory/new",
        422 if faults else 200,
        kind=kind.value,
        words=KINDS[kind],
        form=form,
        once=form.get("once") or secrets.token_hex(16),
        faults=FaultsShown(faults),
        **_choices(use, visit, kind),
    )


def _one(
    site: Site,
    use: DirectoryPages,
    visit: Visit,
    thing: AnyThing,
    kind: Kind,
    typed: Form | None = None,
    faults: Sequence[Fault] = (),
    stops: Stops = NOTHING_STOPS,
    *,
    lost: bool = False,
) -> Response:
    who, reach = visit.principal, may_read(visit.principal, kind)
    if use.read.is_brief(who, thing, reach):
        told, may, now = [("Label", getattr(thing, "label", ""))], False, Form()
    else:
        names = Names(use.read.references, who.tenant, [thing])
        told = [*zip(KINDS[kind].columns, cells(thing, names), strict=True)]
        may, now = _may_touch(visit, thing, kind), standing(thing, names, lambda user: _sees(visit, user))
    choices = _choices(use, visit, kind) if may else {}
    return site.show(
        visit,
        "directory/one",
        422 if faults else 200,
        kind=kind.value,
        words=KINDS[kind],
        id=thing.id,
        name=name_of(thing),
        told=told,
        # A form with a fault stays a form of the version that it was opened with: a change in between is still told.
        version=thing.version if lost or typed is None else typed.get("version"),
        form=now if typed is None else typed,
        lost=differences(kind, now, typed, choices) if lost and typed is not None else [],
        by=_last_change(use, visit, kind, thing.id) if lost else None,
        may_change=may,
        stops=stops,
        faults=FaultsShown(faults),
        **choices,
    )


def _deletion(site: Site, use: DirectoryPages, visit: Visit, kind: Kind, id: str, *, moved: bool = False) -> Response:
    deletion = use.delete.planned(visit.principal, kind, id)
    return site.show(
        visit,
        "directory/delete",
        409 if moved else 200,
        kind=kind.value,
        words=KINDS[kind],
        id=id,
        name=called(deletion.thing),
        version=deletion.thing.version,
        holders=[shown_thing(holder) for holder, _ in deletion.holders[:SHOWN]],
        more=max(0, len(deletion.holders) - SHOWN),
        in_the_way=[shown_thing(holder) for holder in deletion.in_the_way[:SHOWN]],
        rules=len(deletion.rules),
        barred=deletion.is_barred,
        confirm=deletion.confirm or "",
        moved=moved,
    )


def _may_touch(visit: Visit, thing: AnyThing, kind: Kind) -> bool:
    try:
        check_touch(visit.principal, thing, may_change(visit.principal, kind))
    except Forbidden:
        return False
    return True


def _sees(visit: Visit, user: User) -> bool:
    try:
        return in_reach(visit.principal, user, may_read(visit.principal, Kind.USER))
    except Forbidden:
        return False


def _last_change(use: DirectoryPages, visit: Visit, kind: Kind, id: str) -> tuple[str, Any] | None:
    """Return who changed a thing last, and when."""
    query = AuditQuery(thing=f"{WORD[kind]}:{id}")
    entries = use.trail.read(visit.principal.tenant, query, 1, None, visit.now).entries
    return (who_of(entries[0].who), entries[0].at) if entries else None


def _choices(use: DirectoryPages, visit: Visit, kind: Kind) -> dict[str, Any]:
    """Return what can be chosen: the visitor's companies and, for a number, groups."""

    def mine(of: Kind) -> list[AnyThing]:
        reach = may_change(visit.principal, kind)
        things = use.read.directory.all(visit.principal.tenant, of)
        return sorted((each for each in things if in_reach(visit.principal, each, reach)), key=called)

    groups = mine(Kind.GROUP) if kind is Kind.PHONE_NUMBER else []
    companies = mine(Kind.COMPANY) if kind is not Kind.COMPANY else []
    return {
        "companies": [("", "none"), *((each.id, called(each)) for each in companies)],
        "groups": [("", "none"), *((each.id, called(each)) for each in groups)],
    }
