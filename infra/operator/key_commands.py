"""Commands for API keys. A new token is printed once; no other command shows the token."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from infra.operator.context import Command, OperatorContext
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.identity.application.change_api_key import ChangeApiKey
from tocsin.identity.application.create_api_key import CreateApiKey, NewApiKey
from tocsin.identity.application.top_up_capacity import TopUpCapacity
from tocsin.identity.domain.api_key import (
    HIGHEST_MAIL_BYTES,
    HIGHEST_PERSONAL_CAP,
    MAIL_BYTES,
    PERSONAL_CAP,
    ApiKey,
    KeyKind,
    Right,
)
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import ApiKeyId, RoleId, TenantId

OFF = "off"
_CAP = f"most receivers of one call with unique lookups or a short link, 1 to {HIGHEST_PERSONAL_CAP}"
_MAIL_BYTES = f"most bytes of subject and body of one email, 1 to {HIGHEST_MAIL_BYTES}"
_ROLE = "what it may do with people and settings"
_ROLES = [role.value for role in SystemRole if role is not SystemRole.OWNER]
NONE = "none"
ANYWHERE = "anywhere"


def create_key(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Create an API key and print its token, which no other command shows."""
    tenant = TenantId(arguments.tenant)
    if context.tenants.get(tenant) is None:
        hint = f"there is no tenant {tenant}; create it: tenant create --tenant {tenant} --name NAME --country CC"
        raise InvalidRequest([Fault("/tenant", "UNKNOWN", hint)])
    if arguments.callback_type is not None and arguments.callback_url is None:
        raise _ignored("/callback-type", "it needs --callback-url")
    encoding = CallbackEncoding(arguments.callback_type or CallbackEncoding.JSON)
    new = CreateApiKey(context.keys, context.sealer, context.randomness, _egress(arguments))(
        tenant,
        KeyKind(arguments.kind),
        arguments.name,
        rights=frozenset(Right(right) for right in arguments.right),
        networks=tuple(arguments.network),
        capacities=_units("capacity", arguments.capacity),
        notification=NotificationMode(arguments.notification),
        transliterate=arguments.transliterate,
        callback=Callback(arguments.callback_url, encoding) if arguments.callback_url else None,
        owner_email=arguments.owner_email,
        personal_cap=arguments.personal_cap,
        mail_bytes=arguments.mail_bytes,
        role=RoleId(arguments.role) if arguments.role else None,
    )
    _print_token(new)


def list_keys(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Print a JSON line for each key, without the hash of its token."""
    tenant = TenantId(arguments.tenant)
    for key in context.keys.list(tenant):
        print(_line(context, key))


def set_key(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Replace settings of a key, and print the key as a JSON line."""
    changes: dict[str, Any] = {}
    if arguments.name is not None:
        changes["name"] = arguments.name
    if arguments.right:
        changes["rights"] = frozenset(Right(right) for right in _none_or_more("right", arguments.right, NONE))
    if arguments.network:
        changes["networks"] = tuple(_none_or_more("network", arguments.network, ANYWHERE))
    if arguments.notification is not None:
        changes["notification"] = NotificationMode(arguments.notification)
    if arguments.transliterate is not None:
        changes["transliterate"] = arguments.transliterate == "on"
    if arguments.callback_url is not None:
        changes["callback_url"] = None if arguments.callback_url == OFF else arguments.callback_url
    if arguments.callback_type is not None:
        stored = context.keys.get(TenantId(arguments.tenant), ApiKeyId(arguments.key))
        if "callback_url" in changes and changes["callback_url"] is None:
            raise _ignored("/callback-type", "the key would have no callback URL")
        if "callback_url" not in changes and stored is not None and stored.callback_url is None:
            raise _ignored("/callback-type", "the key has no callback URL; give --callback-url too")
        changes["callback_encoding"] = arguments.callback_type
    if arguments.owner_email is not None:
        changes["owner_email"] = None if arguments.owner_email == OFF else arguments.owner_email
    if arguments.personal_cap is not None:
        changes["personal_cap"] = arguments.personal_cap
    if arguments.mail_bytes is not None:
        changes["mail_bytes"] = arguments.mail_bytes
    if arguments.role is not None:
        changes["role"] = None if arguments.role == NONE else RoleId(arguments.role)
    if not changes:
        raise InvalidRequest([Fault("/key", "REQUIRED", "say what to set; see key set --help")])
    key = _change(context, arguments).set(TenantId(arguments.tenant), ApiKeyId(arguments.key), **changes)
    print(_line(context, key))


def rotate_key(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Give a key a new token and print it; the former token is rejected within 30 s."""
    _print_token(_change(context, arguments).rotate(TenantId(arguments.tenant), ApiKeyId(arguments.key)))


def enable_key(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Enable a disabled key; within 30 s, every process accepts it."""
    _change(context, arguments).enable(TenantId(arguments.tenant), ApiKeyId(arguments.key), enabled=True)
    _say(f"key {arguments.key} of {arguments.tenant} is enabled; every process accepts it within 30 s")


def disable_key(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Disable a key; within 30 s, every process rejects it."""
    _change(context, arguments).enable(TenantId(arguments.tenant), ApiKeyId(arguments.key), enabled=False)
    _say(f"key {arguments.key} of {arguments.tenant} is disabled; every process rejects it within 30 s")


def add_capacity(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Add to the limited capacities of a key and print the remaining ones; a repeat adds again."""
    units = _units("add", arguments.add)
    left = TopUpCapacity(context.keys)(TenantId(arguments.tenant), ApiKeyId(arguments.key), units)
    print(json.dumps({channel.value: units for channel, units in sorted(left.items())}))


def add_commands(key: Any, command: Command) -> None:
    """Add the commands to the parser."""
    create = command(key, "create", create_key)
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
    create.add_argument("--callback-type", choices=[kind.value for kind in CallbackEncoding], help="(default: json)")
    create.add_argument("--owner-email", help="address for mails about failing webhooks and exceeded limits")
    create.add_argument(
        "--personal-cap", type=int, default=PERSONAL_CAP, metavar="N", help=f"{_CAP} (default: {PERSONAL_CAP})"
    )
    create.add_argument(
        "--mail-bytes", type=int, default=MAIL_BYTES, metavar="N", help=f"{_MAIL_BYTES} (default: {MAIL_BYTES})"
    )
    create.add_argument("--role", choices=_ROLES, help=f"{_ROLE} (default: none, for sending and reading only)")
    command(key, "list", list_keys)
    change = _of_one(command(key, "set", set_key))
    change.add_argument("--name", help="its name, for people")
    rights = [*(right.value for right in Right), NONE]
    change.add_argument("--right", action="append", choices=rights, help="all rights that it has from now on, or none")
    change.add_argument("--network", action="append", help="all networks that it may be used from, or anywhere")
    change.add_argument("--notification", choices=[mode.value for mode in NotificationMode])
    change.add_argument("--transliterate", choices=["on", OFF])
    change.add_argument("--callback-url", help="webhook URL, or off")
    change.add_argument("--callback-type", choices=[kind.value for kind in CallbackEncoding])
    change.add_argument("--owner-email", help="address, or off")
    change.add_argument("--personal-cap", type=int, metavar="N", help=_CAP)
    change.add_argument("--mail-bytes", type=int, metavar="N", help=_MAIL_BYTES)
    change.add_argument("--role", choices=[*_ROLES, NONE], help=f"{_ROLE}, or none")
    _of_one(command(key, "rotate", rotate_key))
    _of_one(command(key, "enable", enable_key))
    _of_one(command(key, "disable", disable_key))
    more = _of_one(command(key, "capacity", add_capacity))
    more.add_argument("--add", action="append", required=True, type=_capacity, metavar="CHANNEL=UNITS")


def _of_one(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--key", required=True, help="its id, see key list")
    return parser


def _change(context: OperatorContext, arguments: argparse.Namespace) -> ChangeApiKey:
    return ChangeApiKey(context.keys, context.sealer, context.randomness, _egress(arguments))


def _egress(arguments: argparse.Namespace) -> EgressPolicy:
    # Only the local engine may send webhooks to loopback addresses.
    return EgressPolicy(loopback=arguments.local)


def _none_or_more(name: str, given: list[str], none: str) -> list[str]:
    if none in given and len(set(given)) > 1:
        raise _ignored(f"/{name}", f"{none} stands alone")
    return [] if none in given else given


def _units(name: str, given: Sequence[tuple[Channel, int]]) -> dict[Channel, int]:
    for channel, times in Counter(channel for channel, _ in given).items():
        if times > 1:
            raise _ignored(f"/{name}", f"{channel.value} is given twice")
    return dict(given)


def _ignored(pointer: str, why: str) -> InvalidRequest:
    return InvalidRequest([Fault(pointer, "CONFLICT", why)])


def _line(context: OperatorContext, key: ApiKey) -> str:
    left = context.keys.remaining(key.tenant, key.id) if key.limited else {}
    line = {
        "key": key.id,
        "name": key.name,
        "kind": key.kind.value,
        "role": key.role,
        "enabled": key.enabled,
        "rights": sorted(right.value for right in key.rights),
        "networks": list(key.networks),
        "notification": key.notification.value,
        "callback": key.callback_encoding if key.callback_url else None,
        "transliterate": key.transliterate,
        "personalCap": key.personal_cap,
        "mailBytes": key.mail_bytes,
        "owner": key.owner_email is not None,
        "remaining": {channel.value: left.get(channel, 0) for channel in sorted(key.limited)},
    }
    return json.dumps(line, ensure_ascii=False)


def _capacity(text: str) -> tuple[Channel, int]:
    channel, _, units = text.partition("=")
    try:
        return Channel(channel), int(units)
    except ValueError:
        channels = ", ".join(known.value for known in Channel)
        raise argparse.ArgumentTypeError(f"must be like sms=1000; channels are {channels}") from None


def _print_token(new: NewApiKey) -> None:
    _say(f"key {new.key.id} of {new.key.tenant}, {new.key.kind}. This is its token; it cannot be shown again:")
    print(new.token)


def _say(text: str) -> None:
    print(text, file=sys.stderr)
