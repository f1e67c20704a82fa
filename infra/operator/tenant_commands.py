"""Commands for a tenant: countries, rates, spend, paused channels, time zone and quiet hours."""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import phonenumbers

from infra.operator.context import Command, OperatorContext
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.calendar.domain.lifetime import parse_lifetime
from tocsin.calendar.domain.quiet_hours import QuietHours, parse_quiet_hours, quiet_hours_text
from tocsin.calendar.domain.time_zone import zone
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.application.create_tenant import CreateTenant
from tocsin.identity.domain.tenant import EVENTS_KEPT_DAYS, Tenant
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.sending_limits import MICROS, Pause, Rate, SendingLimits

ANYWHERE = "anywhere"
OFF = "off"


def create_tenant(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Create a tenant; safe to repeat with the same options."""
    tenant = CreateTenant(context.tenants, context.clock)(arguments.tenant, arguments.name)
    wanted = replace(SendingLimits(), countries=_countries(arguments.country))
    if context.sending_limits.get(tenant.id) == SendingLimits():
        context.sending_limits.set(tenant.id, wanted)
    if tenant.clock == PLAIN:
        set_clock(context, arguments)
    _reject_other_settings(context, arguments, wanted)
    print(f"tenant {tenant.id} exists: {tenant.name}", file=sys.stderr)


def _reject_other_settings(context: OperatorContext, arguments: argparse.Namespace, wanted: SendingLimits) -> None:
    """Reject options that differ from an existing tenant, because they have no effect."""
    stored = _tenant(context, arguments)
    clock = _clock(stored.clock, arguments)
    ignored = {
        "name": stored.name != arguments.name.strip(),
        "country": context.sending_limits.get(stored.id).countries != wanted.countries,
        "zone": stored.clock.zone != clock.zone,
        "quiet": stored.clock.quiet != clock.quiet,
    }
    hint = f"tenant {stored.id} exists with another value, which stays; tenant set changes it"
    faults = [Fault(f"/{option}", "CONFLICT", hint) for option, differs in ignored.items() if differs]
    if faults:
        raise InvalidRequest(faults)


def list_tenants(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Print a JSON line for each tenant. The command reads the whole table."""
    for tenant in context.tenants.all():
        keys = context.keys.list(tenant.id)
        line = {
            "tenant": tenant.id,
            "name": tenant.name,
            "created": tenant.created_at.isoformat(timespec="seconds"),
            "zone": tenant.zone,
            "keys": len(keys),
            "enabled_keys": sum(key.enabled for key in keys),
        }
        print(json.dumps(line, ensure_ascii=False))


def set_tenant(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Change a tenant's limits, switches, kept events, home country, time zone and quiet hours."""
    tenant = _known(context, arguments)
    sending_limits = context.sending_limits.get(tenant)
    changes: dict[str, Any] = {}
    if arguments.country:
        changes["countries"] = _countries(arguments.country)
    if arguments.special_numbers:
        changes["special_numbers"] = arguments.special_numbers == "on"
    for name in ("number_rate", "call_rate", "tenant_rate", "daily_spend"):
        given = getattr(arguments, name)
        if given is not None:
            changes[name] = None if given == OFF else given
    context.sending_limits.set(tenant, replace(sending_limits, **changes))
    if (switch := arguments.password_grant) is not None:
        context.tenants.allow_password_grant(tenant, allowed=switch == "on")
    if (switch := arguments.system_mail) is not None:
        context.tenants.allow_system_mail(tenant, allowed=switch == "on")
    if arguments.events_kept_days is not None:
        context.tenants.keep_events(tenant, arguments.events_kept_days)
    if (country := arguments.home_country) is not None:
        context.tenants.set_country(tenant, None if country == OFF else country)
    set_clock(context, arguments)
    show_tenant(context, arguments)


def set_clock(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Change time zone and quiet hours of a tenant, if given."""
    if arguments.zone is None and arguments.quiet is None:
        return
    clock = _clock(_tenant(context, arguments).clock, arguments)
    context.tenants.set_clock(TenantId(arguments.tenant), clock)


def _clock(clock: AccountClock, arguments: argparse.Namespace) -> AccountClock:
    if arguments.zone is not None:
        clock = replace(clock, zone=arguments.zone)
    if arguments.quiet is not None:
        clock = replace(clock, quiet=None if arguments.quiet == OFF else arguments.quiet)
    return clock


def show_tenant(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Print a tenant's sending limits, kept events, time zone and quiet hours as a JSON line."""
    tenant = _tenant(context, arguments)
    sending_limits = context.sending_limits.get(tenant.id)
    print(
        json.dumps(
            {
                "countries": ANYWHERE if sending_limits.countries is None else sorted(sending_limits.countries),
                "special_numbers": sending_limits.special_numbers,
                "number_rate": _said(sending_limits.number_rate),
                "call_rate": _said(sending_limits.call_rate),
                "tenant_rate": _said(sending_limits.tenant_rate),
                "daily_spend_usd": OFF if sending_limits.daily_spend is None else sending_limits.daily_spend / MICROS,
                "paused": {channel.value: pause.reason for channel, pause in sending_limits.paused.items()},
                "system_mail": tenant.system_mail,
                "events_kept_days": tenant.events_kept_days,
                "zone": tenant.zone,
                "home_country": tenant.country or OFF,
                "quiet": OFF if tenant.quiet is None else quiet_hours_text(tenant.quiet),
            }
        )
    )


def pause_tenant(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Pause a channel of a tenant; accepted messages wait until they expire."""
    context.sending_limits.pause(
        _known(context, arguments), Channel(arguments.channel), Pause(context.clock(), "operator")
    )
    show_tenant(context, arguments)


def resume_tenant(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Resume a channel of a tenant."""
    context.sending_limits.resume(_known(context, arguments), Channel(arguments.channel))
    show_tenant(context, arguments)


def add_commands(tenant: Any, command: Command) -> None:
    """Add the commands to the parser."""
    create = command(tenant, "create", create_tenant)
    create.add_argument("--name", required=True, help="its name, for people")
    country_argument(create, required=True)
    clock_arguments(create)
    change = command(tenant, "set", set_tenant)
    country_argument(change, required=False)
    change.add_argument(
        "--special-numbers", choices=["on", "off"], help="allow premium, shared-cost and satellite numbers"
    )
    change.add_argument(
        "--number-rate", type=_rate, metavar="COUNT/SPAN", help="texts to one receiver, like 5/15m, or off"
    )
    change.add_argument(
        "--call-rate",
        type=_rate,
        metavar="COUNT/SPAN",
        help="calls placed to one number, like 6/1h, or off; a third is kept for urgent calls",
    )
    change.add_argument("--tenant-rate", type=_rate, metavar="COUNT/SPAN", help="texts in total, like 1000/1h, or off")
    change.add_argument(
        "--daily-spend", type=_money, metavar="USD", help="estimated cost of texts and calls in a UTC day, or off"
    )
    change.add_argument(
        "--password-grant", choices=["on", "off"], help="programs may exchange a person's password for an access token"
    )
    change.add_argument(
        "--system-mail",
        choices=["on", "off"],
        help="without a mail server of its own, the account's mails go by that of the system (default: on)",
    )
    change.add_argument(
        "--events-kept-days",
        type=_events_kept,
        metavar="DAYS",
        help="how long telephony events are kept that come from now on, for backtests: 30 to 366 (default: 90)",
    )
    change.add_argument(
        "--home-country",
        type=_home,
        metavar="CC",
        help="of numbers that its telephone systems write nationally",
    )
    clock_arguments(change)
    command(tenant, "show", show_tenant)
    for name, run in (("pause", pause_tenant), ("resume", resume_tenant)):
        command(tenant, name, run).add_argument("--channel", required=True, choices=[c.value for c in Channel])


def country_argument(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add `--country`, which can be repeated."""
    parser.add_argument(
        "--country",
        action="append",
        required=required,
        type=_country,
        metavar="CC",
        help="allowed country for texts and calls: GB, +44, or anywhere; repeat it for more",
    )


def clock_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--zone` and `--quiet`."""
    parser.add_argument("--zone", type=_zone, metavar="NAME", help="its time zone, like Europe/London (default: UTC)")
    parser.add_argument(
        "--quiet",
        type=_quiet,
        metavar="FROM-TO[/DAYS]",
        help="quiet hours, like 22:00-07:00 or 22:00-07:00/mon-fri, or off (default: off)",
    )


def _zone(name: str) -> str:
    if zone(name) is None:
        raise argparse.ArgumentTypeError("must be the name of a time zone, like Europe/London")
    return name


def _quiet(text: str) -> QuietHours | str:
    if text == OFF:
        return OFF
    try:
        return parse_quiet_hours(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be like 22:00-07:00 or 22:00-07:00/mon-fri, or off: {error}") from None


def _countries(words: list[str]) -> frozenset[str] | None:
    if ANYWHERE in words and len(set(words)) > 1:
        raise InvalidRequest([Fault("/country", "CONFLICT", f"{ANYWHERE} stands alone")])
    return None if ANYWHERE in words else frozenset(words)


def _country(text: str) -> str:
    if text != ANYWHERE and not re.fullmatch(r"[A-Z]{2}|\+[1-9][0-9]{0,2}", text):
        raise argparse.ArgumentTypeError("must be a country like GB, a calling code like +44, or anywhere")
    return text


def _home(text: str) -> str:
    if text not in {OFF, *phonenumbers.SUPPORTED_REGIONS}:
        raise argparse.ArgumentTypeError("must be a country like GB, or off")
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


def _events_kept(text: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", text) or int(text) not in EVENTS_KEPT_DAYS:
        raise argparse.ArgumentTypeError("must be a number of days from 30 to 366")
    return int(text)


def _said(rate: Rate | None) -> str:
    return OFF if rate is None else f"{rate.count}/{round(rate.span.total_seconds())}s"


def _known(context: OperatorContext, arguments: argparse.Namespace) -> TenantId:
    return _tenant(context, arguments).id


def _tenant(context: OperatorContext, arguments: argparse.Namespace) -> Tenant:
    tenant = context.tenants.get(TenantId(arguments.tenant))
    if tenant is None:
        raise InvalidRequest([Fault("/tenant", "UNKNOWN", f"there is no tenant {arguments.tenant}")])
    return tenant
