"""Contact groups: the list, a new one, and one group."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.site import Site
from console.stores import FOR_EVER, AccountStores, name_of
from console.visit import Visit, whole
from tocsin.calendar.domain.quiet_hours import QuietChoice, QuietHours, Reachable
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.contacts.domain.contact_group_json import data_of
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.stored_content.application.edit_group import EditGroup
from tocsin.stored_content.application.read_stores import group_of
from tocsin.stored_content.domain.store_request import StoreElement
from tocsin.stored_content.domain.stored_content import ContentType

PAGE = 50
"""People on one page of a group."""

GROUPS = frozenset({ContentType.CONTACT_GROUP})


@dataclass(frozen=True, slots=True)
class GroupPages:
    """What the pages of groups need.

    Attributes:
        stopped: of up to 100 addresses of a channel, those that must not be contacted, and why.
    """

    stores: AccountStores
    edit: EditGroup
    stopped: Callable[[TenantId, Channel, Sequence[str]], Mapping[str, Any]]


def group_routes(site: Site, use: GroupPages) -> Blueprint:
    """Return the routes of whole groups."""
    routes = Blueprint(__name__)

    @site.page(routes, "groups", Permission.ALERTS_SEND)
    def groups(visit: Visit) -> Response:
        mine = use.stores.all(visit, GROUPS)
        ours = [(store.store_id, name_of(store), store.created_at) for store in mine]
        of_companies = use.stores.companies.of(visit, {store.store_id: store.made for store in mine})
        others = [(key.id, key.name, s.store_id, name_of(s)) for key, s in use.stores.of_keys(visit, GROUPS)]
        return site.show(visit, "groups/list", groups=ours, others=others, of_companies=of_companies)

    @site.page(routes, "groups/new", Permission.ALERTS_SEND, posts=True)
    def new_group(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return _new(site, use, visit, "", secrets.token_hex(16))
        name, once = visit.form.get("name"), visit.form.get("once")
        content = json.dumps(data_of(ContactGroup(name, {})), ensure_ascii=False)
        try:
            id = use.stores.add(visit, StoreElement(ContentType.CONTACT_GROUP, "group", content, name, FOR_EVER), once)
        except InvalidRequest as error:
            return _new(site, use, visit, name, once, error.faults)
        return visit.go(f"groups/{id}", said="made")

    @site.page(routes, "groups/{store_id}", Permission.ALERTS_SEND)
    def group(visit: Visit, store_id: str) -> Response:
        key_id = visit.query.get("key", "")
        if key_id:
            key, store = use.stores.of_key(visit, key_id, store_id, GROUPS)
        else:
            key, store = None, use.stores.one(visit, store_id, GROUPS)
        found, search = group_of(store), visit.query.get("search", "").strip()
        fitting = [contact for contact in found.contacts.values() if _fits(contact, search)]
        first = whole(visit.query.get("from", "")) or 0
        return site.show(
            visit,
            "groups/group",
            store=store,
            name=name_of(store),
            key=key,
            once=secrets.token_hex(16),
            search=search,
            total=len(found.contacts),
            fitting=len(fitting),
            people=_rows(use, visit, fitting[first : first + PAGE]),
            following=first + PAGE if first + PAGE < len(fitting) else None,
            sets=[(name, len(ids)) for name, ids in found.sets.items()],
        )

    return routes


def _new(site: Site, use: GroupPages, visit: Visit, name: str, once: str, faults: Sequence[Fault] = ()) -> Response:
    values = {"name": name, "once": once, "faults": FaultsShown(faults), "company": visit.form.get("company")}
    companies = use.stores.companies.choices(visit)
    return site.show(visit, "groups/new", 422 if faults else 200, **values, companies=companies)


def _fits(contact: Contact, search: str) -> bool:
    wanted = search.casefold()
    texts = (contact.id, contact.sms, contact.email, contact.call)
    return not wanted or any(wanted in text.casefold() for text in texts)


def _rows(use: GroupPages, visit: Visit, contacts: Sequence[Contact]) -> list[dict[str, Any]]:
    texts = _stopped(use, visit, Channel.SMS, contacts)
    mails = _stopped(use, visit, Channel.EMAIL, contacts)
    return [
        {
            "name": contact.id,
            "sms": contact.sms,
            "email": contact.email,
            "call": contact.call,
            "quiet": quiet_words(contact.quiet),
            "no_text": contact.id in texts,
            "no_mail": contact.id in mails,
        }
        for contact in contacts
    ]


def _stopped(use: GroupPages, visit: Visit, channel: Channel, contacts: Sequence[Contact]) -> set[str]:
    """Return the names of those who must not be contacted on a channel: one read."""
    parse = parse_phone if channel is Channel.SMS else parse_email
    addresses: dict[str, str] = {}
    for contact in contacts:
        try:
            if raw := contact.address_on(channel):
                addresses[contact.id] = parse(raw)
        except (InvalidPhone, InvalidEmail):
            continue  # what is no address is shown as it is, and refused when an alert uses it
    found = use.stopped(visit.principal.tenant, channel, list(dict.fromkeys(addresses.values()))) if addresses else {}
    return {name for name, address in addresses.items() if address in found}


def quiet_words(quiet: QuietChoice) -> str:
    """Return quiet hours as a page shows them; "" if those of the account hold."""
    if isinstance(quiet, QuietHours):
        return f"{quiet.start:%H:%M}–{quiet.end:%H:%M}" + (f" {quiet.zone}" if quiet.zone else "")
    return "always reachable" if quiet is Reachable.ALWAYS else ""
