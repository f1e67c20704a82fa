"""API keys: the list, and a new one. A token is shown once, on the answer to the form that made it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Blueprint, Response

from console.drafting import Drafting
from console.entries import Record
from console.faults import FaultsShown
from console.keys.form import CHANNELS, Grants, facts_of, placed, rights_words, units_of
from console.site import Site
from console.visit import Form, Visit
from tocsin.audit.domain.entry import Thing
from tocsin.egress.domain.callback_url import Callback
from tocsin.identity.application.create_api_key import CreateApiKey, NewApiKey
from tocsin.identity.application.read_capacities import CAPACITIES, ReadCapacities
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.api_key_token import new_key_id
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest, StaleWrite

_NEW = "keys/new"


@dataclass(frozen=True, slots=True)
class KeyPages:
    """What these pages need of the core."""

    keys: ApiKeyRepository
    create: CreateApiKey
    capacities: ReadCapacities
    grants: Grants
    drafting: Drafting
    record: Record


def key_routes(site: Site, use: KeyPages) -> Blueprint:
    """Return the routes of the list and of a new key, which asks for a fresh proof."""
    routes = Blueprint(__name__)

    @site.page(routes, "keys", Permission.KEYS, reach=Reach.ALL)
    def keys(visit: Visit) -> Response:
        found = use.keys.list(visit.principal.tenant)
        names = use.grants.names(visit.principal.tenant)
        rows = [
            shown(key, use.capacities, names)
            for key in sorted(found, key=lambda key: (not key.enabled, key.name.casefold()))
        ]
        return site.show(visit, "keys/list", rows=rows)

    @site.page(routes, _NEW, Permission.KEYS, posts=True, reach=Reach.ALL)
    def new_key(visit: Visit) -> Response:
        posted = visit.call.method == "POST"
        if not visit.session.is_proved(visit.now):
            if posted:
                use.drafting.keep(visit, _NEW)
            return visit.go("prove", next=_NEW)
        return _create(site, use, visit) if posted else _form(site, use, visit, use.drafting.take(visit, _NEW))

    return routes


def _create(site: Site, use: KeyPages, visit: Visit) -> Response:
    """Make a key. Its id follows from the form's own `once`: a second click or Reload finds the key of the first."""
    form, tenant = visit.form, visit.principal.tenant
    once = f"{visit.principal.actor}|{form.get('once')}"
    key_id = new_key_id(hashlib.sha256(once.encode()).digest())
    if use.keys.get(tenant, key_id) is not None:
        return visit.go(f"keys/{key_id}", said="key-made")
    given, faults = use.grants.given(visit)
    capacities, unit_faults = units_of(form, "capacity")
    callback = form.get("callback")
    kind = KeyKind.SANDBOX if form.get("kind") == KeyKind.SANDBOX else KeyKind.LIVE
    if found := [*faults, *unit_faults]:
        return _form(site, use, visit, form, found)
    try:
        new = use.create(
            tenant,
            kind,
            **given,
            capacities=capacities,
            notification=NotificationMode.CALLBACK if callback else NotificationMode.POLL,
            callback=Callback(callback) if callback else None,
            key_id=key_id,
            before=lambda key: _record_new(use, visit, key),
        )
    except InvalidRequest as error:
        return _form(site, use, visit, form, error.faults)
    except StaleWrite:
        return visit.go(f"keys/{key_id}", said="key-made")
    return token_page(site, visit, new)


def token_page(site: Site, visit: Visit, new: NewApiKey) -> Response:
    """Return the page that shows a new token, once."""
    return site.show(visit, "keys/token", key=new.key, token=new.token)


def shown(key: ApiKey, capacities: ReadCapacities, names: dict[str, str]) -> dict[str, Any]:
    """Return what the templates show. A callback URL may carry a secret, so only its host is shown.

    Args:
        names: of roles and companies, by id.
    """
    return {
        "id": key.id,
        "name": key.name,
        "sandbox": key.sandbox,
        "enabled": key.enabled,
        "rights": rights_words(key),
        "role": names.get(key.role, "a role that is gone") if key.role else "",
        "company": names.get(key.company, "a company that is gone") if key.company else "",
        "networks": key.networks,
        "left": [(CHANNELS[channel], units) for channel, units in capacities(key).items()],
        "callback": urlsplit(key.callback_url).hostname or "" if key.callback_url else "",
        "owner": key.owner_email or "",
        "former_until": key.former.until if key.former else None,
    }


def _form(site: Site, use: KeyPages, visit: Visit, form: Form, faults: Sequence[Fault] = ()) -> Response:
    return site.show(
        visit,
        "keys/new",
        422 if faults else 200,
        once=form.get("once") or secrets.token_hex(16),
        form=form,
        channels=[(each.value, CHANNELS[each]) for each in CAPACITIES],
        faults=FaultsShown(placed(faults)),
        **use.grants.choices(visit),
    )


def _record_new(use: KeyPages, visit: Visit, key: ApiKey) -> None:
    after = {**facts_of(key), "kind": key.kind.value, "limited": sorted(key.limited)}
    use.record(visit, "api_key.created", Thing("api_key", key.id, key.name), after)
