"""Commands for suppressions. The list shows fingerprints; only a known address can be looked up."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime

from infra.operator.context import OperatorContext
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import Suppression, SuppressionReason

_CHANNELS = (Channel.SMS.value, Channel.EMAIL.value, Channel.CALL.value)


def add_words(list_: argparse.ArgumentParser, add_: argparse.ArgumentParser, lift_: argparse.ArgumentParser) -> None:
    """Add the options of the three commands."""
    for words, required in ((list_, False), (add_, True), (lift_, True)):
        words.add_argument("--channel", required=required, choices=_CHANNELS)
        words.add_argument("--address", required=required, help="a number with its +, or a mailbox")
    lift_.add_argument(
        "--reason", action="append", default=[], choices=[r.value for r in SuppressionReason], help="(default: all)"
    )


def list_them(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Print a JSON line for each suppressed address, or for the given address."""
    tenant = TenantId(arguments.tenant)
    if arguments.address is not None:
        channel, address = _place(arguments)
        known = Suppress(context.suppressions, context.sealer).known(tenant, channel, address)
        print(_line(known))
        _say("it must not be contacted" if known.reason else "it may be contacted")
        return
    for known in context.suppressions.all(tenant):
        if known.reason and arguments.channel in (None, known.channel.value):
            print(_line(known))


def add(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Suppress an address. Who texts START, or writes a mail, does not lift that."""
    channel, address = _place(arguments)
    suppress = Suppress(context.suppressions, context.sealer)
    suppress(TenantId(arguments.tenant), channel, address, SuppressionReason.OPERATOR, context.clock())
    _say("it is not contacted any more")


def lift(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Lift suppressions of an address. A later event can suppress it again."""
    channel, address = _place(arguments)
    reasons = [SuppressionReason(reason) for reason in arguments.reason] or list(SuppressionReason)
    suppress = Suppress(context.suppressions, context.sealer)
    lifted = suppress.lift(TenantId(arguments.tenant), channel, address, context.clock(), reasons)
    _say("lifted" if lifted else "not suppressed for these reasons; nothing changed")


def _place(arguments: argparse.Namespace) -> tuple[Channel, str]:
    if arguments.channel is None:
        raise InvalidRequest([Fault("/channel", "REQUIRED", "name the channel: --channel sms, email or call")])
    channel = Channel(arguments.channel)
    try:
        return channel, parse_email(arguments.address) if channel is Channel.EMAIL else parse_phone(arguments.address)
    except (InvalidEmail, InvalidPhone) as refusal:
        raise InvalidRequest([Fault("/address", refusal.code, str(refusal))]) from None


def _line(known: Suppression) -> str:
    def times(given: dict[SuppressionReason, datetime]) -> dict[str, str]:
        return {reason.value: at.isoformat(timespec="seconds") for reason, at in given.items()}

    return json.dumps(
        {
            "channel": known.channel.value,
            "fingerprint": known.fingerprint.hex(),
            "reasons": times(known.standing),
            "lifted": times(dict(known.lifted)),
        }
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr)
