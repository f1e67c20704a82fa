"""The command line of `infra.operate`. Results go to standard output, messages for people to standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.operator import mails, numbers, suppressions, tenant_commands
from infra.operator.context import LOCAL_STACK, NoSuchStack, OperatorContext, context_of
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.identity.application.create_api_key import CreateApiKey
from tocsin.identity.application.create_tenant import CreateTenant
from tocsin.identity.application.disable_api_key import DisableApiKey
from tocsin.identity.application.top_up_capacity import TopUpCapacity
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import Fault, InvalidRequest, TocsinError
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

RUN_FILE = Path(".local/run.json")

EXAMPLES = """examples:
  python -m infra.operate --stack tocsin tenant create --tenant acme --name "Acme Ltd" --country GB
  python -m infra.operate --stack tocsin tenant set --tenant acme --country GB --country IE --daily-spend 200
  python -m infra.operate --stack tocsin tenant set --tenant acme --zone Europe/London --quiet 22:00-07:00
  python -m infra.operate --stack tocsin key create --tenant acme --name "Night shift" --kind live \\
      --right canSetLifetime --right canReadAlerts --network 10.0.0.0/8 --capacity sms=1000 \\
      --owner-email night-shift@example.org
  python -m infra.operate --local key list --tenant acme
  python -m infra.operate --local key capacity --tenant acme --key k7f3q9 --add sms=1000
  python -m infra.operate --local key disable --tenant acme --key k7f3q9
  python -m infra.operate --local number add --tenant acme --key k7f3q9 --number +447700900050
  python -m infra.operate --local mail unreadable
  python -m infra.operate --local suppression list --tenant acme
  python -m infra.operate --local suppression lift --tenant acme --channel email --address ana@example.org
"""

_Finder = Callable[[str, str | None, str | None], OperatorContext]


def main(words: Sequence[str] | None = None, find_context: _Finder = context_of) -> int:
    """Run one command. Returns the exit code: 0 success, 1 rejected (standard error says why), 2 wrong usage."""
    parser = _parser()
    arguments = parser.parse_args(words)
    endpoint_url, stack = arguments.endpoint_url, arguments.stack
    if arguments.local:
        stack = stack or LOCAL_STACK
        endpoint_url = endpoint_url or _running_engine(parser)
    if not stack:
        parser.error("name the stack: --stack NAME, or --local")
    try:
        arguments.command(find_context(stack, arguments.region, endpoint_url), arguments)
    except InvalidRequest as refusal:
        for fault in refusal.faults:
            _say(f"{fault.pointer.lstrip('/')}: {fault.message}")
        return 1
    except (TocsinError, NoSuchStack) as refusal:
        _say(str(refusal))
        return 1
    return 0


def create_tenant(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Create a tenant; safe to repeat."""
    tenant = CreateTenant(context.tenants, utc_now)(arguments.tenant, arguments.name)
    tenant_commands.first_limits(context, arguments)
    tenant_commands.first_clock(context, arguments)
    _say(f"tenant {tenant.id} exists: {tenant.name}")


def create_key(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Create an API key and print its token, which no other command shows."""
    tenant = TenantId(arguments.tenant)
    if context.tenants.get(tenant) is None:
        hint = f"there is no tenant {tenant}; create it: tenant create --tenant {tenant} --name NAME --country CC"
        raise InvalidRequest([Fault("/tenant", "UNKNOWN", hint)])
    callback = (
        Callback(arguments.callback_url, CallbackEncoding(arguments.callback_type)) if arguments.callback_url else None
    )
    # Only the local engine may send webhooks to loopback addresses.
    egress = EgressPolicy(loopback=arguments.local)
    new = CreateApiKey(context.keys, context.sealer, SystemRandomness(), egress)(
        tenant,
        KeyKind(arguments.kind),
        arguments.name,
        rights=frozenset(Right(right) for right in arguments.right),
        networks=tuple(arguments.network),
        capacities=dict(arguments.capacity),
        notification=NotificationMode(arguments.notification),
        transliterate=arguments.transliterate,
        callback=callback,
        owner_email=arguments.owner_email,
    )
    _say(f"key {new.key.id} of {tenant}, {new.key.kind}. This is its token; it cannot be shown again:")
    print(new.token)


def list_keys(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Print a JSON line for each key, without the hash of its token."""
    tenant = TenantId(arguments.tenant)
    for key in context.keys.list(tenant):
        left = context.keys.remaining(tenant, key.id) if key.limited else {}
        line = {
            "key": key.id,
            "name": key.name,
            "kind": key.kind.value,
            "enabled": key.enabled,
            "rights": sorted(right.value for right in key.rights),
            "networks": list(key.networks),
            "transliterate": key.transliterate,
            "owner": key.owner_email is not None,
            "remaining": {channel.value: left.get(channel, 0) for channel in sorted(key.limited)},
        }
        print(json.dumps(line, ensure_ascii=False))


def disable_key(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Disable a key; within 30 s, every process rejects it."""
    DisableApiKey(context.keys)(TenantId(arguments.tenant), ApiKeyId(arguments.key))
    _say(f"key {arguments.key} of {arguments.tenant} is disabled; every process rejects it within 30 s")


def add_capacity(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Add to the limited capacities of a key and print the remaining ones; a repeat adds again."""
    left = TopUpCapacity(context.keys)(TenantId(arguments.tenant), ApiKeyId(arguments.key), dict(arguments.add))
    print(json.dumps({channel.value: units for channel, units in sorted(left.items())}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.operate",
        description="Tenants, API keys, numbers, unreadable mails and suppressions of a stack.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _say_where(parser)
    parser.set_defaults(stack=None, region=None, endpoint_url=None, local=False)
    things = parser.add_subparsers(title="things", required=True, metavar="tenant|key|number|mail|suppression")

    tenant = things.add_parser("tenant", help="customers").add_subparsers(
        required=True, metavar="create|set|show|pause|resume|erase"
    )
    create = _command(tenant, "create", create_tenant)
    create.add_argument("--name", required=True, help="its name, for people")
    tenant_commands.country_argument(create, required=True)
    tenant_commands.clock_arguments(create)
    tenant_commands.add_commands(tenant, _command)

    key = things.add_parser("key", help="API keys").add_subparsers(
        required=True, metavar="create|list|capacity|disable"
    )
    create = _command(key, "create", create_key)
    create.add_argument("--name", required=True, help="its name, for people")
    create.add_argument("--kind", required=True, choices=[kind.value for kind in KeyKind])
    create.add_argument("--right", action="append", default=[], choices=[right.value for right in Right])
    create.add_argument("--network", action="append", default=[], help="CIDR it may be used from (default: anywhere)")
    create.add_argument(
        "--capacity", action="append", default=[], type=_capacity, metavar="CHANNEL=UNITS", help="(default: unlimited)"
    )
    create.add_argument("--notification", default="poll", choices=[mode.value for mode in NotificationMode])
    create.add_argument(
        "--transliterate",
        action="store_true",
        help="convert text messages to the GSM alphabet: cheaper, loses characters",
    )
    create.add_argument("--callback-url", help="webhook URL for results if `notification` is callback")
    create.add_argument("--callback-type", default="json", choices=[kind.value for kind in CallbackEncoding])
    create.add_argument("--owner-email", help="address for mails about failing webhooks and exceeded limits")
    _command(key, "list", list_keys)
    more = _command(key, "capacity", add_capacity)
    more.add_argument("--key", required=True, help="its id, see key list")
    more.add_argument("--add", action="append", required=True, type=_capacity, metavar="CHANNEL=UNITS")
    _command(key, "disable", disable_key).add_argument("--key", required=True, help="its id, see key list")

    number = things.add_parser("number", help="two-way numbers").add_subparsers(
        required=True, metavar="add|list|remove"
    )
    _command(number, "list", numbers.list_them)
    numbers.add_words(_command(number, "add", numbers.add), _command(number, "remove", numbers.remove))

    mail = things.add_parser("mail", help="mails of people").add_subparsers(required=True, metavar="unreadable")
    _command(mail, "unreadable", mails.unreadable, of_a_tenant=False)

    suppression = things.add_parser("suppression", help="who must not be contacted").add_subparsers(
        required=True, metavar="list|lift"
    )
    suppressions.add_words(
        _command(suppression, "list", suppressions.list_them), _command(suppression, "lift", suppressions.lift)
    )
    return parser


def _say_where(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the stack. They may precede or follow the command; an absent option changes nothing."""
    where = parser.add_argument_group("where", argument_default=argparse.SUPPRESS)
    where.add_argument("--stack", help="name of the root stack; --local has a default")
    where.add_argument("--region", help="AWS region (default: from the environment)")
    where.add_argument("--endpoint-url", help="address of a local engine")
    where.add_argument("--local", action="store_true", help=f"the engine of `make run` ({RUN_FILE})")


def _command(
    things: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    command: Callable[[OperatorContext, argparse.Namespace], None],
    *,
    of_a_tenant: bool = True,
) -> argparse.ArgumentParser:
    words = things.add_parser(name, help=(command.__doc__ or "").splitlines()[0])
    if of_a_tenant:
        words.add_argument("--tenant", required=True, help="4 to 20 lower-case letters and digits")
    words.set_defaults(command=command)
    _say_where(words)
    return words


def _capacity(text: str) -> tuple[Channel, int]:
    channel, _, units = text.partition("=")
    try:
        return Channel(channel), int(units)
    except ValueError:
        channels = ", ".join(known.value for known in Channel)
        raise argparse.ArgumentTypeError(f"must be like sms=1000; channels are {channels}") from None


def _running_engine(parser: argparse.ArgumentParser) -> str:
    try:
        return str(json.loads(RUN_FILE.read_text())["engine"])
    except (OSError, ValueError, KeyError):
        parser.error(f"no engine in {RUN_FILE}: start it with `make run`, or give --endpoint-url")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
