"""All pages of the console, each with the use cases it needs. The tests use the same pages with fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.entries import Record
from console.routes.alerts import alert_list_routes
from console.routes.compose import Composing, compose_routes
from console.routes.frame import FindPerson, frame_routes
from console.routes.incident import IncidentPages, incident_routes
from console.routes.me import OwnPages, own_routes, proof_routes
from console.routes.signing_in import SigningInPages, sign_in_routes
from console.site import Site
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.kernel.domain.ids import StoreId
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Blueprint

    from tocsin.bootstrap.api import ApiUseCases
    from tocsin.bootstrap.signing_in import SigningIn
    from tocsin.bootstrap.storage import Storage
    from tocsin.entrypoint.http.cookies import Cookies
    from tocsin.identity.domain.api_key import ApiKey
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.stored_content.domain.stored_content import StoredContent


def blueprints(
    storage: Storage, use: ApiUseCases, signing_in: SigningIn, *, cookies: Cookies, simulator: str = ""
) -> list[Blueprint]:
    """Return the pages, to be registered with the app."""
    find = FindPerson(signing_in.read_session, PersonPrincipal(storage.directory), storage.tenants, cookies)
    site = Site(find, storage.clock, simulator=simulator)
    own = _own(signing_in, cookies)
    return [
        compose_routes(site, _composing(storage, use)),
        alert_list_routes(site, use.list_alerts),
        incident_routes(site, _incidents(storage, use)),
        sign_in_routes(site, SigningInPages(signing_in.sign_in, signing_in.passwords, cookies)),
        own_routes(site, own),
        proof_routes(site, own),
        frame_routes(site, signing_in.own_sessions, cookies),
    ]


def _own(signing_in: SigningIn, cookies: Cookies) -> OwnPages:
    return OwnPages(
        sign_in=signing_in.sign_in,
        sessions=signing_in.own_sessions,
        passwords=signing_in.passwords,
        turn_app_off=signing_in.turn_app_off,
        cookies=cookies,
    )


def _incidents(storage: Storage, use: ApiUseCases) -> IncidentPages:
    return IncidentPages(
        incident=use.incident,
        export=use.export_results,
        alerts=storage.alerts,
        escalate=use.escalate_alert,
        stop=use.stop_alert,
        acknowledge=use.acknowledge_alert,
        resend=use.resend_alert,
        may_send=use.may_send,
        record=Record(storage.audit_trail, storage.randomness),
    )


def _composing(storage: Storage, use: ApiUseCases) -> Composing:
    def groups(key: ApiKey) -> Sequence[StoredContent]:
        page = use.read_stores.page(key, 100, None)
        return [store for store in page.stores if store.type is ContentType.CONTACT_GROUP]

    def sets(key: ApiKey, store_id: str) -> Sequence[str]:
        store = storage.stored_content.get(
            key.tenant, key.id, StoreRef(store_id=StoreId(store_id)), ContentType.CONTACT_GROUP, storage.clock()
        )
        return [] if store is None else sorted(contact_group_of(store.content, "").sets)

    def numbers(tenant: TenantId) -> Sequence[str]:
        return [number.number for number in storage.two_way_numbers.of_tenant(tenant)]

    return Composing(
        send=use.send,
        schedule=use.schedule,
        plan=use.plan,
        groups=groups,
        sets=sets,
        numbers=numbers,
        account_zone=lambda tenant: use.clocks.get(tenant).zone,
        may_send=use.may_send,
    )
