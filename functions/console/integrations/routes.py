"""Routes of integrations."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.integrations.words import LABELS, STAGES, STATES
from console.rules.refusals import REFUSALS, differences, faults_of
from console.site import Site
from console.visit import Form, Visit
from tocsin.directory.domain.things import Company, Kind
from tocsin.directory.domain.versions import check_match
from tocsin.directory.ports import Directory
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.integration_body.bodies import IntegrationBody, NewIntegrationBody
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.integrations.application.manage_integrations import ManageIntegrations
from tocsin.integrations.domain.integration import Integration, IntegrationStatus
from tocsin.integrations.domain.report import StatusReport
from tocsin.integrations.domain.rights import Party, party_of
from tocsin.kernel.domain.errors import Fault, PreconditionFailed, StaleWrite
from tocsin.kernel.domain.ids import CompanyId, TenantId

NEEDS = (Permission.INTEGRATIONS, Reach.COMPANIES)
_ACTS = {
    "active": (IntegrationStatus.ACTIVE, "integration-active"),
    "disabled": (IntegrationStatus.DISABLED, "integration-off"),
}


@dataclass(frozen=True, slots=True)
class IntegrationPages:
    """What these pages need of the core.

    Attributes:
        console_url: where people reach the console, as `Call.address_by` reads it.
    """

    manage: ManageIntegrations
    directory: Directory
    console_url: str = ""

    def companies(self, tenant: TenantId) -> Mapping[str, str]:
        """Return the names of all companies of an account, by id and in the order of the names."""
        found = [each for each in self.directory.all(tenant, Kind.COMPANY) if isinstance(each, Company)]
        return {each.id: each.name for each in sorted(found, key=lambda company: company.name.casefold())}


def integration_routes(site: Site, use: IntegrationPages) -> Blueprint:
    """Return the routes of integrations."""
    routes = Blueprint(__name__)

    @site.page(routes, "integrations", NEEDS[0], reach=NEEDS[1])
    def integrations(visit: Visit) -> Response:
        found = sorted(use.manage.list(visit.principal), key=lambda seen: seen.integration.name.casefold())
        names = use.companies(visit.principal.tenant)
        return site.show(
            visit, "integrations/list", found=found, names=names, states=STATES, stages=STAGES, tabs=sees_alerts(visit)
        )

    @site.page(routes, "integrations/new", NEEDS[0], posts=True, reach=NEEDS[1])
    def new_integration(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return _new(site, use, visit, Form())
        form = visit.form
        try:
            body = {"name": _line(form, "name"), "kind": _line(form, "kind"), "company": form.get("company") or None}
            wanted = read(NewIntegrationBody, body)
            company = None if wanted.company is None else CompanyId(wanted.company)
            id = visit.seed.hex()[:32]
            made = use.manage.create(visit.principal, wanted.name, wanted.kind, company, id)
        except REFUSALS as error:
            return _new(site, use, visit, form, faults_of(error, LABELS))
        return visit.go(f"integrations/{made.id}", said="made")

    @site.page(routes, "integrations/{integration_id}", NEEDS[0], posts=True, reach=NEEDS[1])
    def integration(visit: Visit, integration_id: str) -> Response:
        found = use.manage.get(visit.principal, integration_id).integration
        if visit.call.method == "GET":
            return _one(site, use, visit, found)
        return _save(site, use, visit, found)

    @site.page(routes, "integrations/{integration_id}/state", NEEDS[0], posts=True, reach=NEEDS[1])
    def state(visit: Visit, integration_id: str) -> Response:
        found = use.manage.get(visit.principal, integration_id).integration
        if visit.call.method == "GET" or visit.form.get("act") not in _ACTS:
            return visit.go(f"integrations/{found.id}")
        status, said = _ACTS[visit.form.get("act")]
        console = visit.console(use.console_url)
        report = StatusReport(status, "", visit.now)
        use.manage.report(visit.principal, found.id, report, lambda integration: None, console)
        return visit.go(f"integrations/{found.id}", said=said)

    @site.page(routes, "integrations/{integration_id}/delete", NEEDS[0], posts=True, reach=NEEDS[1])
    def delete_integration(visit: Visit, integration_id: str) -> Response:
        found = use.manage.get(visit.principal, integration_id).integration
        if visit.call.method == "GET":
            return site.show(visit, "integrations/delete", it=found, moved=False)
        match = f'"{visit.form.get("version")}"'
        try:
            use.manage.delete(visit.principal, found.id, lambda integration: check_match(match, integration))
        except (PreconditionFailed, StaleWrite):
            return site.show(visit, "integrations/delete", 409, it=found, moved=True)
        return visit.go("integrations", said="deleted")

    return routes


def sees_alerts(visit: Visit) -> bool:
    """Whether the visitor sees who is told: owners, admins and managers do."""
    user = visit.principal.user
    return user is not None and party_of(user) is not Party.OTHER


def _line(form: Form, name: str) -> str:
    return " ".join(form.get(name).split())


def _new(site: Site, use: IntegrationPages, visit: Visit, form: Form, faults: Sequence[Fault] = ()) -> Response:
    person, names = visit.principal, use.companies(visit.principal.tenant)
    if person.reach(NEEDS[0]) is Reach.ALL:
        choices = [("", "The whole account"), *names.items()] if names else []
    else:
        mine = [(id, name) for id, name in names.items() if id in person.companies]
        choices = [("", "Choose one"), *mine] if len(mine) > 1 else []
    once = form.get("once") or secrets.token_hex(16)
    return site.show(
        visit,
        "integrations/new",
        422 if faults else 200,
        form=form,
        once=once,
        choices=choices,
        faults=FaultsShown(faults),
    )


def _standing(integration: Integration) -> Form:
    return Form({"name": [integration.name], "kind": [integration.kind]})


def _one(
    site: Site,
    use: IntegrationPages,
    visit: Visit,
    integration: Integration,
    typed: Form | None = None,
    faults: Sequence[Fault] = (),
    *,
    lost: bool = False,
) -> Response:
    stands = _standing(integration)
    history = use.manage.history(visit.principal, integration.id)
    return site.show(
        visit,
        "integrations/one",
        409 if lost else 422 if faults else 200,
        it=integration,
        incident=next((each for each in history if each.id == integration.incident), None),
        history=[each for each in history if each.ended_at is not None],
        company=use.companies(integration.tenant).get(integration.company or ""),
        states=STATES,
        stages=STAGES,
        tabs=sees_alerts(visit),
        form=stands if typed is None else typed,
        version=integration.version if lost or typed is None else typed.get("version"),
        lost=differences({name: LABELS[name] for name in ("name", "kind")}, stands, typed) if lost and typed else None,
        faults=FaultsShown(faults),
    )


def _save(site: Site, use: IntegrationPages, visit: Visit, integration: Integration) -> Response:
    form, match = visit.form, f'"{visit.form.get("version")}"'

    def changed(before: Integration) -> Integration:
        check_match(match, before)
        fields = read(IntegrationBody, {"name": _line(form, "name"), "kind": _line(form, "kind")})
        return replace(before, name=fields.name, kind=fields.kind)

    try:
        use.manage.change(visit.principal, integration.id, changed)
    except REFUSALS as error:
        now = use.manage.get(visit.principal, integration.id).integration
        lost = isinstance(error, PreconditionFailed)
        return _one(site, use, visit, now, form, faults_of(error, LABELS), lost=lost)
    return visit.go(f"integrations/{integration.id}", said="saved")
