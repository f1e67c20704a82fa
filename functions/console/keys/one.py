"""One API key: its settings, capacity, token, what hangs on it, and whether it is enabled."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from chalice.app import Blueprint, Response

from console.composing.prefill import headline
from console.drafting import Drafting, SentOnce
from console.entries import Record
from console.faults import FaultsShown
from console.keys.form import CHANNELS, Grants, facts_of, placed, units_of
from console.keys.routes import shown, token_page
from console.site import Site
from console.stores import AccountStores
from console.visit import Form, Visit
from tocsin.audit.domain.entry import Thing
from tocsin.identity.application.change_api_key import ChangeApiKey
from tocsin.identity.application.read_capacities import CAPACITIES, ReadCapacities
from tocsin.identity.application.top_up_capacity import TopUpCapacity
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.grants import check_key_grant
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.schedules.application.list_schedules import ListSchedules
from tocsin.triggers.application.list_triggers import ListTriggers

NAMED = 20
"""Most schedules and triggers that the page names."""

OVERLAPS = (("24", "For 24 hours"), ("1", "For an hour"), ("168", "For a week"), ("0", "Not any more"))
"""How long the present token is still accepted, in hours, and in words."""


@dataclass(frozen=True, slots=True)
class OneKeyPages:
    """What this page needs of the core.

    Attributes:
        once: makes a form that adds capacity count once.
    """

    keys: ApiKeyRepository
    change: ChangeApiKey
    top_up: TopUpCapacity
    capacities: ReadCapacities
    grants: Grants
    schedules: ListSchedules
    triggers: ListTriggers
    stores: AccountStores
    once: SentOnce
    drafting: Drafting
    record: Record


def one_key_routes(site: Site, use: OneKeyPages) -> Blueprint:
    """Return the route of one key. Every change asks for a fresh proof."""
    routes = Blueprint(__name__)

    @site.page(routes, "keys/{key_id}", Permission.KEYS, posts=True, reach=Reach.ALL)
    def key(visit: Visit, key_id: str) -> Response:
        found = None if key_id == ACCOUNT_KEY else use.keys.get(visit.principal.tenant, ApiKeyId(key_id))
        if found is None:
            raise NotFound("API key")
        page = f"keys/{found.id}"
        if visit.call.method == "GET":
            return _key(site, use, visit, found, use.drafting.take(visit, page))
        if (proof := use.drafting.to_proof(visit, page)) is not None:
            return proof
        return _act(site, use, visit, found)

    return routes


def _act(site: Site, use: OneKeyPages, visit: Visit, key: ApiKey) -> Response:
    act, to = visit.form.get("act"), f"keys/{key.id}"
    record = partial(use.record, visit, thing=Thing("api_key", key.id, key.name))
    if act == "disable":
        if key.enabled:
            record("api_key.disabled", after={"enabled": False})
            use.change.enable(key.tenant, key.id, enabled=False)
        return visit.go(to, said="key-off")
    role = next((role for role in use.grants.roles(key.tenant) if role.id == key.role), None)
    check_key_grant(visit.principal, key, role)
    match act:
        case "enable":
            if not key.enabled:
                record("api_key.enabled", after={"enabled": True})
                use.change.enable(key.tenant, key.id, enabled=True)
            return visit.go(to, said="key-on")
        case "rotate":
            if use.once.was_sent(visit):
                return visit.go(to, said="repeated")
            hours = next((int(hours) for hours, _ in OVERLAPS if hours == visit.form.get("overlap")), 0)
            until = visit.now + timedelta(hours=hours) if hours else None
            record("api_key.rotated", after={"overlap": f"{hours}h"})
            return token_page(site, visit, use.change.rotate(key.tenant, key.id, until))
        case "end-former":
            if key.former is not None:
                record("api_key.former_ended")
                use.change.end_former(key.tenant, key.id)
            return visit.go(to, said="saved")
        case "save":
            return _save(site, use, visit, key)
    return _add_capacity(site, use, visit, key)


def _save(site: Site, use: OneKeyPages, visit: Visit, key: ApiKey) -> Response:
    """Replace name, rights, role, company, networks and owner."""

    def record(was: ApiKey, will: ApiKey) -> None:
        before, after = facts_of(was), facts_of(will)
        changed = [name for name in after if before[name] != after[name]]
        if changed:
            thing = Thing("api_key", key.id, was.name)
            parts = ({name: facts[name] for name in changed} for facts in (after, before))
            use.record(visit, "api_key.updated", thing, *parts)

    given, faults = use.grants.given(visit)
    if faults:
        return _key(site, use, visit, key, visit.form, faults)
    try:
        use.change.set(key.tenant, key.id, before=record, **given)
    except InvalidRequest as error:
        return _key(site, use, visit, key, visit.form, placed(error.faults))
    return visit.go(f"keys/{key.id}", said="saved")


def _add_capacity(site: Site, use: OneKeyPages, visit: Visit, key: ApiKey) -> Response:
    units, faults = units_of(visit.form, "add")
    faults += [
        Fault(f"add-{channel}", "OUT_OF_RANGE", f"{CHANNELS[channel]}: add 1 or more, where there is a limit.")
        for channel, more in units.items()
        if more < 1 or channel not in key.limited
    ]
    if not units and not faults:
        faults.append(Fault(f"add-{sorted(key.limited or CAPACITIES)[0]}", "REQUIRED", "Say how many to add."))
    if faults:
        return _key(site, use, visit, key, visit.form, faults)
    if use.once.was_sent(visit):
        return visit.go(f"keys/{key.id}", said="repeated")
    added = {channel.value: more for channel, more in units.items()}
    use.record(visit, "api_key.capacity_added", Thing("api_key", key.id, key.name), added)
    use.top_up(key.tenant, key.id, units)
    return visit.go(f"keys/{key.id}", said="saved")


def _key(
    site: Site, use: OneKeyPages, visit: Visit, key: ApiKey, typed: Form, faults: Sequence[Fault] = ()
) -> Response:
    hanging = list(_hanging(use, visit, key)) if key.enabled else []
    # A form that adds capacity has none of the fields of the settings.
    form = typed if "name" in typed.values else Form({**_stands(key), **typed.values})
    return site.show(
        visit,
        "keys/one",
        422 if faults else 200,
        it=shown(key, use.capacities, use.grants.names(key.tenant)),
        hanging=hanging[:NAMED],
        more=max(0, len(hanging) - NAMED),
        limited=[(each.value, CHANNELS[each]) for each in CAPACITIES if each in key.limited],
        overlaps=OVERLAPS,
        schedules_shown=visit.may(Permission.ALERTS_SEND, Reach.ALL),
        form=form,
        once=secrets.token_hex(16),
        faults=FaultsShown(faults),
        **use.grants.choices(visit),
    )


def _stands(key: ApiKey) -> dict[str, list[str]]:
    """Return the settings as the form has them."""
    return {
        "name": [key.name],
        "right": sorted(key.rights),
        "role": [key.role or ""],
        "company": [key.company or ""],
        "networks": ["\n".join(key.networks)],
        "owner": [key.owner_email or ""],
    }


def _hanging(use: OneKeyPages, visit: Visit, key: ApiKey) -> Iterator[tuple[str, str]]:
    """Yield what waits under a key: its kind in words, and what is sent."""
    for schedule in use.schedules(key, visit.now).schedules:
        if not schedule.over:
            yield "Scheduled", headline(use.stores, visit, schedule.store_id, key) or "an alert"
    for trigger in use.triggers(key, visit.now).triggers:
        words = " or ".join(word.keyword for word in trigger.words)
        yield f"Waits for {words}", headline(use.stores, visit, trigger.store_id, key) or "an alert"
