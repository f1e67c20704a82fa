"""What every store of runs of notices promises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.contract.tenant_mail.beside_alerts import accept
from tests.fakes.notice_runs import FakeNoticeRuns
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.notice_runs import DynamoDbNoticeRuns
from tocsin.alerts.ports.alerts import Committed, Conflict
from tocsin.kernel.domain.ids import AlertRef, UserId
from tocsin.personal_notices.domain.notice import NoticeKind, PersonalNotice
from tocsin.personal_notices.domain.notice_run import RUN_KEPT, NoticeRun, NoticeRunWritten, PersonTold
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.personal_notices.ports import NoticeRuns
from tocsin.preferences.domain.settings import AppointmentMoment, Communication


@pytest.fixture
def runs(world: AlertPath) -> NoticeRuns:
    return FakeNoticeRuns() if world.engine == "fake" else DynamoDbNoticeRuns(world.table, FakeSealer())


TOLD = (
    PersonTold(
        UserId("ana"),
        "it is your line",
        ((NoticeChannel.INBOX, NoticeOutcome.SENT), (NoticeChannel.TEXT, NoticeOutcome.NO_NUMBER)),
        "Europe/London",
    ),
    PersonTold(UserId("ben"), "you are in Sales", ((NoticeChannel.INBOX, NoticeOutcome.OFF),)),
)


def a_run(*, alert: str | None = "a1", people: tuple[PersonTold, ...] = TOLD, **given: Any) -> NoticeRunWritten:
    fixed: dict[str, Any] = {
        "tenant": ACME, "kind": NoticeKind.CALL, "key": "c1", "at": NOON, "subject": "Missed call",
        "line": "Eve rang", "event": "e1",
    }  # fmt: skip
    notice = PersonalNotice(**fixed | given)
    return NoticeRunWritten(NoticeRun(notice, people, NOON, None if alert is None else AlertRef(alert)))


def write(world: AlertPath, runs: NoticeRuns, *written: NoticeRunWritten) -> list[object]:
    return [accept(world, {NoticeRunWritten: runs}, each) for each in written]


def test_a_run_is_written_with_its_alert_and_read_by_kind_and_key(world: AlertPath, runs: NoticeRuns) -> None:
    full = a_run(
        fields=(("From", "+447700900123"), ("Begins", NOON + timedelta(days=1))),
        url="https://console.example/app/events/e1",
        too_late_at=NOON + timedelta(minutes=15),
        switches=frozenset({Communication.APPOINTMENT, AppointmentMoment.DAY}),
    )
    bare = a_run(key="c2", event=None, alert=None, people=())
    assert write(world, runs, full, bare) == [Committed(), Committed()]
    assert runs.get(ACME, NoticeKind.CALL, "c1", NOON) == full.run
    assert runs.get(ACME, NoticeKind.CALL, "c2", NOON) == bare.run
    assert runs.get(ACME, NoticeKind.TEXT, "c1", NOON) is None
    assert runs.get(OTHER, NoticeKind.CALL, "c1", NOON) is None


def test_a_kind_and_key_has_one_run_or_nothing_is_written(world: AlertPath, runs: NoticeRuns) -> None:
    first, second = a_run(), a_run(line="Eve rang again")
    assert write(world, runs, first, second) == [Committed(), Conflict(second)]
    assert runs.get(ACME, NoticeKind.CALL, "c1", NOON) == first.run


def test_the_runs_of_an_event_are_found_by_its_name(world: AlertPath, runs: NoticeRuns) -> None:
    written = [a_run(kind=NoticeKind.VOICEMAIL), a_run(), a_run(key="c2", event="e2"), a_run(key="c3", event=None)]
    write(world, runs, *written)
    assert list(runs.of_event(ACME, "e1", NOON)) == [written[1].run, written[0].run]
    assert list(runs.of_event(ACME, "e3", NOON)) == []
    assert list(runs.of_event(OTHER, "e1", NOON)) == []


def test_a_run_is_kept_for_seven_days(world: AlertPath, runs: NoticeRuns) -> None:
    write(world, runs, a_run())
    last = NOON + RUN_KEPT - timedelta(milliseconds=1)
    assert runs.get(ACME, NoticeKind.CALL, "c1", last) is not None
    assert len(runs.of_event(ACME, "e1", last)) == 1
    assert runs.get(ACME, NoticeKind.CALL, "c1", NOON + RUN_KEPT) is None
    assert not runs.of_event(ACME, "e1", NOON + RUN_KEPT)
