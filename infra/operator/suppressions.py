"""The operator's view of who must not be contacted: fingerprints. An address can be asked for, but not be read."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime

from infra.operator.context import OperatorContext
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.entrypoint.process.clock import utc_now
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import Suppression, SuppressionReason

_CHANNELS = (Channel.SMS.value, Channel.EMAIL.value)


def add_words(list_: argparse.ArgumentParser, lift_: argparse.ArgumentParser) -> None:
    """Add the words both commands take."""
    for words, required in ((list_, False), (lift_, True)):
        words.add_argument("--channel", required=required, choices=_CHANNELS)
        words.add_argument("--address", required=required, help="a number with its +, or a mailbox")
    lift_.add_argument(
        "--reason", action="append", default=[], choices=[r.value for r in SuppressionReason], help="(default: all)"
    )


def list_them(context: OperatorContext, asked: argparse.Namespace) -> None:
    """Print a JSON line for each suppressed address, or for the one that is asked for."""
    tenant = TenantId(asked.tenant)
    if asked.address is not None:
        channel, address = _place(asked)
        known = Suppress(context.suppressions, context.sealer).known(tenant, channel, address)
        print(_line(known))
        _say("it must not be contacted" if known.reason else "it may be contacted")
        return
    for known in context.suppressions.all(tenant):
        if known.reason and asked.channel in (None, known.channel.value):
            print(_line(known))


def lift(context: OperatorContext, asked: argparse.Namespace) -> None:
    """Let an address be contacted again. What happens to it from now on can suppress it anew."""
    channel, address = _place(asked)
    reasons = [SuppressionReason(reason) for reason in asked.reason] or list(SuppressionReason)
    suppress = Suppress(context.suppressions, context.sealer)
    stood = suppress.lift(TenantId(asked.tenant), channel, address, utc_now(), reasons)
    _say("lifted" if stood else "nothing of this stood; nothing changed")


def _place(asked: argparse.Namespace) -> tuple[Channel, str]:
    if asked.channel is None:
        raise InvalidRequest([Fault("/channel", "REQUIRED", "say on which channel: --channel sms or --channel email")])
    channel = Channel(asked.channel)
    try:
        return channel, parse_email(asked.address) if channel is Channel.EMAIL else parse_phone(asked.address)
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
