"""All pages of the console, each with the use cases it needs. The tests use the same pages with fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.callbacks.routes import CallbackPages, callback_routes
from console.companies import Companies
from console.directory.importing import ImportPages
from console.directory.importing import import_routes as directory_import_routes
from console.directory.routes import DirectoryPages, directory_routes
from console.drafting import Drafting, SentOnce
from console.entries import Record
from console.escalations.routes import KINDS as ESCALATIONS
from console.escalations.routes import EscalationPages, escalation_routes
from console.groups.editing import editing_routes
from console.groups.importing import import_routes
from console.groups.routes import GROUPS, GroupPages, group_routes
from console.keys.form import Grants
from console.keys.one import OneKeyPages, one_key_routes
from console.keys.routes import KeyPages, key_routes
from console.roles.routes import RolePages, role_routes, roles_of
from console.routes.account import AccountPages, account_routes
from console.routes.address import address_routes
from console.routes.alerts import alert_list_routes
from console.routes.audit import AuditPages, audit_routes
from console.routes.company import company_routes
from console.routes.compose import Composing, compose_routes
from console.routes.content import KINDS, ContentPages, content_routes
from console.routes.frame import FindPerson, frame_routes
from console.routes.incident import IncidentPages, incident_routes
from console.routes.me import OwnPages, own_routes, proof_routes
from console.routes.memberships import MembershipPages, membership_routes
from console.routes.not_me import not_me_routes
from console.routes.people import PeoplePages, people_routes
from console.routes.schedules import SchedulePages, schedule_routes
from console.routes.signing_in import SigningInPages, sign_in_routes
from console.routes.store_pages import store_routes
from console.routes.tokens import TokenPages, token_routes
from console.routes.triggers import TriggerPages, trigger_routes
from console.site import Site
from console.stores import AccountStores
from tocsin.audit.application.export_audit import ExportAudit
from tocsin.directory.domain.things import Company, Kind
from tocsin.history.application.read_sent_request import ReadSentRequest
from tocsin.identity.application.change_account import ChangeAccount
from tocsin.identity.application.change_api_key import ChangeApiKey
from tocsin.identity.application.create_api_key import CreateApiKey
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.identity.application.top_up_capacity import TopUpCapacity
from tocsin.identity.domain.role import Role
from tocsin.suppressions.application.suppress import Suppress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chalice.app import Blueprint

    from tocsin.bootstrap.api import ApiUseCases
    from tocsin.bootstrap.directory import DirectoryUseCases
    from tocsin.bootstrap.signing_in import SigningIn
    from tocsin.bootstrap.storage import Storage
    from tocsin.directory.application.read_directory import ReadDirectory
    from tocsin.entrypoint.http.cookies import Cookies
    from tocsin.kernel.domain.ids import CompanyId, TenantId
    from tocsin.sign_in.application.company_sign_in import CompanySignIn
    from tocsin.sign_in.application.own_address import OwnAddress


def blueprints(
    storage: Storage,
    use: ApiUseCases,
    signing_in: SigningIn,
    people: DirectoryUseCases,
    *,
    cookies: Cookies,
    console_url: str = "",
    simulator: str = "",
    login_url: str = "",
    company: Callable[[str], CompanySignIn] | None = None,
) -> list[Blueprint]:
    """Return the pages, to be registered with the app.

    Args:
        console_url: where people reach the console, as `Call.address_by` reads it.
        simulator: address of the simulator page of the local engine; "" on AWS.
        login_url: address of managed login; "" = there is none.
        company: the use case of managed login, by the address of the console; None = there is none.
    """
    find = FindPerson(signing_in.read_session, PersonPrincipal(storage.directory), storage.tenants, cookies)
    site = Site(find, storage.clock, signing_in.accounts.of, simulator=simulator, sign_out_at=login_url)
    stores = _stores(storage, use)
    own = _own(signing_in, people.own_address, cookies, console_url)
    composing = _composing(storage, use, stores)
    entrance = SigningInPages(signing_in.sign_in, signing_in.passwords, cookies, company, console_url)
    return [
        compose_routes(site, composing),
        escalation_routes(site, EscalationPages(composing, use.activate_trigger, use.list_triggers, stores.record)),
        store_routes(site, stores, "escalations", ESCALATIONS),
        alert_list_routes(site, use.list_alerts, stores.companies),
        incident_routes(site, _incidents(storage, use, stores.companies)),
        sign_in_routes(site, entrance),
        company_routes(site, entrance),
        not_me_routes(site, signing_in.not_me, cookies),
        *_store_pages(site, storage, use, stores),
        audit_routes(site, _audit(storage)),
        *_keys(site, storage, use, people.read, stores),
        callback_routes(site, _callbacks(storage, use)),
        people_routes(site, _people(storage, people, console_url)),
        account_routes(site, _account(storage, use)),
        role_routes(site, RolePages(people.read, people.write, people.delete, Drafting(storage.drafts))),
        directory_routes(site, _directory(storage, people)),
        directory_import_routes(site, _imports(storage, people, console_url)),
        own_routes(site, own),
        address_routes(site, own),
        membership_routes(site, MembershipPages(signing_in.accounts, signing_in.switch, cookies)),
        proof_routes(site, own),
        token_routes(site, TokenPages(people.own_tokens, Drafting(storage.drafts))),
        frame_routes(site, signing_in.own_sessions, entrance),
    ]


def _store_pages(site: Site, storage: Storage, use: ApiUseCases, stores: AccountStores) -> list[Blueprint]:
    """Return the pages of what is stored: groups, content, schedules and triggers."""
    groups = GroupPages(stores, use.edit_group, Suppress(storage.suppressions, storage.sealer).standing)
    schedules = SchedulePages(
        list_schedules=use.list_schedules,
        get=lambda key, id: storage.schedules.get(key.tenant, key.id, id),
        change=use.change_schedule,
        stores=stores,
        record=stores.record,
    )
    triggers = TriggerPages(use.list_triggers, use.end_trigger, storage.api_keys.list, stores, stores.record)
    return [
        group_routes(site, groups),
        store_routes(site, stores, "groups", GROUPS),
        editing_routes(site, groups),
        import_routes(site, groups),
        content_routes(site, ContentPages(stores, use.replace_content)),
        store_routes(site, stores, "content", KINDS),
        schedule_routes(site, schedules),
        trigger_routes(site, triggers),
    ]


def _stores(storage: Storage, use: ApiUseCases) -> AccountStores:
    return AccountStores(
        repository=storage.stored_content,
        keys=storage.api_keys,
        store=use.store,
        delete_content=use.delete,
        rename=use.rename_store,
        record=Record(storage.audit_trail, storage.randomness),
        companies=Companies(storage.directory),
    )


def _own(signing_in: SigningIn, address: OwnAddress, cookies: Cookies, console_url: str) -> OwnPages:
    return OwnPages(
        sign_in=signing_in.sign_in,
        sessions=signing_in.own_sessions,
        passwords=signing_in.passwords,
        turn_app_off=signing_in.turn_app_off,
        address=address,
        cookies=cookies,
        console_url=console_url,
    )


def _audit(storage: Storage) -> AuditPages:
    def roles(tenant: TenantId) -> Mapping[str, str]:
        found = storage.directory.all(tenant, Kind.ROLE)
        return {role.id: role.name for role in found if isinstance(role, Role)}

    return AuditPages(storage.audit_trail, ExportAudit(storage.audit_trail, storage.clock), roles)


def _people(storage: Storage, use: DirectoryUseCases, console_url: str) -> PeoplePages:
    standing = Suppress(storage.suppressions, storage.sealer).standing
    return PeoplePages(
        use.read, use.write, use.delete, use.person_states, Drafting(storage.drafts), standing, console_url
    )


def _directory(storage: Storage, use: DirectoryUseCases) -> DirectoryPages:
    return DirectoryPages(use.read, use.write, use.delete, storage.audit_trail)


def _imports(storage: Storage, use: DirectoryUseCases, console_url: str) -> ImportPages:
    return ImportPages(use.import_directory, use.read.references, Drafting(storage.drafts), console_url)


def _keys(
    site: Site, storage: Storage, use: ApiUseCases, read: ReadDirectory, stores: AccountStores
) -> list[Blueprint]:
    def companies(tenant: TenantId) -> list[tuple[CompanyId, str]]:
        found = storage.directory.all(tenant, Kind.COMPANY)
        return [(each.id, each.name) for each in found if isinstance(each, Company)]

    keys, sealer, randomness, egress = storage.api_keys, storage.sealer, storage.randomness, use.set_info.egress
    grants = Grants(lambda tenant: roles_of(read, tenant), companies)
    drafting, record = Drafting(storage.drafts), Record(storage.audit_trail, randomness)
    create = CreateApiKey(keys, sealer, randomness, egress)
    one = OneKeyPages(
        keys=keys,
        change=ChangeApiKey(keys, sealer, randomness, egress),
        top_up=TopUpCapacity(keys),
        capacities=use.read_capacities,
        grants=grants,
        schedules=use.list_schedules,
        triggers=use.list_triggers,
        stores=stores,
        once=SentOnce(storage.idempotency_store, "console-key"),
        drafting=drafting,
        record=record,
    )
    return [
        key_routes(site, KeyPages(keys, create, use.read_capacities, grants, drafting, record)),
        one_key_routes(site, one),
    ]


def _account(storage: Storage, use: ApiUseCases) -> AccountPages:
    return AccountPages(
        tenants=storage.tenants,
        change=ChangeAccount(storage.tenants),
        limits=use.read_limits,
        numbers=lambda tenant: [number.number for number in storage.two_way_numbers.of_tenant(tenant)],
        drafting=Drafting(storage.drafts),
        record=Record(storage.audit_trail, storage.randomness),
    )


def _callbacks(storage: Storage, use: ApiUseCases) -> CallbackPages:
    return CallbackPages(
        keys=storage.api_keys,
        read=use.read_callbacks,
        manage=use.manage_callbacks,
        set_info=use.set_info,
        deliveries=storage.webhook_deliveries,
        once=SentOnce(storage.idempotency_store, "console-callback"),
        drafting=Drafting(storage.drafts),
        record=Record(storage.audit_trail, storage.randomness),
    )


def _incidents(storage: Storage, use: ApiUseCases, companies: Companies) -> IncidentPages:
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
        companies=companies,
    )


def _composing(storage: Storage, use: ApiUseCases, account: AccountStores) -> Composing:
    def numbers(tenant: TenantId) -> Sequence[str]:
        return [number.number for number in storage.two_way_numbers.of_tenant(tenant)]

    return Composing(
        send=use.send,
        schedule=use.schedule,
        plan=use.plan,
        numbers=numbers,
        account_zone=lambda tenant: use.clocks.get(tenant).zone,
        may_send=use.may_send,
        stores=account,
        incident=use.incident,
        sent_request=ReadSentRequest(storage.alerts, storage.escalations),
        drafts=storage.drafts,
    )
