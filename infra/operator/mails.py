"""Commands for mails that people sent."""

from __future__ import annotations

import argparse
import json

from infra.operator.context import OperatorContext


def unreadable(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Print a JSON line for each mail of the last 7 days that could not be read: time, size, reason and object."""
    for mail in context.unreadable_mails():
        facts = {"at": mail.at.isoformat(), "size": mail.size, "reason": mail.reason, "object": mail.object}
        print(json.dumps(facts))
