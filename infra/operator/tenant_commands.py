"""What an operator sets for a tenant: where it may send to, how much and how fast, and what is stopped."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from infra.operator.office import Office
from tocsin.application.erase_contact import EraseContact
from tocsin.domain.alert import Channel
from tocsin.domain.brakes import MICROS, Brakes, Pause, Rate
from tocsin.domain.errors import Fault, InvalidRequest
from tocsin.domain.ids import TenantId
from tocsin.domain.lifetime import parse_lifetime
from tocsin.entrypoint.clock import utc_now

ANYWHERE = "anywhere"
OFF = "off"


def first_brakes(office: Office, asked: argparse.Namespace) -> None:
    """Give a new tenant the brakes of its country; one that has brakes of its own keeps them."""
    tenant = TenantId(asked.tenant)
    if office.brakes.get(tenant) == Brakes() and asked.country:
        office.brakes.set(tenant, replace(Brakes(), countries=_countries(asked.country)))


def set_tenant(office: Office, asked: argparse.Namespace) -> None:
    """Change where a tenant may send text messages to, how many, and for how much."""
    tenant = _known(office, asked)
    brakes = office.brakes.get(tenant)
    changes: dict[str, Any] = {}
    if asked.country:
        changes["countries"] = _countries(asked.country)
    if asked.special_numbers:
        changes["special_numbers"] = asked.special_numbers == "on"
    for name in ("number_rate", "tenant_rate", "daily_spend"):
        given = getattr(asked, name)
        if given is not None:
            changes[name] = None if given == OFF else given
    office.brakes.set(tenant, replace(brakes, **changes))
    show_tenant(office, asked)


def show_tenant(office: Office, asked: argparse.Namespace) -> None:
    """Print a tenant's brakes as a JSON line."""
    brakes = office.brakes.get(_known(office, asked))
    print(
        json.dumps(
            {
                "countries": ANYWHERE if brakes.countries is None else sorted(brakes.countries),
                "special_numbers": brakes.special_numbers,
                "number_rate": _said(brakes.number_rate),
                "tenant_rate": _said(brakes.tenant_rate),
                "daily_spend_usd": OFF if brakes.daily_spend is None else brakes.daily_spend / MICROS,
                "paused": {channel.value: pause.reason for channel, pause in brakes.paused.items()},
            }
        )
    )


def pause_tenant(office: Office, asked: argparse.Namespace) -> None:
    """Stop a channel of a tenant; what is accepted waits as long as it may."""
    office.brakes.pause(_known(office, asked), Channel(asked.channel), Pause(utc_now(), "operator"))
    show_tenant(office, asked)


def resume_tenant(office: Office, asked: argparse.Namespace) -> None:
    """Let a channel of a tenant go on."""
    office.brakes.resume(_known(office, asked), Channel(asked.channel))
    show_tenant(office, asked)


def erase(office: Office, asked: argparse.Namespace) -> None:
    """Forget a person of a tenant, everywhere; print numbers only. Say it again if the last look was not clean."""
    use_case = EraseContact(office.personal_data, office.erasures, office.sealer, utc_now, office.wait)
    erased = use_case(_known(office, asked), contact_id=asked.contact, address=asked.address)
    print(json.dumps({"addresses": erased.addresses, "rows": erased.rows, "clean": erased.clean}))


Command = Callable[[Any, str, Callable[[Office, argparse.Namespace], None]], argparse.ArgumentParser]


def add_commands(tenant: Any, command: Command) -> None:
    """Teach the parser the words."""
    change = command(tenant, "set", set_tenant)
    country_argument(change, required=False)
    change.add_argument("--special-numbers", choices=["on", "off"], help="premium, shared-cost, satellite numbers")
    change.add_argument("--number-rate", type=_rate, metavar="COUNT/SPAN", help="to one receiver, like 5/15m, or off")
    change.add_argument("--tenant-rate", type=_rate, metavar="COUNT/SPAN", help="in all, like 1000/1h, or off")
    change.add_argument("--daily-spend", type=_money, metavar="USD", help="estimated cost of a UTC day, or off")
    command(tenant, "show", show_tenant)
    forget = command(tenant, "erase", erase)
    forget.add_argument("--contact", help="id in contact groups; it is taken to mean one person in all of them")
    forget.add_argument("--address", help="phone number or email address")
    for name, run in (("pause", pause_tenant), ("resume", resume_tenant)):
        command(tenant, name, run).add_argument("--channel", required=True, choices=[c.value for c in Channel])


def country_argument(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Take `--country`, as often as there are countries."""
    parser.add_argument(
        "--country",
        action="append",
        required=required,
        type=_country,
        metavar="CC",
        help="where its text messages may go: GB, +44, or anywhere; say it once for each",
    )


def _countries(words: list[str]) -> frozenset[str] | None:
    return None if ANYWHERE in words else frozenset(words)


def _country(text: str) -> str:
    if text != ANYWHERE and not re.fullmatch(r"[A-Z]{2}|\+[1-9][0-9]{0,2}", text):
        raise argparse.ArgumentTypeError("must be a country like GB, a calling code like +44, or anywhere")
    return text


def _rate(text: str) -> Rate | str:
    if text == OFF:
        return OFF
    count, _, span = text.partition("/")
    try:
        duration = parse_lifetime(span).duration
        if duration <= timedelta(0) or not re.fullmatch(r"[0-9]{1,9}", count):
            raise ValueError
    except ValueError:
        raise argparse.ArgumentTypeError("must be like 5/15m, or off") from None
    return Rate(int(count), duration)


def _money(text: str) -> int | str:
    if text == OFF:
        return OFF
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,2})?", text):
        raise argparse.ArgumentTypeError("must be an amount in US dollars like 50 or 12.50, or off")
    return round(float(text) * MICROS)


def _said(rate: Rate | None) -> str:
    return OFF if rate is None else f"{rate.count}/{round(rate.span.total_seconds())}s"


def _known(office: Office, asked: argparse.Namespace) -> TenantId:
    tenant = TenantId(asked.tenant)
    if office.tenants.get(tenant) is None:
        raise InvalidRequest([Fault("/tenant", "UNKNOWN", f"there is no tenant {tenant}")])
    return tenant
