"""One person or one set of a contact group: add, change, remove."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.groups.contact_form import TypedContact, contact_typed, shown_contact, typed_contact
from console.groups.routes import GROUPS, GroupPages
from console.site import Site
from console.stores import name_of
from console.visit import Visit
from console.words import sentence
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.contacts.domain.contact_group_json import contact_data, set_of
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, InvalidRequest, LastContact, NotFound, PreconditionFailed
from tocsin.kernel.domain.plain_text import named
from tocsin.kernel.domain.version import check_version, version_of
from tocsin.stored_content.application.edit_group import set_data
from tocsin.stored_content.application.read_stores import group_of
from tocsin.stored_content.domain.stored_content import StoredContent

TICKED = 200
"""Up to so many people a set is chosen by ticks; in larger groups their names are typed."""

_CHANGED_MEANWHILE = "Another person has changed this meanwhile. Below is what you typed; Save again to keep it so."


def editing_routes(site: Site, use: GroupPages) -> Blueprint:
    """Return the routes of people and sets. The query names the person or set; without one it is a new one."""
    routes = Blueprint(__name__)

    @site.page(routes, "groups/{store_id}/person", Permission.ALERTS_SEND, posts=True)
    def person(visit: Visit, store_id: str) -> Response:
        store = use.stores.one(visit, store_id, GROUPS)
        group, name = group_of(store), visit.query.get("name", "")
        if name and name not in group.contacts:
            if visit.form.get("part") == "removed":  # the same form once more
                return visit.go(f"groups/{store_id}", said="removed")
            raise NotFound("contact")
        if visit.call.method == "GET":
            shown = shown_contact(group.contacts[name]) if name else TypedContact()
            return _person(site, visit, store, group, name, shown)
        if visit.form.get("part") in ("remove", "removed"):
            return _remove_person(site, use, visit, store, name)
        return _save_person(site, use, visit, store, name)

    @site.page(routes, "groups/{store_id}/set", Permission.ALERTS_SEND, posts=True)
    def contact_set(visit: Visit, store_id: str) -> Response:
        store = use.stores.one(visit, store_id, GROUPS)
        group, name = group_of(store), visit.query.get("name", "")
        if name and name not in group.sets:
            raise NotFound("set")
        if visit.call.method == "GET":
            return _set(site, visit, store, group, name, name, list(group.sets.get(name, ())))
        if visit.form.get("part") == "remove":
            use.stores.changed(visit, store, "updated", set_removed=name)
            use.edit.remove_set(_key(visit), store.store_id, name, visit.form.get("version") or None)
            return visit.go(f"groups/{store_id}", said="removed")
        return _save_set(site, use, visit, store, name)

    return routes


def _key(visit: Visit) -> Any:
    return visit.key()


def _save_person(site: Site, use: GroupPages, visit: Visit, store: StoredContent, name: str) -> Response:
    typed, group = typed_contact(visit.form, name), group_of(store)
    try:
        contact = contact_typed(typed)
        if not name and contact.id in group.contacts and group.contacts[contact.id] != contact:
            raise InvalidRequest([Fault("name", "ALREADY_EXISTS", "There is a person of this name in the group.")])
        version = visit.form.get("version") or None
        if not name and contact.id in group.contacts:  # the same form once more
            return visit.go(f"groups/{store.store_id}", said="saved")
        check_version(version, contact_data(group.contacts[name]) if name else None)
        use.stores.changed(visit, store, "updated", contact=contact.id)
        use.edit.put_contact(_key(visit), store.store_id, contact.id, contact_data(contact), version)
    except InvalidRequest as error:
        return _person(site, visit, store, group, name, typed, FaultsShown(error.faults), 422)
    except PreconditionFailed:
        stale = FaultsShown([Fault("", "PRECONDITION_FAILED", _CHANGED_MEANWHILE)])
        return _person(site, visit, store, group, name, typed, stale, 412)
    return visit.go(f"groups/{store.store_id}", said="saved")


def _remove_person(site: Site, use: GroupPages, visit: Visit, store: StoredContent, name: str) -> Response:
    if visit.form.get("part") == "remove":
        sets = [each for each, ids in group_of(store).sets.items() if name in ids]
        return site.show(visit, "groups/remove_person", store=store, name=name, group=name_of(store), sets=sets)
    group = group_of(store)
    if len(group.contacts) == 1:
        why = Fault("", LastContact.code, "The last person of a group stays. Delete the group instead.")
        return _person(site, visit, store, group, name, shown_contact(group.contacts[name]), FaultsShown([why]), 409)
    use.stores.changed(visit, store, "updated", contact_removed=name)
    use.edit.remove_contact(_key(visit), store.store_id, name)
    return visit.go(f"groups/{store.store_id}", said="removed")


def _save_set(site: Site, use: GroupPages, visit: Visit, store: StoredContent, name: str) -> Response:
    group = group_of(store)
    typed = name or named(visit.form.get("name"))
    chosen = [*visit.form.all("person"), *(named(line) for line in visit.form.text("people").splitlines())]
    chosen = [each for each in dict.fromkeys(chosen) if each]
    faults = [
        Fault("people", "UNKNOWN", f"“{each}” is not in the group.") for each in chosen if each not in group.contacts
    ]
    if not typed:
        faults.append(Fault("name", "REQUIRED", "Give the set a name."))
    elif not name and typed in group.sets and list(group.sets[typed]) != chosen:
        faults.append(Fault("name", "ALREADY_EXISTS", "There is a set of this name in the group."))
    try:
        if faults:
            raise InvalidRequest(faults)
        version, data = visit.form.get("version") or None, {"ids": chosen}
        check_version(version, set_data(group, name) if name else None)
        set_of(data, typed, group)
        use.stores.changed(visit, store, "updated", set=typed, contacts=len(chosen))
        use.edit.put_set(_key(visit), store.store_id, typed, data, version)
    except InvalidRequest as error:
        shown = [Fault(_set_field(fault.pointer), fault.code, sentence(fault.message)) for fault in error.faults]
        return _set(site, visit, store, group, name, typed, chosen, FaultsShown(shown), 422)
    except PreconditionFailed:
        stale = FaultsShown([Fault("", "PRECONDITION_FAILED", _CHANGED_MEANWHILE)])
        return _set(site, visit, store, group, name, typed, chosen, stale, 412)
    return visit.go(f"groups/{store.store_id}", said="saved")


def _set_field(pointer: str) -> str:
    return "name" if pointer.endswith("name") else "people"


def _person(
    site: Site,
    visit: Visit,
    store: StoredContent,
    group: ContactGroup,
    name: str,
    form: TypedContact,
    faults: FaultsShown | None = None,
    status: int = 200,
) -> Response:
    return site.show(
        visit,
        "groups/person",
        status,
        store=store,
        group=name_of(store),
        name=name,
        form=form,
        sets=[each for each, ids in group.sets.items() if name in ids],
        version=version_of(contact_data(group.contacts[name])) if name else "",
        faults=faults or FaultsShown(),
    )


def _set(
    site: Site,
    visit: Visit,
    store: StoredContent,
    group: ContactGroup,
    name: str,
    typed: str,
    chosen: list[str],
    faults: FaultsShown | None = None,
    status: int = 200,
) -> Response:
    return site.show(
        visit,
        "groups/set",
        status,
        store=store,
        group=name_of(store),
        name=name,
        typed=typed,
        chosen=chosen,
        people=list(group.contacts) if len(group.contacts) <= TICKED else None,
        version=version_of(set_data(group, name)) if name else "",
        faults=faults or FaultsShown(),
    )
