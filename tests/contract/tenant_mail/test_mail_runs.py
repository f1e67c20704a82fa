"""What every store of mail runs promises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.contract.tenant_mail.beside_alerts import accept
from tests.fakes.mail_runs import FakeMailRuns
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.tenant_mail.mail_runs import DynamoDbMailRuns
from tocsin.alerts.ports.alerts import Committed, Conflict
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import AlertRef, UserId
from tocsin.tenant_mail.domain.mail_run import RUN_KEPT, MailRun, MailRunWritten
from tocsin.tenant_mail.domain.mailed_events import MailOutcome
from tocsin.tenant_mail.ports import MailRuns

MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def runs(world: AlertPath) -> MailRuns:
    return FakeMailRuns() if world.engine == "fake" else DynamoDbMailRuns(world.table, FakeSealer())


def a_run(n: int = 0, **given: Any) -> MailRun:
    fixed: dict[str, Any] = {"tenant": ACME, "template": "DISK_LOW", "outcome": MailOutcome.NO_RECIPIENTS}
    return MailRun(id=f"{n:014}#e{n}", event=f"e{n}", at=NOON + n * MILLISECOND, **fixed | given)


def test_a_run_is_read_as_it_was_added(runs: MailRuns) -> None:
    run = a_run(
        outcome=MailOutcome.ALREADY_SENT, custom=True, alert=AlertRef("a1"), people=(UserId("ana"), UserId("ben"))
    )
    assert runs.add(run)
    assert runs.get(ACME, run.id, NOON) == run
    assert runs.get(OTHER, run.id, NOON) is None


def test_an_event_has_one_run_which_stays(runs: MailRuns) -> None:
    assert runs.add(a_run())
    assert not runs.add(a_run(outcome=MailOutcome.SENT))
    assert runs.get(ACME, a_run().id, NOON) == a_run()


def test_runs_are_listed_newest_first_page_by_page(runs: MailRuns) -> None:
    for n in (2, 0, 3, 1):
        runs.add(a_run(n))
    runs.add(a_run(9, tenant=OTHER))
    first = runs.page(ACME, 2, None, NOON)
    assert [run.event for run in first.runs] == ["e3", "e2"]
    assert first.next is not None
    second = runs.page(ACME, 2, first.next, NOON)
    assert [run.event for run in second.runs] == ["e1", "e0"]
    assert second.next is None
    with pytest.raises(InvalidRequest):
        runs.page(OTHER, 2, first.next, NOON)


def test_a_run_is_kept_for_90_days(runs: MailRuns) -> None:
    runs.add(a_run())
    assert runs.get(ACME, a_run().id, NOON + RUN_KEPT - MILLISECOND) == a_run()
    assert runs.get(ACME, a_run().id, NOON + RUN_KEPT) is None
    assert not runs.page(ACME, 9, None, NOON + RUN_KEPT).runs


def test_a_run_is_written_with_its_alert_or_not_at_all(world: AlertPath, runs: MailRuns) -> None:
    written = MailRunWritten(a_run(outcome=MailOutcome.SENT, alert=AlertRef("a1")))
    assert accept(world, {MailRunWritten: runs}, written) == Committed()
    assert runs.get(ACME, written.run.id, NOON) == written.run
    assert accept(world, {MailRunWritten: runs}, written) == Conflict(written)
