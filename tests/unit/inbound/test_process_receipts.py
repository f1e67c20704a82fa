from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.builders import an_acceptance, email
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.messages import FakeMessageRows
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.work import FakeDispatchProgress
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.record_receipts import ReceiptResult, RecordReceipts
from tocsin.delivery.domain.message import BOUNCED, Message, MessageState, Receipt, Step
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.receipts import ProviderReport
from tocsin.inbound.application.process_receipts import ProcessReceipts
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason

ANA = "ana@x.example"
LATER = NOON + timedelta(hours=1)
S = MessageState


class Desk:
    """One mail to Ana, sent at its first try."""

    def __init__(self, *, sandbox: bool = False) -> None:
        dispatch_progress = FakeDispatchProgress()
        self.alerts = FakeAlertRepository(dispatch_progress)
        self.rows = FakeMessageRows()
        self.results = FakeResultEvents()
        self.event_publisher = FakeEventPublisher(self.results)
        self.suppressions = FakeSuppressions()
        self.suppress = Suppress(self.suppressions, FakeSealer())
        self.clock = VirtualClock()
        acceptance = an_acceptance(email(ANA), sandbox=sandbox)
        self.alerts.accept(acceptance)
        self.alert = acceptance.alert
        (batch,) = self.alert.batches()
        self.id = MessageId(batch.key, 0, 1)
        log = (Step(NOON, S.SENDING), Step(NOON, S.SENT))
        self.rows.rows[batch.key, 0] = Message(0, S.SENT, 2, 1, log, provider_id="p-1")
        record = RecordReceipts(self.alerts, self.rows, dispatch_progress, self.results, self.clock)
        self.reports = ProcessReceipts(record, self.alerts, self.suppress, self.event_publisher)

    def process_receipts(self, report: ProviderReport) -> ReceiptResult:
        (outcome,) = self.reports([report])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def bounce(self, at: datetime = LATER) -> ProviderReport:
        return ProviderReport(self.id, Receipt(1, S.FAILED, BOUNCED), at, SuppressionReason.HARD_BOUNCE)

    def complaint(self) -> ProviderReport:
        return ProviderReport(self.id, Receipt(1, S.DELIVERED), LATER, SuppressionReason.COMPLAINT, "abuse")

    def state(self) -> MessageState:
        return self.rows.rows[self.id.key, 0].state

    def told(self) -> list[tuple[str, str | None]]:
        waiting = self.results.collect(self.alert.tenant, self.alert.key_id, None, 99, self.clock())
        return [(event.event, event.reason) for event in waiting]

    def reason(self) -> SuppressionReason | None:
        return self.suppress.known(self.alert.tenant, Channel.EMAIL, ANA).reason


def test_a_hard_bounce_fails_the_message_tells_so_and_suppresses_the_mailbox() -> None:
    desk = Desk()

    assert desk.process_receipts(desk.bounce()) is ReceiptResult.RECORDED

    assert (desk.state(), desk.reason()) == (S.FAILED, SuppressionReason.HARD_BOUNCE)
    assert desk.told() == [("sent", None), ("bounced", "bounced")]


def test_a_bounce_after_the_delivery_is_told_after_it() -> None:
    desk = Desk()
    desk.process_receipts(ProviderReport(desk.id, Receipt(1, S.DELIVERED), NOON))

    desk.process_receipts(desk.bounce())
    desk.process_receipts(ProviderReport(desk.id, Receipt(1, S.DELIVERED), NOON))

    assert desk.state() is S.FAILED
    assert desk.told() == [("sent", None), ("delivered", None), ("bounced", "bounced")]


def test_a_soft_bounce_is_a_bounce_and_suppresses_nobody() -> None:
    desk = Desk()

    desk.process_receipts(ProviderReport(desk.id, Receipt(1, S.FAILED, "bounced_mailbox_full"), NOON))

    assert desk.told() == [("sent", None), ("bounced", "bounced_mailbox_full")]
    assert desk.reason() is None


def test_a_complaint_is_an_event_of_its_own_told_once_and_suppresses_the_mailbox() -> None:
    desk = Desk()

    results = [desk.process_receipts(desk.complaint()) for _ in range(3)]

    assert results == [ReceiptResult.RECORDED, ReceiptResult.NOTHING_NEW, ReceiptResult.NOTHING_NEW]
    assert (desk.state(), desk.reason()) == (S.DELIVERED, SuppressionReason.COMPLAINT)
    assert sorted(desk.told()) == [("complaint", "abuse"), ("delivered", None), ("sent", None)]


class MailOutcomes:
    """Notes what is counted against a tenant's good name, and what is made up for."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, tenant: TenantId, *, complaint: bool) -> None:
        self.heard.append("complaint" if complaint else "bounce")

    def notify_again(self, tenant: TenantId) -> None:
        self.heard.append("again")


def with_mail_outcomes(desk: Desk) -> MailOutcomes:
    outcomes = MailOutcomes()
    desk.reports._record_mail_outcome = outcomes  # type: ignore[assignment]
    return outcomes


def test_a_bounce_is_counted_once_and_its_repeat_finishes_what_was_left() -> None:
    desk = Desk()
    outcomes = with_mail_outcomes(desk)
    for _ in range(2):
        desk.process_receipts(desk.bounce())
    assert outcomes.heard == ["bounce", "again"]


def test_a_bounce_of_the_houses_own_mail_is_not_held_against_the_tenant() -> None:
    desk = Desk()
    outcomes = with_mail_outcomes(desk)
    desk.alerts.alerts[desk.alert.tenant, desk.alert.ref] = replace(desk.alert, system=True)
    for report in (desk.bounce(), desk.bounce()):
        desk.process_receipts(report)
    assert outcomes.heard == []
    assert desk.reason() is SuppressionReason.HARD_BOUNCE


@pytest.mark.parametrize("failing", ["rows", "suppressions", "event_publisher"])
def test_a_report_that_failed_half_way_is_made_up_for_by_its_repeat(failing: str) -> None:
    desk = Desk()
    getattr(desk, failing).outage.failing = 1
    with pytest.raises(StorageUnavailable):
        desk.process_receipts(desk.complaint())

    desk.process_receipts(desk.complaint())

    assert desk.reason() is SuppressionReason.COMPLAINT
    assert sorted(desk.told()) == [("complaint", "abuse"), ("delivered", None), ("sent", None)]


def test_a_bounce_that_comes_again_after_the_operator_lifted_it_suppresses_nobody() -> None:
    desk = Desk()
    desk.process_receipts(desk.bounce(at=NOON))
    desk.suppress.lift(desk.alert.tenant, Channel.EMAIL, ANA, LATER, list(SuppressionReason))

    desk.process_receipts(desk.bounce(at=NOON))

    assert desk.reason() is None


def test_a_sandbox_alert_suppresses_nobody() -> None:
    desk = Desk(sandbox=True)

    desk.process_receipts(desk.bounce())
    desk.process_receipts(desk.complaint())

    assert desk.suppressions.rows == {}


@pytest.mark.parametrize(
    "id", ["acme.nobody.0.0.0.1", "other.{ref}.0.0.0.1", "acme.{ref}.0.0.7.1", "acme.{ref}.9.0.0.1"]
)
def test_s13_a_report_about_a_message_that_never_was_does_nothing(id: str) -> None:
    desk = Desk()
    stranger = MessageId.parse(id.format(ref=desk.alert.ref))

    report = ProviderReport(stranger, Receipt(1, S.FAILED, BOUNCED), LATER, SuppressionReason.HARD_BOUNCE, "abuse")

    assert desk.process_receipts(report) in (ReceiptResult.NOT_OURS, ReceiptResult.FORGOTTEN)
    assert (desk.suppressions.rows, desk.told()) == ({}, [])
