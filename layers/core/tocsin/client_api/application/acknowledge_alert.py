"""Mark a receiver of an alert as having answered, as a client was told by phone or in person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.client_api.application.own_alert import refuse_cancelled
from tocsin.escalation.domain.escalation import Escalation, escalation_of
from tocsin.escalation.ports import Escalations
from tocsin.history.application.receivers import Receiver, ReceiverPlace, places_in, receiver
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.ports import Clock
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.domain.response import Response


@dataclass(frozen=True, slots=True)
class Mark:
    """What a client says of a receiver.

    Attributes:
        contact_id: the contact; None: `recipient` names the receiver.
        recipient: an address in any spelling, or a place of the list of recipients.
        note: in the client's words. Personal data.
        by: who marks: `key:<id>` of an API key.
        call: identifies the call, the same for every repeat of it.
    """

    contact_id: str | None
    recipient: str = field(repr=False)
    note: str = field(repr=False)
    by: str
    call: str


@dataclass(frozen=True, slots=True)
class AcknowledgeAlert:
    """Records a mark as an answer of its receiver. Safe to repeat.

    A mark counts as every answer does. After the end of the escalation it is kept and does not count.
    """

    alerts: AlertRepository
    escalations: Escalations
    record: RecordReply
    clock: Clock

    def __call__(self, alert: Alert, mark: Mark) -> None:
        """Record the mark with the alert, or else with the alert of the same escalation that went to the receiver.

        Raises:
            NotFound: neither has the receiver, or the receiver was erased.
            Superseded: the alert or its escalation was cancelled.
            StorageUnavailable: repeat the call.
        """
        key = escalation_of(alert)
        escalation = None if key is None else self.escalations.get(key)
        marked, place = self._place(alert, escalation, mark)
        refuse_cancelled(alert, escalation)
        self.record(marked, self._response(marked, place, mark))

    def _place(self, alert: Alert, escalation: Escalation | None, mark: Mark) -> tuple[Alert, ReceiverPlace]:
        who = Receiver(mark.contact_id) if mark.contact_id else receiver(self.alerts, alert, mark.recipient)
        if who is not None:
            for one in self._alerts(alert, escalation):
                for item in one.items:
                    for place in places_in(self.alerts, one, item, who):
                        return one, place
        raise NotFound("recipient")

    def _alerts(self, alert: Alert, escalation: Escalation | None) -> Iterator[Alert]:
        yield alert
        for ref in escalation.alerts if escalation else ():
            other = None if ref is None or ref == alert.ref else self.alerts.get(alert.tenant, ref)
            if other is not None and not other.expired(self.clock()):
                yield other

    def _response(self, alert: Alert, place: ReceiverPlace, mark: Mark) -> Response:
        return Response(
            key=place.key,
            position=place.position,
            kind=ResponseKind.MARKED,
            natural_id=mark.call,
            address=place.recipient.address,
            contact_id=place.contact_id,
            at=self.clock(),
            text=mark.note,
            details={"by": mark.by},
            expires_at=alert.expires_at,
            link=alert.link,
            escalation=alert.escalation,
            evidence=Evidence.MARKED,
        )
