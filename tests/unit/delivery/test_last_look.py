"""The last look between claim and submission: one call says who must not be contacted, and whether the alert goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import number, sms
from tests.fakes.sealer import FakeSealer
from tests.unit.delivery.stand import Stand
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.privacy.application.erase_contact import fingerprint
from tocsin.suppressions.domain.suppression import SuppressionReason

ANA, BOB = number(1), number(2)


def _cancel(stand: Stand) -> None:
    stand.alerts.alerts[stand.alert.tenant, stand.alert.ref] = replace(stand.alert, cancelled_at=stand.clock())


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_cancellation_after_the_worker_read_the_alert_stops_what_it_claimed(sandbox: bool) -> None:
    # given a worker that keeps the alert in memory
    stand = Stand(sms(*map(number, range(50))), sandbox=sandbox)
    stand.dispatch(stand.order(0))
    sent = len(stand.sms.calls)

    _cancel(stand)
    stand.dispatch(stand.order(1))

    assert stand.states() == ["sent"] * 25 + ["cancelled"] * 25
    assert len(stand.sms.calls) == sent
    assert not stand.spent[1:], "a message that was not sent costs nothing"


def test_who_said_stop_is_suppressed_also_if_the_alert_is_cancelled() -> None:
    stand = Stand(sms(ANA, BOB))
    stand.suppress(stand.alert.tenant, Channel.SMS, BOB, SuppressionReason.STOP, stand.clock())
    save = stand.rows.save

    def cancelled_meanwhile(*args: object) -> object:
        stand.rows.save = save  # type: ignore[method-assign]
        _cancel(stand)
        return save(*args)  # type: ignore[arg-type]

    stand.rows.save = cancelled_meanwhile  # type: ignore[assignment, method-assign]
    stand.dispatch()

    assert (stand.states(), stand.sms.calls) == (["cancelled", "suppressed"], [])


def test_nobody_is_suppressed_for_a_sandbox_alert() -> None:
    stand = Stand(sms(ANA), sandbox=True)
    stand.suppress(stand.alert.tenant, Channel.SMS, ANA, SuppressionReason.STOP, stand.clock())

    stand.dispatch()

    assert stand.states() == ["sent"]


@pytest.mark.parametrize(("kind", "state"), [(CauseKind.MAIL_TEST, "sent"), (CauseKind.TENANT_MAIL, "suppressed")])
def test_decided_4_6_a_test_reaches_a_suppressed_address_and_nothing_else_does(kind: CauseKind, state: str) -> None:
    stand = Stand(sms(ANA))
    cause = Cause(kind, "mail_test", "run", stand.clock())
    stand.alerts.alerts[stand.alert.tenant, stand.alert.ref] = replace(stand.alert, cause=cause)
    stand.suppress(stand.alert.tenant, Channel.SMS, ANA, SuppressionReason.COMPLAINT, stand.clock())

    stand.dispatch()

    assert stand.states() == [state]


@pytest.mark.parametrize(("sandbox", "reason"), [(True, "alert_unavailable"), (False, "suppressions_unavailable")])
def test_messages_wait_while_the_look_fails(sandbox: bool, reason: str) -> None:
    stand = Stand(sms(ANA), sandbox=sandbox)
    stand.looks.outage.failing = 1

    stand.dispatch()

    assert (stand.states(), stand.row().reason, stand.sms.calls) == (["retry_wait"], reason, [])
    stand.clock.advance(timedelta(minutes=1))
    stand.dispatch(stand.order(positions=(0,)))
    assert stand.states() == ["sent"]


@pytest.mark.parametrize("one_row", [True, False])
@pytest.mark.parametrize("sandbox", [True, False])
def test_s8_one_look_sees_who_was_erased_whatever_the_alert(sandbox: bool, one_row: bool) -> None:
    stand = Stand(sms(ANA, BOB), sandbox=sandbox, one_row=one_row)
    tenant = stand.alert.tenant
    stand.erasures.enter(tenant, [fingerprint(FakeSealer(), tenant, ANA)], stand.clock())

    stand.dispatch()

    assert (stand.states(), stand.row(0).reason) == (["suppressed", "sent"], "erased")
    assert (stand.calls["last_looks.look"], stand.calls["ledger.since"]) == (1, 1)
