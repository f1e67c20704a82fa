"""Account settings: what owners and admins set for everybody, and what the operator has set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalice.app import Blueprint, Response

from console.drafting import Drafting
from console.entries import Record
from console.faults import FaultsShown
from console.site import Site
from console.visit import Form, Visit
from console.words import counted, sentence
from tocsin.audit.domain.entry import Thing
from tocsin.calendar.domain.quiet_hours import EVERY_DAY, QuietHours, parse_quiet_time
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.application.change_account import ChangeAccount
from tocsin.identity.domain.account_key import account_key
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.tenant import PBX_FACTS, BusTopic, Tenant
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.application.read_limits import AccountLimits, ReadLimits
from tocsin.limits.domain.codes import PAUSE_REASONS
from tocsin.limits.domain.sending_limits import MICROS, Rate
from tocsin.personal_notices.application.text_numbers import notice_sender

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_PAGE = "account"
_PBX = (
    ("web_domain", "Web address", "url"),
    ("sip_public_ip", "Public address of SIP", "text"),
    ("sip_private_ip", "Private address of SIP", "text"),
    ("udp_port", "UDP port", "numeric"),
    ("tcp_port", "TCP port", "numeric"),
    ("tls_port", "TLS port", "numeric"),
)
assert [name for name, *_ in _PBX] == list(PBX_FACTS)
_BUS = (
    (BusTopic.RULES, "Runs of alert rules"),
    (BusTopic.INCIDENTS, "Incidents of integrations"),
    (BusTopic.EVENTS, "Telephony events that Tocsin makes itself, such as a source that is silent"),
)
_CHANNELS = {Channel.SMS: "Texts", Channel.EMAIL: "Emails", Channel.CALL: "Calls"}


@dataclass(frozen=True, slots=True)
class AccountPages:
    """What the page needs of the core. `numbers`: the numbers to which people can answer."""

    tenants: TenantRepository
    change: ChangeAccount
    limits: ReadLimits
    numbers: Callable[[TenantId], Sequence[str]]
    drafting: Drafting
    record: Record


def account_routes(site: Site, use: AccountPages) -> Blueprint:
    """Return the route of the account's settings. A change asks for a fresh proof."""
    routes = Blueprint(__name__)

    @site.page(routes, _PAGE, Permission.ACCOUNT, posts=True, reach=Reach.ALL)
    def account(visit: Visit) -> Response:
        tenant = use.tenants.get(visit.principal.tenant)
        if tenant is None:
            raise NotFound("account")
        if visit.call.method == "GET":
            return _shown(site, use, visit, tenant, use.drafting.take(visit, _PAGE))
        if (proof := use.drafting.to_proof(visit, _PAGE)) is not None:
            return proof
        return _save(site, use, visit, tenant)

    return routes


def _save(site: Site, use: AccountPages, visit: Visit, tenant: Tenant) -> Response:
    def record(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        use.record(visit, "account.updated", Thing("account", tenant.id, tenant.name), after, before)

    form = visit.form
    quiet, faults = _quiet(form)
    wanted = replace(
        tenant,
        name=form.get("name"),
        zone=form.get("zone"),
        quiet=quiet,
        mfa_required=form.ticked("mfa"),
        country=form.get("country").strip().upper() or None,
        notice_sender="".join(form.get("notice_sender").split()) or None,
        pbx={name: value for name in PBX_FACTS if (value := form.get(f"pbx-{name}").strip())},
        bus=frozenset(topic for topic in BusTopic if topic in form.all("bus")),
    )
    try:
        if faults:
            raise InvalidRequest(faults)
        use.change(tenant, wanted, record)
    except InvalidRequest as error:
        found = [
            Fault(each.pointer.strip("/").replace("/", "-"), each.code, sentence(each.message)) for each in error.faults
        ]
        return _shown(site, use, visit, tenant, form, found)
    return visit.go(_PAGE, said="saved")


def _field(pointer: str) -> str:
    return pointer.strip("/").replace("/", "-")


def _quiet(form: Form) -> tuple[QuietHours | None, list[Fault]]:
    """Return the quiet hours that were typed; None = both times are empty."""
    typed = {name: form.get(f"quiet-{name}") for name in ("from", "until")}
    if not any(typed.values()):
        return None, []
    faults, times = [], []
    for name, text in typed.items():
        try:
            times.append(parse_quiet_time(text[:5]))
        except ValueError as error:
            faults.append(Fault(f"quiet-{name}", "WRONG_FORM", str(error)))
    days = frozenset(int(day) for day in form.all("quiet-day") if day in {str(n) for n in EVERY_DAY})
    if not days:
        faults.append(Fault("quiet-day", "REQUIRED", "say on which days they begin"))
    if faults:
        return None, faults
    if times[0] == times[1]:
        return None, [Fault("quiet-until", "WRONG_FORM", "must differ from the time at which they begin")]
    return QuietHours(times[0], times[1], days), []


def _shown(
    site: Site, use: AccountPages, visit: Visit, tenant: Tenant, typed: Form, faults: Sequence[Fault] = ()
) -> Response:
    limits = use.limits(account_key(tenant.id), visit.now)
    return site.show(
        visit,
        "account",
        422 if faults else 200,
        form=typed if typed.values else _stands(tenant),
        days=[(str(number), word) for number, word in enumerate(DAYS, 1)],
        numbers=use.numbers(tenant.id),
        default_sender=notice_sender(None, use.numbers(tenant.id)),
        pbx=_PBX,
        bus=_BUS,
        limits=_limits(limits),
        id=tenant.id,
        faults=FaultsShown(faults),
    )


def _stands(tenant: Tenant) -> Form:
    """Return the settings as the form has them."""
    quiet = tenant.quiet
    found = {
        "name": [tenant.name],
        "zone": [tenant.zone],
        "quiet-from": [f"{quiet.start:%H:%M}" if quiet else ""],
        "quiet-until": [f"{quiet.end:%H:%M}" if quiet else ""],
        "quiet-day": [str(day) for day in sorted(quiet.weekdays if quiet else EVERY_DAY)],
        "country": [tenant.country or ""],
        "notice_sender": [tenant.notice_sender or ""],
        "bus": [topic.value for topic in tenant.bus],
        **{f"pbx-{name}": [value] for name, value in tenant.pbx.items()},
    }
    return Form(found | ({"mfa": ["on"]} if tenant.mfa_required else {}))


def _limits(limits: AccountLimits) -> list[tuple[str, str]]:
    """Return what the operator has set: name and value."""
    settings, spent = limits.settings, limits.spent / MICROS
    most = "no limit" if settings.daily_spend is None else f"of ${settings.daily_spend / MICROS:,.2f}"
    countries = "all countries" if settings.countries is None else ", ".join(sorted(settings.countries))
    paused = [
        (f"{_CHANNELS[channel]} are paused", sentence(PAUSE_REASONS.words[pause.reason].cause))
        for channel, pause in settings.paused.items()
    ]
    return [
        (
            "Texts and calls go to",
            countries + ("" if settings.special_numbers else "; to no premium or special numbers"),
        ),
        ("Texts to one person", _rate(settings.number_rate)),
        ("Calls to one number", _rate(settings.call_rate)),
        ("Texts of the account", _rate(settings.tenant_rate)),
        ("Spent on texts and calls today", f"${spent:,.2f} {most} (estimated, by the UTC day)"),
        *paused,
    ]


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return "no limit"
    return f"at most {rate.count} in {counted(int(rate.span.total_seconds() // 60), 'minute')}"
