"""Read many alerts of a key: the list, and the sums over a client's reference.

The work of one call is bounded. A page looks at ALERTS_SEEN alerts at most. A call that needs the progress of alerts
reads it for WALK_PAGES * WALK_ALERTS alerts at most, and stops after WALK_RECEIVERS receivers. A page may thus be
short, and `next` says that more follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import ALL_ALERTS, AlertFilter, AlertPage, AlertRepository
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.ports.messages import DispatchProgress
from tocsin.history.application.read_alerts import MAX_PAGE, allow_reading, counts_of
from tocsin.history.domain.alert_state import AlertState, alert_state
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.ports import Clock
from tocsin.responses.ports.responses import Responses

WALK_PAGES, WALK_ALERTS, WALK_RECEIVERS = 5, 20, 50_000


@dataclass(frozen=True, slots=True)
class ListAlerts:
    """Lists the alerts that a key may see, newest first."""

    alerts: AlertRepository
    dispatch_progress: DispatchProgress
    clock: Clock

    def __call__(
        self,
        key: ApiKey,
        *,
        limit: int = 20,
        cursor: str | None = None,
        wanted: AlertFilter = ALL_ALERTS,
        state: AlertState | None = None,
    ) -> AlertPage:
        """Return a page of alerts without their contents.

        Args:
            limit: entries of the page; a number outside 1..MAX_PAGE is replaced by the nearest limit.
            cursor: `next` of the previous page, None for the first page.
            state: only alerts in this state; None = in any.

        Raises:
            Forbidden: the key may not read alerts.
            InvalidRequest: the cursor is not from this list.
        """
        allow_reading(key)
        limit, now = max(1, min(limit, MAX_PAGE)), self.clock()
        if state is None:
            return self.alerts.newest(
                key.tenant, sandbox=key.sandbox, limit=limit, after=cursor, now=now, wanted=wanted
            )
        found: list[Alert] = []
        for page in _walk(self.alerts, key, wanted, cursor, now, limit, found):
            counts = _counts(self.dispatch_progress, page)
            found += [alert for alert in page.alerts if alert_state(alert, counts[alert.ref]) is state]
            cursor = page.next
        return AlertPage(found, cursor)


@dataclass(frozen=True, slots=True)
class AlertSums:
    """The sums over some alerts.

    Attributes:
        alerts: how many there are.
        recipients: accepted receivers of all elements.
        counts: messages per state; every state is present.
        responses: answers that count.
        next: cursor for what follows, None if the sums hold everything.
    """

    alerts: int
    recipients: int
    counts: Mapping[MessageState, int]
    responses: int
    next: str | None


@dataclass(frozen=True, slots=True)
class SummarizeAlerts:
    """Adds up the alerts of several calls that share a client's reference."""

    alerts: AlertRepository
    dispatch_progress: DispatchProgress
    responses: Responses
    clock: Clock

    def __call__(self, key: ApiKey, wanted: AlertFilter, cursor: str | None = None) -> AlertSums:
        """Return the sums over the wanted alerts that one call looks at, newest first.

        Raises:
            Forbidden: the key may not read alerts.
            InvalidRequest: the cursor is not from this list.
        """
        allow_reading(key)
        now = self.clock()
        counts: Counter[MessageState] = Counter(dict.fromkeys(MessageState, 0))
        alerts = recipients = responses = 0
        for page in _walk(self.alerts, key, wanted, cursor, now, WALK_ALERTS):
            alerts += len(page.alerts)
            recipients += sum(alert.recipients for alert in page.alerts)
            for ours in _counts(self.dispatch_progress, page).values():
                counts.update(ours)
            responses += sum(self.responses.count(key.tenant, alert.ref, now).counted for alert in page.alerts)
            cursor = page.next
        return AlertSums(alerts, recipients, counts, responses, cursor)


def _walk(
    alerts: AlertRepository,
    key: ApiKey,
    wanted: AlertFilter,
    cursor: str | None,
    now: datetime,
    limit: int,
    found: Sequence[Alert] = (),
) -> Iterator[AlertPage]:
    """Yield pages until the list ends or one call has done its share.

    Args:
        limit, found: the caller adds to `found` between pages, up to `limit`.
    """
    receivers = 0
    for _ in range(WALK_PAGES):
        asked = min(limit - len(found), WALK_ALERTS)
        if asked == 0:
            return
        page = alerts.newest(key.tenant, sandbox=key.sandbox, limit=asked, after=cursor, now=now, wanted=wanted)
        yield page
        cursor = page.next
        receivers += sum(alert.recipients for alert in page.alerts)
        # A short page that is not the last has looked at ALERTS_SEEN alerts.
        if cursor is None or len(page.alerts) < asked or receivers >= WALK_RECEIVERS:
            return


def _counts(dispatch_progress: DispatchProgress, page: AlertPage) -> Mapping[str, Mapping[MessageState, int]]:
    progress = dispatch_progress.of_alerts(page.alerts)
    return {alert.ref: counts_of(alert, progress.get(alert.ref, {})) for alert in page.alerts}
