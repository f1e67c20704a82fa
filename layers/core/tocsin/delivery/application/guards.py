"""Guards: each one knows a reason why a claimed message must not be submitted.

A guard is part of the subject that knows its reason. `bootstrap/dispatching.py` lists the guards in the order in which
they are asked, between claim and submission. A further reason is a further guard in that list:

    claimed ─► erased? ─► answered? ─► suppressed, or alert cancelled? ─► escalation over? ─► over a sending limit?
                                                                                                   └─► submission
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.outcome import AlertCancelled, Skipped, Suppressed
from tocsin.delivery.domain.submission import Rejected, Waits

Objection = Rejected | Suppressed | Skipped | AlertCancelled | Waits
"""The outcome of a message that a guard objects to. After a `Rejected` that is not permanent it is tried again, and
after `Waits` too, without having used up a try."""

CHECK_FAILED = Rejected("check_failed", permanent=False)


class Claimed(NamedTuple):
    """A message that this worker has claimed, and its recipient."""

    message: Message
    recipient: Recipient

    @property
    def position(self) -> int:
        """The position of the recipient inside its chunk."""
        return self.message.position


class Guard(Protocol):
    """Decides which claimed messages of one batch must not be submitted now."""

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed], /) -> Mapping[int, Objection]:
        """Return the outcomes of the messages that the guard objects to, by position.

        The guard is asked once per batch of up to 25 messages, after the claims were saved. It must see everything that
        was committed before the claims. If its store does not answer, it objects to the messages it cannot decide.

        Args:
            item: the element of the alert that all messages belong to.
            claimed: at least one message, and none that an earlier guard objected to.
        """
        ...


def ask(
    guards: Sequence[Guard], alert: Alert, item: AlertItem, claimed: Sequence[Claimed]
) -> tuple[Sequence[Claimed], dict[int, Objection], list[Exception]]:
    """Ask the guards in order. The first guard that objects to a message decides its outcome.

    Returns:
        The messages that may be submitted; the objections, by position; the exceptions of guards. If a guard raises,
            it counts as an objection to all its messages: temporarily rejected, reason `check_failed`. Otherwise the
            claims would expire, and the messages would count as perhaps sent.
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
