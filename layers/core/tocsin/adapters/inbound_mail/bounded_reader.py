"""Parses each mail in a process of its own, under a budget of time and memory. ADR 0083 says why."""

from __future__ import annotations

import json

from tocsin.adapters.bounded_process.caller import BoundedProcess, Budget, ProcessEnded, ProcessUnavailable
from tocsin.inbound.domain.mail import InboundMail, UnreadableMail, UnreadableReason
from tocsin.inbound.domain.own_text import OwnText

_ANSWERS = 2
"""The addresses that the first bytes of a mail name, then the mail or why it cannot be read."""


class ReaderUnavailable(Exception):
    """The machine was too slow to tell whether a mail can be read. The mail must be delivered again."""


class BoundedReader:
    """Parses mails, one at a time. Call `close` to end its process.

    A mail that needs more CPU time or memory than the budget is unreadable; ordinary mails of 2 MB take 0.03 to 0.1 s.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self.process = BoundedProcess("tocsin.adapters.inbound_mail.reading_process", budget or Budget())

    def __call__(self, raw: bytes) -> InboundMail | UnreadableMail:
        """Parse a mail.

        Raises:
            ReaderUnavailable: the process could not be started, or had too little of the CPU.
        """
        try:
            addresses, answer = map(json.loads, self.process.ask(raw, _ANSWERS))
        except ProcessUnavailable as error:
            raise ReaderUnavailable(str(error)) from error
        except ProcessEnded as ended:
            why = UnreadableReason.TIME if ended.out_of_time else UnreadableReason.CRASHED
            return UnreadableMail(why, tuple(json.loads(ended.answers[0])) if ended.answers else ())
        if "mail" not in answer:
            return UnreadableMail(UnreadableReason(answer["why"]), tuple(addresses))
        fields = answer["mail"]
        tuples = {name: tuple(fields[name]) for name in ("addressed_to", "signed_by")}
        return InboundMail(**{**fields, **tuples, "own": OwnText(**fields["own"])})

    def close(self) -> None:
        """End the process, if there is one."""
        self.process.close()
