"""The command line of `infra.operate`. Results go to standard output, messages for people to standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.operator import (
    doctor,
    erasing,
    events,
    key_commands,
    mails,
    numbers,
    restoring,
    suppressions,
    tenant_commands,
    user_commands,
)
from infra.operator.context import OperatorContext, Run, context_of
from infra.operator.stack import LOCAL_STACK, NoSuchStack
from tocsin.kernel.domain.errors import InvalidRequest, TocsinError

RUN_FILE = Path(".local/run.json")

EXAMPLES = """examples:
  python -m infra.operate --stack tocsin tenant create --tenant acme --name "Acme Ltd" --country GB
  python -m infra.operate --stack tocsin tenant set --tenant acme --country GB --country IE --daily-spend 200
  python -m infra.operate --stack tocsin tenant set --tenant acme --zone Europe/London --quiet 22:00-07:00
  python -m infra.operate --stack tocsin key create --tenant acme --name "Night shift" --kind live \\
      --right canSetLifetime --right canReadAlerts --network 10.0.0.0/8 --capacity sms=1000 \\
      --owner-email night-shift@example.org
  python -m infra.operate --stack tocsin user create --tenant acme --email ana@example.org --name "Ana Ito" \\
      --role account_owner
  python -m infra.operate --local key list --tenant acme
  python -m infra.operate --local key capacity --tenant acme --key k7f3q9 --add sms=1000
  python -m infra.operate --stack tocsin doctor
  python -m infra.operate --stack tocsin tenant list
  python -m infra.operate --local key set --tenant acme --key k7f3q9 --right none --owner-email off
  python -m infra.operate --local key rotate --tenant acme --key k7f3q9
  python -m infra.operate --stack tocsin tenant erase --tenant acme --address ana@example.org --dry-run
  python -m infra.operate --local key disable --tenant acme --key k7f3q9
  python -m infra.operate --stack tocsin restore settle --restored-to 2026-11-29T08:15:00Z --dry-run
  python -m infra.operate --local number add --tenant acme --key k7f3q9 --number +447700900050
  python -m infra.operate --stack tocsin number voice --number +442079460000
  python -m infra.operate --stack tocsin events allow --tenant acme --account 111122223333
  python -m infra.operate --local mail unreadable
  python -m infra.operate --local suppression list --tenant acme
  python -m infra.operate --local suppression lift --tenant acme --channel email --address ana@example.org
"""

_Finder = Callable[[str, str | None, str | None], OperatorContext]


def main(words: Sequence[str] | None = None, find_context: _Finder = context_of) -> int:
    """Run one command.

    Returns:
        The exit code: 0 success, 1 rejected (standard error says why), 2 wrong usage. `doctor`: 1 a check failed, 2 the
            stack cannot be read.
    """
    parser = command_parser()
    words = sys.argv[1:] if words is None else words
    _reject_repeats(parser, words)
    arguments = parser.parse_args(words)
    endpoint_url, stack = arguments.endpoint_url, arguments.stack
    if arguments.local:
        stack = stack or LOCAL_STACK
        endpoint_url = endpoint_url or _running_engine(parser)
    if not stack:
        parser.error("name the stack: --stack NAME, or --local")
    try:
        code = arguments.command(find_context(stack, arguments.region, endpoint_url), arguments)
    except InvalidRequest as refusal:
        for fault in refusal.faults:
            _say(f"{fault.pointer.lstrip('/')}: {fault.message}")
        return 1
    except TocsinError as refusal:
        _say(str(refusal))
        return 1
    except NoSuchStack as refusal:
        _say(str(refusal))
        return int(arguments.unseen)
    return int(code or 0)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands. `command` of the result is what to run."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.operate",
        description="The state of a stack; its tenants, people, API keys, numbers, unreadable mails and suppressions.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _say_where(parser)
    parser.set_defaults(stack=None, region=None, endpoint_url=None, local=False, unseen=1)
    things = parser.add_subparsers(
        title="things", required=True, metavar="doctor|tenant|user|key|number|events|mail|suppression|restore"
    )

    examine = _command(things, "doctor", doctor.doctor, of_a_tenant=False)
    examine.set_defaults(unseen=2)
    doctor.add_words(examine)

    tenant = things.add_parser("tenant", help="customers").add_subparsers(
        required=True, metavar="create|list|set|show|pause|resume|erase"
    )
    _command(tenant, "list", tenant_commands.list_tenants, of_a_tenant=False)
    tenant_commands.add_commands(tenant, _command)
    erasing.add_words(_command(tenant, "erase", erasing.erase))

    user = things.add_parser("user", help="people of a tenant").add_subparsers(required=True, metavar="create")
    user_commands.add_commands(user, _command)

    key = things.add_parser("key", help="API keys").add_subparsers(
        required=True, metavar="create|list|set|rotate|enable|disable|capacity"
    )
    key_commands.add_commands(key, _command)

    restore = things.add_parser("restore", help="after a restore from a backup").add_subparsers(
        required=True, metavar="settle"
    )
    restoring.add_words(_command(restore, "settle", restoring.settle, of_a_tenant=False))

    number = things.add_parser("number", help="two-way numbers").add_subparsers(
        required=True, metavar="add|list|remove|voice"
    )
    _command(number, "list", numbers.list_them)
    numbers.add_words(
        _command(number, "add", numbers.add),
        _command(number, "remove", numbers.remove),
        _command(number, "voice", numbers.lead_calls, of_a_tenant=False),
    )

    sender = things.add_parser("events", help="who sends telephony events without a secret").add_subparsers(
        required=True, metavar="allow|list|remove"
    )
    _command(sender, "list", events.list_them)
    events.add_words(_command(sender, "allow", events.allow), _command(sender, "remove", events.remove))

    mail = things.add_parser("mail", help="mails of people").add_subparsers(required=True, metavar="unreadable")
    _command(mail, "unreadable", mails.unreadable, of_a_tenant=False)

    suppression = things.add_parser("suppression", help="who must not be contacted").add_subparsers(
        required=True, metavar="list|add|lift"
    )
    suppressions.add_words(
        _command(suppression, "list", suppressions.list_them),
        _command(suppression, "add", suppressions.add),
        _command(suppression, "lift", suppressions.lift),
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
    command: Run,
    *,
    of_a_tenant: bool = True,
) -> argparse.ArgumentParser:
    words = things.add_parser(name, help=(command.__doc__ or "").splitlines()[0], allow_abbrev=False)
    if of_a_tenant:
        words.add_argument("--tenant", required=True, help="4 to 20 lower-case letters and digits")
    words.set_defaults(command=command)
    _say_where(words)
    return words


def _reject_repeats(parser: argparse.ArgumentParser, words: Sequence[str]) -> None:
    """Reject an option that is given twice, because argparse would ignore the first one."""
    for word, times in Counter(word.partition("=")[0] for word in words if word.startswith("--")).items():
        if times > 1 and word not in repeatable(parser):
            parser.error(f"{word} is given twice")


def repeatable(parser: argparse.ArgumentParser) -> set[str]:
    """Return the options of all commands that may be given several times."""
    found: set[str] = set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {word for below in action.choices.values() for word in repeatable(below)}
        elif isinstance(action, argparse._AppendAction):
            found.update(action.option_strings)
    return found


def _running_engine(parser: argparse.ArgumentParser) -> str:
    try:
        return str(json.loads(RUN_FILE.read_text())["engine"])
    except (OSError, ValueError, KeyError):
        parser.error(f"no engine in {RUN_FILE}: start it with `make run`, or give --endpoint-url")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
