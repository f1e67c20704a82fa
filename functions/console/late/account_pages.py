"""Pages of people, the directory and the account.

Each function imports what its pages need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Blueprint

    from console.blueprints import Parts
    from tocsin.kernel.domain.ids import CompanyId, TenantId


def people(parts: Parts) -> list[Blueprint]:
    """Return the pages of people."""
    from console.drafting import Drafting
    from console.routes.people import PeoplePages, people_routes
    from tocsin.suppressions.application.suppress import Suppress

    storage, use = parts.storage, parts.people
    standing = Suppress(storage.suppressions, storage.sealer).standing
    pages = PeoplePages(
        use.read,
        use.write,
        use.delete,
        use.person_states,
        Drafting(storage.drafts),
        standing,
        parts.console_url,
    )
    return [people_routes(parts.site, pages)]


def preferences(parts: Parts) -> list[Blueprint]:
    """Return the pages of notification settings."""
    from console.preferences.routes import PreferencePages, preference_routes
    from tocsin.suppressions.application.suppress import Suppress

    use = parts.people
    standing = Suppress(parts.storage.suppressions, parts.storage.sealer).standing
    pages = PreferencePages(use.preferences, use.lines, standing, parts.samples, parts.console_url)
    return [preference_routes(parts.site, pages)]


def roles(parts: Parts) -> list[Blueprint]:
    """Return the pages of roles."""
    from console.drafting import Drafting
    from console.roles.routes import RolePages, role_routes

    use = parts.people
    pages = RolePages(use.read, use.write, use.delete, Drafting(parts.storage.drafts))
    return [role_routes(parts.site, pages)]


def directory(parts: Parts) -> list[Blueprint]:
    """Return the pages of the directory."""
    from console.directory.routes import DirectoryPages, directory_routes

    storage, use = parts.storage, parts.people
    pages = DirectoryPages(use.read, use.write, use.delete, storage.audit_trail)
    return [directory_routes(parts.site, pages)]


def imports(parts: Parts) -> list[Blueprint]:
    """Return the pages that import people and the directory."""
    from console.directory.importing import ImportPages
    from console.directory.importing import import_routes as directory_import_routes
    from console.drafting import Drafting

    use = parts.people
    drafting = Drafting(parts.storage.drafts)
    pages = ImportPages(use.import_directory, use.read.references, drafting, parts.console_url)
    return [directory_import_routes(parts.site, pages)]


def connecting(parts: Parts) -> list[Blueprint]:
    """Return the pages on which a mailbox is connected."""
    from console.connecting.routes import ConnectingPages, connecting_routes

    return [connecting_routes(parts.site, ConnectingPages(parts.connect_mailbox, parts.console_url))]


def keys(parts: Parts) -> list[Blueprint]:
    """Return the pages of keys."""
    from console.drafting import Drafting, SentOnce
    from console.keys.form import Grants
    from console.keys.one import OneKeyPages, one_key_routes
    from console.keys.routes import KeyPages, key_routes
    from console.roles.routes import roles_of
    from tocsin.directory.domain.things import Company, Kind
    from tocsin.identity.application.change_api_key import ChangeApiKey
    from tocsin.identity.application.create_api_key import CreateApiKey
    from tocsin.identity.application.top_up_capacity import TopUpCapacity

    storage, use = parts.storage, parts.use

    def companies(tenant: TenantId) -> list[tuple[CompanyId, str]]:
        found = storage.directory.all(tenant, Kind.COMPANY)
        return [(each.id, each.name) for each in found if isinstance(each, Company)]

    keys, sealer, randomness, egress = storage.api_keys, storage.sealer, storage.randomness, use.set_info.egress
    grants = Grants(lambda tenant: roles_of(parts.people.read, tenant), companies)
    drafting, record = Drafting(storage.drafts), parts.record
    create = CreateApiKey(keys, sealer, randomness, egress)
    one = OneKeyPages(
        keys=keys,
        change=ChangeApiKey(keys, sealer, randomness, egress),
        top_up=TopUpCapacity(keys),
        capacities=use.read_capacities,
        grants=grants,
        schedules=use.list_schedules,
        triggers=use.list_triggers,
        stores=parts.stores,
        once=SentOnce(storage.idempotency_store, "console-key"),
        drafting=drafting,
        record=record,
    )
    return [
        key_routes(parts.site, KeyPages(keys, create, use.read_capacities, grants, drafting, record)),
        one_key_routes(parts.site, one),
    ]


def callbacks(parts: Parts) -> list[Blueprint]:
    """Return the pages of callbacks."""
    from console.callbacks.routes import CallbackPages, callback_routes
    from console.drafting import Drafting, SentOnce

    pages = CallbackPages(
        keys=parts.storage.api_keys,
        read=parts.use.read_callbacks,
        manage=parts.use.manage_callbacks,
        set_info=parts.use.set_info,
        deliveries=parts.storage.webhook_deliveries,
        once=SentOnce(parts.storage.idempotency_store, "console-callback"),
        drafting=Drafting(parts.storage.drafts),
        record=parts.record,
    )
    return [callback_routes(parts.site, pages)]


def audit(parts: Parts) -> list[Blueprint]:
    """Return the pages of the audit log."""
    from console.routes.audit import AuditPages, audit_routes
    from tocsin.audit.application.export_audit import ExportAudit
    from tocsin.directory.domain.things import Kind
    from tocsin.identity.domain.role import Role

    storage = parts.storage

    def roles(tenant: TenantId) -> Mapping[str, str]:
        found = storage.directory.all(tenant, Kind.ROLE)
        return {role.id: role.name for role in found if isinstance(role, Role)}

    pages = AuditPages(storage.audit_trail, ExportAudit(storage.audit_trail, storage.clock), roles)
    return [audit_routes(parts.site, pages)]


def reports(parts: Parts) -> list[Blueprint]:
    """Return the pages of the daily reports."""
    from console.reports.routes import report_routes

    return [report_routes(parts.site, parts.read_reports)]


def account(parts: Parts) -> list[Blueprint]:
    """Return the pages of the account's settings."""
    from console.drafting import Drafting
    from console.routes.account import AccountPages, account_routes
    from tocsin.identity.application.change_account import ChangeAccount

    storage = parts.storage
    pages = AccountPages(
        tenants=storage.tenants,
        change=ChangeAccount(storage.tenants, parts.numbers, parts.zone_moved),
        limits=parts.use.read_limits,
        numbers=parts.numbers,
        drafting=Drafting(storage.drafts),
        record=parts.record,
    )
    return [account_routes(parts.site, pages)]


def stopping_texts(parts: Parts) -> list[Blueprint]:
    """Return the page behind the link of the first text to a number."""
    from console.routes.stop_texts import stop_texts_routes

    return [stop_texts_routes(parts.site, parts.stop_texts())]


def browsers(parts: Parts) -> list[Blueprint]:
    """Return the pages of browsers that are pushed to."""
    from console.inbox.browser_routes import browser_routes
    from console.inbox.worker_routes import worker_routes

    own = browser_routes(parts.site, parts.own_browsers, parts.people.preferences)
    return [own, worker_routes(parts.renew_browser)]


def own(parts: Parts) -> list[Blueprint]:
    """Return the pages of the visitor's own sign-in, look and tokens."""
    from console.drafting import Drafting
    from console.inbox.routes import inbox_routes
    from console.routes.address import address_routes
    from console.routes.me import OwnPages, own_routes, proof_routes
    from console.routes.memberships import MembershipPages, membership_routes
    from console.routes.tokens import TokenPages, token_routes

    signing_in, site = parts.signing_in, parts.site
    own = OwnPages(
        sign_in=signing_in.sign_in,
        sessions=signing_in.own_sessions,
        passwords=signing_in.passwords,
        turn_app_off=signing_in.turn_app_off,
        address=parts.people.own_address,
        cookies=parts.cookies,
        console_url=parts.console_url,
    )
    return [
        own_routes(site, own),
        address_routes(site, own),
        membership_routes(site, MembershipPages(signing_in.accounts, signing_in.switch, parts.cookies)),
        proof_routes(site, own),
        inbox_routes(site, parts.people.own_inbox, parts.unread),
        token_routes(site, TokenPages(parts.people.own_tokens, Drafting(parts.storage.drafts))),
    ]


def appointments(parts: Parts) -> list[Blueprint]:
    """Return the pages of appointments."""
    from console.appointments.routes import AppointmentPages, appointment_routes

    return [appointment_routes(parts.site, AppointmentPages(parts.reminders.manage, parts.storage.preferences.get))]
