"""Explain what was done for one receiver of an alert, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, AlertItem, ChunkKey
from tocsin.alerts.domain.exclusion import Exclusion
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.ports.messages import MessageRows
from tocsin.history.application.receivers import Receiver, ReceiverPlace, places_in, receiver
from tocsin.history.application.see_alert import see_alert
from tocsin.history.domain.explanation import ChainLine, Found, chain
from tocsin.history.domain.seen_alert import SeenAlert
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import Responses

_RESPONSES_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation for one receiver.

    Attributes:
        contact_id: None for a plain recipient.
        found: the places of the receiver in the alert, in element order.
        lines: the lines of the explanation, oldest first.
    """

    alert: Alert
    contact_id: str | None
    found: Sequence[Found]
    lines: Sequence[ChainLine]


@dataclass(frozen=True, slots=True)
class ExplainRecipient:
    """Explains one receiver of an alert. It reads each chunk of the alert once, and a few rows more."""

    alerts: AlertRepository
    messages: MessageRows
    responses: Responses
    clock: Clock

    def __call__(self, key: ApiKey, ref: AlertRef, recipient: str) -> Explanation:
        """Return the explanation.

        Args:
            recipient: a contact id, an address as it was written or in any other spelling, or a place from
                `/recipients`. The contact, or the address, is searched in all elements.

        Raises:
            Forbidden: the key may not read alerts.
            NotFound: no such alert for this key, or the receiver was not requested.
            StorageUnavailable: a row cannot be read.
        """
        now = self.clock()
        seen = see_alert(self.alerts, key, ref, now)
        alert = seen.whole
        who = receiver(self.alerts, alert, recipient)
        if who is None:
            raise NotFound("recipient")
        places = list(self._places(seen, who))
        if not places:
            raise NotFound("recipient")
        responses = self._responses(alert, {(p.key, p.position) for p in places if isinstance(p, ReceiverPlace)})
        found = [self._found(alert, place, responses) for place in places]
        contact_id = next((place.contact_id for place in places if place.contact_id is not None), None)
        return Explanation(alert, contact_id, found, chain(alert, found, now))

    def _places(self, seen: SeenAlert, who: Receiver) -> Iterator[ReceiverPlace | _Excluded]:
        alert = seen.whole
        excluded = self.alerts.excluded(alert.tenant, alert.ref) if seen.own is None else {}
        for item in alert.items:
            for exclusion in excluded.get(item.index, ()):
                if who.means(exclusion.contact_id, exclusion.address):
                    yield _Excluded(item, exclusion)
            yield from (at for at in places_in(self.alerts, alert, item, who) if seen.shows(at.key, at.position))

    def _responses(
        self, alert: Alert, places: set[tuple[ChunkKey, int]]
    ) -> Mapping[tuple[ChunkKey, int], tuple[Response, ...]]:
        responses: dict[tuple[ChunkKey, int], tuple[Response, ...]] = {}
        after: str | None = None
        now = self.clock()
        while places:
            page = self.responses.of_alert(alert.tenant, alert.ref, _RESPONSES_A_PAGE, after, now)
            for response in page.responses:
                place = (response.key, response.position)
                if place in places:
                    responses[place] = (*responses.get(place, ()), response)
            after = page.next
            if after is None:
                break
        return responses

    def _found(
        self,
        alert: Alert,
        place: ReceiverPlace | _Excluded,
        responses: Mapping[tuple[ChunkKey, int], tuple[Response, ...]],
    ) -> Found:
        if isinstance(place, _Excluded):
            return Found(place.item, excluded=place.excluded)
        rows = self.messages.load(place.key, range(place.position, place.position + 1))
        answers = responses.get((place.key, place.position), ())
        return Found(place.item, place.recipient, None, rows.get(place.position), answers)


@dataclass(frozen=True, slots=True)
class _Excluded:
    item: AlertItem
    excluded: Exclusion

    @property
    def contact_id(self) -> str | None:
        return self.excluded.contact_id
