"""Take in a provider's report: move the message, silence who must be left alone, tell of a complaint."""

from __future__ import annotations

from tocsin.application.ports import AlertRepository
from tocsin.application.ports.happenings import Happenings
from tocsin.application.ports.receipts import ProviderReport
from tocsin.application.record_receipt import ReceiptResult, RecordReceipt
from tocsin.application.suppress import Suppress
from tocsin.domain.alert import Alert, AlertItem, Recipient
from tocsin.domain.result_event import ResultEvent, event_id


class TakeInReport:
    """See the module. Each of the three effects stands a repeat, so a report that failed half-way is taken in again."""

    def __init__(
        self, record: RecordReceipt, alerts: AlertRepository, suppress: Suppress, happenings: Happenings
    ) -> None:
        self._record = record
        self._alerts = alerts
        self._suppress = suppress
        self._happenings = happenings

    def __call__(self, report: ProviderReport) -> ReceiptResult:
        """Take it in.

        Who is suppressed is the receiver that the alert names, never an address from the report; nobody is on the word
        of a sandbox alert.

        Raises:
            StaleWrite, StorageUnavailable: take it in again.
        """
        result = self._record(report.id, report.receipt)
        if result is ReceiptResult.NOT_OURS or (report.suppresses is None and report.complaint is None):
            return result
        key = report.id.key
        alert = self._alerts.get(key.tenant, key.alert)
        item = alert.item(key.item) if alert else None
        recipients = self._alerts.recipients(key)
        if alert is None or item is None or report.id.position >= len(recipients):
            return ReceiptResult.NOT_OURS
        recipient = recipients[report.id.position]
        if report.suppresses is not None and not alert.sandbox:
            self._suppress(alert.tenant, item.channel, recipient.address, report.suppresses, report.at)
        if report.complaint is not None:
            self._happenings.tell(alert, _complaint(alert, item, recipient, report, report.complaint))
        return result


def _complaint(
    alert: Alert, item: AlertItem, recipient: Recipient, report: ProviderReport, complaint: str
) -> ResultEvent:
    place = report.id.key
    return ResultEvent(
        event_id=event_id(alert.tenant, alert.ref, item.index, place.chunk, report.id.position, "complaint"),
        client_ref=alert.client_ref,
        alert=alert.ref,
        channel=item.channel,
        tag=item.tag,
        event="complaint",
        alertee=recipient.address,
        contact_id=recipient.contact_id,
        whence=report.at,
        reason=complaint,
    )
