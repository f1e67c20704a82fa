"""Say whom a worker need not contact any more: who has answered, asked after the claim and before the call."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.answered import has_answered
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.outcome import Skipped
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.linked_alerts.ports import LinkSets


class SkipAnswered:
    """A guard. Reads once per slice, and only for elements of linked alerts that leave out who has answered."""

    def __init__(self, links: LinkSets) -> None:
        self._links = links

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """See Guard. Every answer that was committed before the claim is seen. If nobody can tell, none goes out."""
        if alert.link is None or not item.except_responded:
            return {}
        asked = {
            one.position: one.recipient.contact_id
            for one in claimed
            if one.recipient.contact_id is not None and not one.recipient.by_address
        }
        if not asked:
            return {}
        try:
            answered = self._links.answered(alert.link, frozenset(asked.values()))
        except StorageUnavailable:
            return dict.fromkeys(asked, Rejected("answers_unavailable", permanent=False))
        return {
            position: Skipped(reason(how))
            for position, contact in asked.items()
            if (how := has_answered(contact, item.except_responded, answered))
        }


def reason(how: frozenset[ResponseKind]) -> str:
    """Return the stable word for a message that is skipped because of answers of these kinds."""
    return f"answered_{next(kind.value for kind in ResponseKind if kind in how)}"
