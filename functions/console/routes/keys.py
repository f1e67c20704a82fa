"""API keys: the list, one key, a new one. A token is shown once, on the answer to the form that made it."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalice.app import Blueprint, Response

from console.drafting import Drafting, SentOnce
from console.entries import Record
from console.faults import FaultsShown
from console.key_form import CHANNELS, RIGHTS, givable, placed, rights_of, units_of
from console.site import Site
from console.visit import Form, Visit
from tocsin.audit.domain.entry import Thing
from tocsin.egress.domain.callback_url import Callback
from tocsin.identity.application.change_api_key import ChangeApiKey
from tocsin.identity.application.create_api_key import CreateApiKey, NewApiKey
from tocsin.identity.application.read_capacities import CAPACITIES, ReadCapacities
from tocsin.identity.application.top_up_capacity import TopUpCapacity
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.api_key_token import new_key_id
from tocsin.identity.domain.grants import check_key_grant
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.role import Role
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound, StaleWrite
from tocsin.kernel.domain.ids import ApiKeyId

_NEW = "keys/new"


@dataclass(frozen=True, slots=True)
class KeyPages:
    """What these pages need of the core.

    Attributes:
        waiting: how many schedules and triggers wait under a key.
        once: makes a form that adds capacity count once.
        role: the role of a key as it stands; None = it has none.
    """

    keys: ApiKeyRepository
    create: CreateApiKey
    change: ChangeApiKey
    top_up: TopUpCapacity
    capacities: ReadCapacities
    waiting: Callable[[ApiKey], tuple[int, int]]
    once: SentOnce
    role: Callable[[ApiKey], Role | None]
    drafting: Drafting
    record: Record


def key_routes(site: Site, use: KeyPages) -> Blueprint:
    """Return the routes of API keys. Every change asks for a fresh proof."""
    routes = Blueprint(__name__)

    @site.page(routes, "keys", Permission.KEYS, reach=Reach.ALL)
    def keys(visit: Visit) -> Response:
        found = use.keys.list(visit.principal.tenant)
        rows = [_shown(use, key) for key in sorted(found, key=lambda key: (not key.enabled, key.name.casefold()))]
        return site.show(visit, "keys", rows=rows)

    @site.page(routes, _NEW, Permission.KEYS, posts=True, reach=Reach.ALL)
    def new_key(visit: Visit) -> Response:
        if visit.call.method == "GET":
            if not visit.session.is_proved(visit.now):
                return visit.go("prove", next=_NEW)
            return _form(site, visit, use.drafting.take(visit, _NEW))
        if not visit.session.is_proved(visit.now):
            use.drafting.keep(visit, _NEW)
            return visit.go("prove", next=_NEW)
        return _create(site, use, visit)

    @site.page(routes, "keys/{key_id}", Permission.KEYS, posts=True, reach=Reach.ALL)
    def key(visit: Visit, key_id: str) -> Response:
        found = _found(use, visit, key_id)
        if visit.call.method == "GET":
            return _key(site, use, visit, found, visit.query)
        if not visit.session.is_proved(visit.now):
            typed = {f"add-{each}": visit.form.get(f"add-{each}") for each in CAPACITIES}
            return visit.go("prove", next=f"keys/{found.id}?{urlencode(typed)}")
        return _act(site, use, visit, found)

    return routes


def _create(site: Site, use: KeyPages, visit: Visit) -> Response:
    """Make a key. Its id follows from the form's own `once`: a second click or Reload finds the key of the first."""
    form, tenant = visit.form, visit.principal.tenant
    once = f"{visit.principal.actor}|{form.get('once')}"
    key_id = new_key_id(hashlib.sha256(once.encode()).digest())
    if use.keys.get(tenant, key_id) is not None:
        return visit.go(f"keys/{key_id}", said="key-made")
    rights, faults = rights_of(visit)
    capacities, unit_faults = units_of(form, "capacity")
    callback = form.get("callback")
    asked: dict[str, Any] = {
        "rights": rights,
        "networks": tuple(form.get("networks").replace(",", " ").split()),
        "capacities": capacities,
        "notification": NotificationMode.CALLBACK if callback else NotificationMode.POLL,
        "callback": Callback(callback) if callback else None,
        "owner_email": form.get("owner") or None,
    }
    kind = KeyKind.SANDBOX if form.get("kind") == KeyKind.SANDBOX else KeyKind.LIVE
    name = " ".join(form.get("name").split())
    if found := [*faults, *unit_faults]:
        return _form(site, visit, form, found)
    try:
        new = use.create(tenant, kind, name, **asked, key_id=key_id, before=lambda key: _record_new(use, visit, key))
    except InvalidRequest as error:
        return _form(site, visit, form, error.faults)
    except StaleWrite:
        return visit.go(f"keys/{key_id}", said="key-made")
    return _token(site, visit, new)


def _act(site: Site, use: KeyPages, visit: Visit, key: ApiKey) -> Response:
    tenant, act, thing = key.tenant, visit.form.get("act"), Thing("api_key", key.id, key.name)
    if act == "disable":
        if key.enabled:
            use.record(visit, "api_key.disabled", thing, {"enabled": False})
            use.change.enable(tenant, key.id, enabled=False)
        return visit.go(f"keys/{key.id}", said="key-off")
    check_key_grant(visit.principal, key, use.role(key))
    if act == "enable":
        if not key.enabled:
            use.record(visit, "api_key.enabled", thing, {"enabled": True})
            use.change.enable(tenant, key.id, enabled=True)
        return visit.go(f"keys/{key.id}", said="key-on")
    if act == "rotate":
        if use.once.was_sent(visit):
            return visit.go(f"keys/{key.id}", said="repeated")
        use.record(visit, "api_key.rotated", thing)
        return _token(site, visit, use.change.rotate(tenant, key.id))
    return _add_capacity(site, use, visit, key, thing)


def _add_capacity(site: Site, use: KeyPages, visit: Visit, key: ApiKey, thing: Thing) -> Response:
    units, faults = units_of(visit.form, "add")
    faults += [
        Fault(f"add-{channel}", "OUT_OF_RANGE", f"{CHANNELS[channel]}: add 1 or more, where there is a limit.")
        for channel, more in units.items()
        if more < 1 or channel not in key.limited
    ]
    if not units and not faults:
        faults.append(Fault(f"add-{sorted(key.limited or CAPACITIES)[0]}", "REQUIRED", "Say how many to add."))
    if faults:
        return _key(site, use, visit, key, {name: visit.form.get(name) for name in visit.form.values}, faults)
    if use.once.was_sent(visit):
        return visit.go(f"keys/{key.id}", said="repeated")
    use.record(visit, "api_key.capacity_added", thing, {channel.value: more for channel, more in units.items()})
    use.top_up(key.tenant, key.id, units)
    return visit.go(f"keys/{key.id}", said="saved")


def _token(site: Site, visit: Visit, new: NewApiKey) -> Response:
    return site.show(visit, "key_token", key=new.key, token=new.token)


def _key(
    site: Site,
    use: KeyPages,
    visit: Visit,
    key: ApiKey,
    typed: Mapping[str, str],
    faults: Sequence[Fault] = (),
) -> Response:
    schedules, triggers = use.waiting(key) if key.enabled else (0, 0)
    return site.show(
        visit,
        "key",
        422 if faults else 200,
        it=_shown(use, key),
        schedules=schedules,
        triggers=triggers,
        limited=[(each.value, CHANNELS[each]) for each in CAPACITIES if each in key.limited],
        typed=defaultdict(str, typed),
        once=secrets.token_hex(16),
        faults=FaultsShown(faults),
    )


def _form(site: Site, visit: Visit, form: Form, faults: Sequence[Fault] = ()) -> Response:
    return site.show(
        visit,
        "key_new",
        422 if faults else 200,
        once=form.get("once") or secrets.token_hex(16),
        form=form,
        rights=[(right.value, f"It {RIGHTS[right]}") for right in givable(visit)],
        channels=[(each.value, CHANNELS[each]) for each in CAPACITIES],
        faults=FaultsShown(placed(faults)),
    )


def _shown(use: KeyPages, key: ApiKey) -> dict[str, Any]:
    """Return what the templates show. A callback URL may carry a secret, so only its host is shown."""
    return {
        "id": key.id,
        "name": key.name,
        "sandbox": key.sandbox,
        "enabled": key.enabled,
        "rights": [f"It {RIGHTS[right]}." for right in Right if right in key.rights],
        "networks": key.networks,
        "left": [(CHANNELS[channel], units) for channel, units in use.capacities(key).items()],
        "callback": urlsplit(key.callback_url).hostname or "" if key.callback_url else "",
        "owner": key.owner_email or "",
    }


def _record_new(use: KeyPages, visit: Visit, key: ApiKey) -> None:
    after = {
        "name": key.name,
        "kind": key.kind.value,
        "rights": sorted(key.rights),
        "networks": list(key.networks),
        "limited": sorted(key.limited),
    }
    use.record(visit, "api_key.created", Thing("api_key", key.id, key.name), after)


def _found(use: KeyPages, visit: Visit, key_id: str) -> ApiKey:
    found = None if key_id == ACCOUNT_KEY else use.keys.get(visit.principal.tenant, ApiKeyId(key_id))
    if found is None:
        raise NotFound("API key")
    return found
