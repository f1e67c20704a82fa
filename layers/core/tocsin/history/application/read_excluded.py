"""Read the receivers of an alert that were requested and not accepted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.exclusion import Exclusion, pointer_to
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.channel import Channel
from tocsin.history.application.read_alerts import MAX_PAGE, RecipientPage, RecipientRow
from tocsin.history.application.see_alert import see_alert
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.application.signed_cursor import open_cursor, sign_cursor
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock, Sealer

EXCLUDED = "excluded"
"""The state of a receiver that was requested and not accepted. There is no message."""


@dataclass(frozen=True, slots=True)
class ReadExcluded:
    """Reads the excluded receivers of one alert, in element order. Each page reads all of them: one row or object."""

    alerts: AlertRepository
    sealer: Sealer
    clock: Clock

    def __call__(
        self,
        key: ApiKey,
        ref: AlertRef,
        *,
        channel: Channel | None = None,
        limit: int = MAX_PAGE,
        cursor: str | None = None,
    ) -> RecipientPage:
        """Return a page of excluded receivers. They never change, so a client that reads all pages gets each once.

        Args:
            channel: only elements of this channel; None = all.
            limit: entries of the page; a number outside 1..MAX_PAGE is replaced by the nearest limit.
            cursor: `next` of the previous page, None for the first page.

        Raises:
            Forbidden: the key may not read alerts.
            NotFound: no such alert for this key, or its lifetime is over.
            InvalidRequest: the cursor is not from this list.
        """
        alert = see_alert(self.alerts, key, ref, self.clock()).alert
        query = f"excluded|{ref}|{channel or ''}"
        first = int(open_cursor(self.sealer, key.tenant, query, cursor)) if cursor else 0
        last = first + max(1, min(limit, MAX_PAGE))
        excluded = self.alerts.excluded(alert.tenant, ref) if alert.excluded else {}
        those = ((item, who) for item in alert.items for who in excluded.get(item.index, ()))
        found = list(islice((each for each in those if channel in {None, each[0].channel}), first, last + 1))
        rows = tuple(_row(alert, item, who) for item, who in found[: last - first])
        more = len(found) > len(rows)
        return RecipientPage(rows, sign_cursor(self.sealer, alert.tenant, query, str(last)) if more else None)


def _row(alert: Alert, item: AlertItem, who: Exclusion) -> RecipientRow:
    return RecipientRow(
        address=who.address,
        contact_id=who.contact_id,
        channel=item.channel,
        tag=item.tag,
        state=EXCLUDED,
        reason=who.reason,
        attempts=0,
        provider_id=None,
        possible_duplicate=False,
        updated_at=alert.accepted_at,
        pointer=_request_of(alert) + pointer_to(who.place, item.index),
    )


def _request_of(alert: Alert) -> str:
    """Return where the request of the alert stands in the client's call."""
    if alert.cause is not None and alert.cause.kind is CauseKind.ESCALATION:
        return f"/escalation/steps/{int(alert.cause.run) - 1}"
    return "/escalation/onStopped" if alert.cause is not None and alert.cause.kind is CauseKind.ALL_CLEAR else ""
