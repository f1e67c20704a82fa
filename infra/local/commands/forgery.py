"""The options of `make reply` that forge a mail: FROM, MAIL_FROM, SPF, DKIM and DMARC."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from infra.local.outside.answers import Envelope

_VERDICTS = {"pass": "PASS", "fail": "FAIL", "none": "GRAY", "": "PASS"}


@dataclass(frozen=True, slots=True)
class Forged:
    """How a mail differs from one that its receiver wrote.

    Attributes:
        sender: the address in From, "" = the receiver.
        source: envelope sender, "" = the address in From.
        spf, dkim, dmarc: pass, fail or none; "" = pass.
    """

    sender: str = ""
    source: str = ""
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""

    def envelope(self, sender: str) -> Envelope:
        """Return what the mail service finds about a mail of `sender`."""
        return Envelope(self.source or sender, _VERDICTS[self.spf], _VERDICTS[self.dkim], _VERDICTS[self.dmarc])


AS_WRITTEN = Forged()
"""A mail of its receiver that passes everything."""


def offer(arguments: argparse.ArgumentParser) -> None:
    """Add the options to a command line."""
    arguments.add_argument("--from", dest="sender", default="", help="the address in From of a forged mail")
    arguments.add_argument("--mail-from", dest="source", default="", help="the envelope sender of a forged mail")
    for check in ("spf", "dkim", "dmarc"):
        arguments.add_argument(f"--{check}", choices=list(_VERDICTS), default="", help="what the check finds")


def chosen_forgery(chosen: argparse.Namespace) -> Forged:
    """Return what the options say."""
    return Forged(chosen.sender.strip(), chosen.source.strip(), chosen.spf, chosen.dkim, chosen.dmarc)
