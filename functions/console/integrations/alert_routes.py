"""Routes of alerts of integrations: who is told when one does not work."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.integrations.routes import NEEDS, IntegrationPages
from console.integrations.words import LABELS, missing_people
from console.rules.refusals import REFUSALS, differences, faults_of
from console.site import Site
from console.visit import Form, Visit
from tocsin.directory.domain.things import Kind
from tocsin.directory.domain.versions import check_match
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.integration_body.bodies import AlertOfIntegrationsBody, companies_of
from tocsin.identity.domain.user import User
from tocsin.integrations.application.manage_alerts import ManageIntegrationAlerts, SeenSubscription
from tocsin.integrations.domain.refusals import NotEligible
from tocsin.integrations.domain.rights import Party, party_of
from tocsin.integrations.domain.subscription import Companies, IntegrationAlert
from tocsin.kernel.domain.errors import AlreadyExists, Fault, PreconditionFailed, StaleWrite

_REFUSALS = (*REFUSALS, NotEligible, AlreadyExists)
_PATH = "integration-alerts"


@dataclass(frozen=True, slots=True)
class AlertPages:
    """What these pages need of the core."""

    manage: ManageIntegrationAlerts
    integrations: IntegrationPages


def integration_alert_routes(site: Site, use: AlertPages) -> Blueprint:
    """Return the routes of subscriptions."""
    routes = Blueprint(__name__)

    @site.page(routes, _PATH, NEEDS[0], reach=NEEDS[1])
    def alerts(visit: Visit) -> Response:
        found = sorted(use.manage.list(visit.principal), key=lambda seen: (seen.user.name.casefold(), seen.alert.id))
        names = use.integrations.companies(visit.principal.tenant)
        rows = [(seen, _scope(seen.alert, names), _maker(seen, use, visit)) for seen in found]
        return site.show(visit, "integrations/alerts", rows=rows, tabs=True)

    @site.page(routes, f"{_PATH}/new", NEEDS[0], posts=True, reach=NEEDS[1])
    def new_alert(visit: Visit) -> Response:
        if visit.call.method == "GET":
            use.manage.check_may_change(visit.principal)
            return _form(site, use, visit, Form({"companies": []}))
        try:
            user, companies = _typed(visit.form)
            use.manage.create(visit.principal, user, companies, visit.seed.hex()[:32])
        except _REFUSALS as error:
            return _form(site, use, visit, visit.form, _faults(error))
        return visit.go(_PATH, said="made")

    @site.page(routes, f"{_PATH}/{{alert_id}}", NEEDS[0], posts=True, reach=NEEDS[1])
    def alert(visit: Visit, alert_id: str) -> Response:
        seen = use.manage.get(visit.principal, alert_id)
        if visit.call.method == "GET":
            return _form(site, use, visit, _standing(seen.alert), seen=seen)
        return _save(site, use, visit, seen)

    @site.page(routes, f"{_PATH}/{{alert_id}}/delete", NEEDS[0], posts=True, reach=NEEDS[1])
    def delete_alert(visit: Visit, alert_id: str) -> Response:
        seen = use.manage.get(visit.principal, alert_id)
        scope = _scope(seen.alert, use.integrations.companies(visit.principal.tenant))
        if visit.call.method == "GET":
            return site.show(visit, "integrations/delete_alert", it=seen, scope=scope, moved=False)
        match = f'"{visit.form.get("version")}"'
        try:
            use.manage.delete(visit.principal, seen.alert.id, lambda it: check_match(match, it))
        except (PreconditionFailed, StaleWrite):
            return site.show(visit, "integrations/delete_alert", 409, it=seen, scope=scope, moved=True)
        return visit.go(_PATH, said="deleted")

    return routes


def _scope(alert: IntegrationAlert, names: Mapping[str, str]) -> str:
    if alert.companies is None:
        return "All companies"
    return ", ".join(name for id, name in names.items() if id in alert.companies)


def _maker(seen: SeenSubscription, use: AlertPages, visit: Visit) -> str:
    """Return who made a subscription, as the page says it."""
    if seen.alert.activating:
        return f"by activating {seen.alert.activating}"
    maker = seen.alert.created_by
    found = None if maker is None else use.integrations.directory.get(visit.principal.tenant, Kind.USER, maker)
    return found.name if isinstance(found, User) else "a former user"


def _standing(alert: IntegrationAlert) -> Form:
    return Form({"user": [alert.user], "companies": sorted(alert.companies or ())})


def _typed(form: Form) -> tuple[str, Companies]:
    """Return person and companies. No company that is ticked: all. Raises InvalidRequest."""
    companies = form.all("companies")
    body = {"user": form.get("user"), "companies": companies} if companies else {"user": form.get("user")}
    fields = read(AlertOfIntegrationsBody, body)
    return fields.user, companies_of(fields)


def _faults(error: Exception) -> Sequence[Fault]:
    match error:
        case NotEligible():
            return [Fault("user", error.code, "This person does not receive these alerts.")]
        case AlreadyExists():
            return [Fault("companies", error.code, "This person is told of exactly these companies already.")]
    return faults_of(error, LABELS)


def _form(
    site: Site,
    use: AlertPages,
    visit: Visit,
    form: Form,
    faults: Sequence[Fault] = (),
    *,
    seen: SeenSubscription | None = None,
    lost: Sequence[tuple[str, str, str]] | None = None,
) -> Response:
    found = use.manage.candidates(visit.principal)
    names = use.integrations.companies(visit.principal.tenant)
    person = visit.principal.user
    if person is not None and party_of(person) is Party.MANAGER:
        names = {id: name for id, name in names.items() if id in person.companies}
    people = [(each.id, f"{each.name}, {each.email}") for each in found.people]
    return site.show(
        visit,
        "integrations/alert",
        409 if lost is not None else 422 if faults else 200,
        seen=seen,
        form=form,
        people=[("", "Choose a person"), *people],
        missing=missing_people(found.missing),
        names=list(names.items()),
        chosen=form.all("companies"),
        version=_version(form, seen, fresh=lost is not None),
        once=form.get("once") or secrets.token_hex(16),
        lost=lost,
        faults=FaultsShown(faults),
    )


def _version(form: Form, seen: SeenSubscription | None, *, fresh: bool) -> str:
    if seen is None:
        return ""
    return str(seen.alert.version) if fresh else form.get("version") or str(seen.alert.version)


def _save(site: Site, use: AlertPages, visit: Visit, seen: SeenSubscription) -> Response:
    form, match = visit.form, f'"{visit.form.get("version")}"'

    def changed(before: IntegrationAlert) -> tuple[str, Companies]:
        check_match(match, before)
        return _typed(form)

    try:
        use.manage.change(visit.principal, seen.alert.id, changed)
    except _REFUSALS as error:
        now = use.manage.get(visit.principal, seen.alert.id)
        lost = None
        if isinstance(error, PreconditionFailed):
            lost = differences({name: LABELS[name] for name in ("user", "companies")}, _standing(now.alert), form)
        return _form(site, use, visit, form, _faults(error), seen=now, lost=lost)
    return visit.go(_PATH, said="saved")
