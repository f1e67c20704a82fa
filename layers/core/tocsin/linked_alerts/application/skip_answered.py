"""Skip claimed messages whose receiver has answered; checked between claim and submission."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.response_kind import ResponseKind, has_answered
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.outcome import Skipped
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.linked_alerts.ports import LinkSets


class SkipAnswered:
    """A `Guard`. Reads once per batch, and only for elements of linked alerts with an `except…` option."""

    def __init__(self, links: LinkSets) -> None:
        self._links = links

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """Return objections by position. Answers that were committed before the claim count.

        If the answers cannot be read, all messages of contacts wait for another try.
        """
        if alert.link is None or not item.except_responded:
            return {}
        contacts = {
            one.position: one.recipient.contact_id
            for one in claimed
            if one.recipient.contact_id is not None and not one.recipient.by_address
        }
        if not contacts:
            return {}
        try:
            answered = self._links.answered(alert.link, frozenset(contacts.values()), alert.least_evidence)
        except StorageUnavailable:
            return dict.fromkeys(contacts, Rejected("answers_unavailable", permanent=False, by_us=True))
        return {
            position: Skipped(reason(how))
            for position, contact in contacts.items()
            if (how := has_answered(contact, item.except_responded, answered))
        }


def reason(how: frozenset[ResponseKind]) -> str:
    """Return the reason of a message that is skipped because of these kinds of answers."""
    return f"answered_{next(kind.value for kind in ResponseKind if kind in how)}"
