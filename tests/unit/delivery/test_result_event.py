from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import an_acceptance
from tests.fakes.time import NOON
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.delivery.domain.message_events import EVENT_OF, events_since
from tocsin.results.domain.event_object import event_object
from tocsin.results.domain.result_event import ResultEvent

S = MessageState
ACCEPTANCE = an_acceptance()
ALERT = ACCEPTANCE.alert


def a_history(*steps: tuple[MessageState, str | None], duplicate: bool = False) -> Message:
    log = tuple(Step(NOON + timedelta(seconds=n), state, reason) for n, (state, reason) in enumerate(steps))
    return Message(0, steps[-1][0], len(log), 1, log, possible_duplicate=duplicate)


def told(message: Message, since: int = 0, alert: Alert = ALERT) -> list[ResultEvent]:
    (recipient,) = next(iter(ACCEPTANCE.chunks.values()))
    return events_since(alert, alert.items[0], 0, recipient, message, since)


def test_steps_tell_what_happened_outside_and_nothing_else() -> None:
    history = a_history(
        (S.SENDING, None), (S.RETRY_WAIT, "throttled"), (S.SENDING, None), (S.SENT, None), (S.DELIVERED, None)
    )

    events = told(history)

    assert [(event.event, event.whence - NOON) for event in events] == [
        ("sent", timedelta(seconds=3)),
        ("delivered", timedelta(seconds=4)),
    ]
    assert {(e.alert, e.client_ref, e.tag, e.contact_id) for e in events} == {(ALERT.ref, "ref-1", "t", "c0")}


def test_a_failure_always_has_a_reason() -> None:
    assert [e.reason for e in told(a_history((S.FAILED, "invalid_number")))] == ["invalid_number"]
    for state in (S.EXPIRED, S.CANCELLED, S.UNCONFIRMED):
        assert [(e.event, e.reason) for e in told(a_history((state, None)))] == [("failed", state.value)]
    assert [e.reason for e in told(a_history((S.SENT, None)))] == [None]


def test_the_events_of_a_scheduled_run_name_the_schedule_and_no_other_events_do() -> None:
    def names(kind: CauseKind | None) -> list[dict[str, object]]:
        alert = replace(ALERT, cause=Cause(kind, "s-7", "1", NOON) if kind else None)
        (event,) = told(a_history((S.SENT, None)), alert=alert)
        return [{name: value for name, value in event_object(event).items() if name.startswith("schedule")}]

    assert names(CauseKind.SCHEDULE) == [{"scheduledAlertId": "s-7", "scheduleId": "s-7"}]
    for kind in (None, CauseKind.TRIGGER, CauseKind.ESCALATION, CauseKind.ALL_CLEAR):
        assert names(kind) == [{}]


def test_the_same_step_has_the_same_id_whenever_it_is_told_and_each_step_its_own() -> None:
    early = a_history((S.SENDING, None), (S.SENT, None))
    late = a_history((S.SENDING, None), (S.SENT, None), (S.DELIVERED, None))

    assert told(early) == told(late)[:1]
    assert told(late, since=2) == told(late)[1:]
    assert told(late, since=3) == []
    assert len({event.event_id for event in told(late)}) == 2


def test_a_possible_duplicate_is_flagged() -> None:
    assert [e.possible_duplicate for e in told(a_history((S.SENT, None), duplicate=True))] == [True]


def test_nothing_is_told_of_what_is_still_open() -> None:
    assert not {S.QUEUED, S.SENDING, S.RETRY_WAIT, S.UNKNOWN} & set(EVENT_OF)
