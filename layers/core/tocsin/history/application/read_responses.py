"""Read the answers to one alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.history.application.read_alerts import MAX_PAGE
from tocsin.history.application.see_alert import see_alert
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.application.signed_cursor import open_cursor, sign_cursor
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock, Sealer
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import Responses


@dataclass(frozen=True, slots=True)
class AlertResponses:
    """A page of answers to an alert. It may be short although `next` is set; None = the last page."""

    alert: Alert
    responses: Sequence[Response]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReadResponses:
    """Reads the answers to one alert. New answers do not change their order, so pages do not repeat an answer."""

    alerts: AlertRepository
    responses: Responses
    sealer: Sealer
    clock: Clock

    def __call__(
        self, key: ApiKey, ref: AlertRef, *, limit: int = MAX_PAGE, cursor: str | None = None
    ) -> AlertResponses:
        """Return a page of answers.

        Args:
            limit: entries of the page; a number outside 1..MAX_PAGE is replaced by the nearest limit.
            cursor: `next` of the previous page, None for the first page.

        Raises:
            Forbidden: the key may not read alerts.
            NotFound: no such alert for this key, or its lifetime is over.
            InvalidRequest: the cursor is not from this list.
        """
        now = self.clock()
        seen = see_alert(self.alerts, key, ref, now)
        query = f"responses|{ref}"
        after = open_cursor(self.sealer, key.tenant, query, cursor) if cursor else None
        page = self.responses.of_alert(key.tenant, ref, max(1, min(limit, MAX_PAGE)), after, now)
        following = None if page.next is None else sign_cursor(self.sealer, key.tenant, query, page.next)
        shown = [response for response in page.responses if seen.shows(response.key, response.position)]
        return AlertResponses(seen.alert, shown, following)
