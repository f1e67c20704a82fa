"""Why a claimed message must not be sent after all: each reason is a guard, asked between claim and submission.

A guard stands in the subject that knows the reason. The composition lists the guards in the order they are asked in;
one more reason is one more guard in that list:

    claimed ─► erased? ─► answered? ─► suppressed? ─► escalation over? ─► over a sending limit? ─► submission
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.outcome import Skipped, Suppressed
from tocsin.delivery.domain.submission import Rejected

Objection = Rejected | Suppressed | Skipped
"""What becomes of a message that a guard keeps from being sent. Refused: it is tried again if not `permanent`."""

CHECK_FAILED = Rejected("check_failed", permanent=False)


class Claimed(NamedTuple):
    """A message that this worker has claimed, and to whom it goes."""

    message: Message
    recipient: Recipient

    @property
    def position(self) -> int:
        """Position of the recipient inside its chunk."""
        return self.message.position


class Guard(Protocol):
    """Says which claimed messages of one batch must not be sent now."""

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed], /) -> Mapping[int, Objection]:
        """Return what becomes of the messages it objects to, by position; the others may be sent.

        Asked once per batch of up to 25, after the claims were saved: what was committed before a claim must be seen.
        If its store does not answer, it objects to whatever it cannot tell.

        Args:
            item: the element of the alert that all of them belong to.
            claimed: at least one; none that an earlier guard objected to.
        """
        ...


def ask(
    guards: Sequence[Guard], alert: Alert, item: AlertItem, claimed: Sequence[Claimed]
) -> tuple[Sequence[Claimed], dict[int, Objection], list[Exception]]:
    """Ask the guards in order; the first that objects to a message decides what becomes of it.

    Returns:
        What may be sent; the objections, by position; what guards raised. A guard that raises lets nothing pass: the
        messages end as tries that were refused. Their claims would lapse otherwise, and be taken for messages that
        may have gone out.
    """
    objections: dict[int, Objection] = {}
    errors: list[Exception] = []
    for guard in guards:
        if not claimed:
            break
        try:
            found = guard(alert, item, claimed)
        except Exception as error:
            errors.append(error)
            found = {one.position: CHECK_FAILED for one in claimed}
        if found:
            objections |= {one.position: found[one.position] for one in claimed if one.position in found}
            claimed = [one for one in claimed if one.position not in found]
    return claimed, objections, errors
