"""Say whom a worker need not contact any more: who has answered, asked after the claim and before the call."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.answered import has_answered
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.handover import Refused
from tocsin.delivery.domain.outcome import Outcome, Skipped
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.linked_alerts.ports import LinkSets


class SkipAnswered:
    """Reads once per slice, and only for elements of linked alerts that leave out who has answered."""

    def __init__(self, links: LinkSets) -> None:
        self._links = links

    def __call__(self, alert: Alert, item: AlertItem, claimed: Mapping[int, Recipient]) -> dict[int, Outcome]:
        """Return what becomes of the claimed messages that are not needed any more, by position.

        Whoever's answer was committed before the claim is among them. If nobody can tell, none may go out now.
        """
        if alert.link is None or not item.except_seen:
            return {}
        asked = {
            position: receiver.contact_id
            for position, receiver in claimed.items()
            if receiver.contact_id is not None and not receiver.by_address
        }
        if not asked:
            return {}
        try:
            answered = self._links.answered(alert.link, frozenset(asked.values()))
        except StorageUnavailable:
            return dict.fromkeys(asked, Refused("answers_unread", for_good=False))
        return {
            position: Skipped(reason(how))
            for position, contact in asked.items()
            if (how := has_answered(contact, item.except_seen, answered))
        }


def reason(how: frozenset[ResponseKind]) -> str:
    """Return the stable word for a message that is skipped because of answers of these kinds."""
    return f"answered_{next(kind.value for kind in ResponseKind if kind in how)}"
