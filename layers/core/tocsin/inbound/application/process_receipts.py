"""Process providers' reports: change the states of messages, suppress receivers, publish complaints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.record_receipts import ReceiptOutcome, ReceiptResult, RecordReceipts
from tocsin.delivery.ports.receipts import ProviderReport
from tocsin.limits.application.record_mail_outcome import RecordMailOutcome
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.results.ports import EventPublisher
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason


class ProcessReceipts:
    """Processes a batch of providers' reports.

    Each of the three effects can be repeated, so a report that failed half-way is processed again.
    """

    def __init__(
        self,
        record: RecordReceipts,
        alerts: AlertRepository,
        suppress: Suppress,
        event_publisher: EventPublisher,
        record_mail_outcome: RecordMailOutcome | None = None,
    ) -> None:
        self._record = record
        self._alerts = alerts
        self._suppress = suppress
        self._event_publisher = event_publisher
        self._record_mail_outcome = record_mail_outcome

    def __call__(
        self, reports: Sequence[ProviderReport], time_left: Callable[[], timedelta] = lambda: timedelta.max
    ) -> list[ReceiptOutcome]:
        """Process reports; return the outcome of each, in order: a result, or why it must be processed again.

        Args:
            time_left: how long this worker may still run.
        """
        results = self._record([(report.id, report.receipt) for report in reports], time_left)
        return [self._follow_up(report, result) for report, result in zip(reports, results, strict=True)]

    def _follow_up(self, report: ProviderReport, result: ReceiptOutcome) -> ReceiptOutcome:
        if isinstance(result, Exception) or result is ReceiptResult.NOT_OURS:
            return result
        if report.suppresses is None and report.complaint is None:
            return result
        try:
            return self._silence_and_notify(report, result)
        except Exception as error:
            return error

    def _silence_and_notify(self, report: ProviderReport, result: ReceiptResult) -> ReceiptResult:
        """Suppress the receiver, tell of a complaint.

        Who is suppressed is the receiver that the alert names. Complaints come days later, when an alert with a short
        lifetime is forgotten; then it is the one that the provider names, for the tenant that our own id names. A
        sandbox alert suppresses no receiver.
        """
        key = report.id.key
        if result is ReceiptResult.FORGOTTEN or (alert := self._alerts.get(key.tenant, key.alert)) is None:
            self._suppress_late(report)
            return ReceiptResult.FORGOTTEN
        item = alert.item(key.item)
        assert item is not None  # its message was there
        recipient = self._alerts.recipients(key)[report.id.position]
        if report.suppresses is not None and not alert.sandbox and recipient.address:  # "" was erased
            new = self._suppress(alert.tenant, item.channel, recipient.address, report.suppresses, report.at)
            self._note(alert, item, report.suppresses, new=new)
        if report.complaint is not None:
            self._event_publisher.publish(alert, _complaint(alert, item, recipient, report, report.complaint))
        return result

    def _note(self, alert: Alert, item: AlertItem, reason: SuppressionReason, *, new: bool) -> None:
        """Count it against the tenant's good name, unless the mail was the house's own.

        A repeat suppresses nothing new and is not counted twice; it finishes what the worker before may have left.
        """
        if self._record_mail_outcome is None or item.channel is not Channel.EMAIL or alert.system:
            return
        if new:
            self._record_mail_outcome(alert.tenant, complaint=reason is SuppressionReason.COMPLAINT)
        else:
            self._record_mail_outcome.notify_again(alert.tenant)

    def _suppress_late(self, report: ProviderReport) -> None:
        try:
            mailbox = parse_email(report.to or "")
        except InvalidEmail:
            return  # the report names no mailbox
        if report.suppresses is not None:
            self._suppress(report.id.key.tenant, Channel.EMAIL, mailbox, report.suppresses, report.at)


def _complaint(
    alert: Alert, item: AlertItem, recipient: Recipient, report: ProviderReport, complaint: str
) -> ResultEvent:
    place = report.id.key
    return event_about(
        alert,
        "complaint",
        (item.index, place.chunk, report.id.position, "complaint"),
        channel=item.channel,
        tag=item.tag,
        alertee=recipient.address,
        contact_id=recipient.contact_id,
        whence=report.at,
        reason=complaint,
    )
