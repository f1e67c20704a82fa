"""What clients ask of an escalation: a step before it is due, and a failed message once more after its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.builders import KEY, TENANT
from tests.fakes.escalations import FakeEscalations
from tests.fakes.time import NOON
from tests.fakes.timers import FakeTimerQueue
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.escalation.application.answers import WakeEscalation
from tocsin.escalation.application.request_step import RequestStep
from tocsin.escalation.domain.decisions import Done, StepRefused, TakeStep, at_request
from tocsin.escalation.domain.escalation import Answerer, Escalation, EscalationKey, EscalationState, RequestedStep
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import AlertRef

FIRST = AlertRef("0192f3f0-0000-7000-8000-000000000001")
KEY_OF_IT = EscalationKey(LinkKey.of(TENANT, KEY, "fire-7"), FIRST)
HOUR = timedelta(hours=1)
ONE = Escalation(KEY_OF_IT, EscalationState.ACTIVE, 2, 0, 1, 0, False, NOON, NOON + HOUR, (FIRST,), NOON)
ENOUGH = ONE.counted(Answerer(ChunkKey(TENANT, FIRST, 0, 0), 0, ResponseKind.SMS, NOON))
ASKED = RequestedStep(1, "key:k1", "c1")


@pytest.mark.parametrize(
    ("escalation", "expected"),
    [
        (ONE, TakeStep(1)),
        (ONE.at_once(replace(ASKED, call="c0"), NOON), TakeStep(1)),
        (ONE.at_once(ASKED, NOON), Done(wake=True)),
        (ONE.at_once(ASKED, NOON).taken(NOON, None, HOUR), Done()),
        (ONE.at_once(ASKED, NOON).ended(EscalationState.CANCELLED, NOON), Done()),
        (ONE.ended(EscalationState.EXHAUSTED, NOON), Done()),
        (ONE.taken(NOON, None, HOUR), StepRefused("the next step of the escalation is 2", "moved_on")),
        (replace(ONE, step=2), StepRefused("every step of the escalation was taken", "moved_on")),
        (replace(ONE, answered=1), StepRefused("the escalation has ended: acknowledged", "acknowledged")),
        (ONE.ended(EscalationState.CANCELLED, NOON), StepRefused("the escalation has ended: cancelled", "cancelled")),
    ],
)
def test_what_becomes_of_a_request(escalation: Escalation, expected: TakeStep | Done | StepRefused) -> None:
    assert at_request(escalation, ASKED) == expected


def test_a_step_that_is_due_already_keeps_its_time_and_so_the_reference_of_its_alert() -> None:
    assert ONE.at_once(ASKED, NOON + 2 * HOUR).cause(1) == ONE.cause(1)
    assert ONE.at_once(ASKED, NOON).cause(1).at == NOON


def test_a_worker_that_read_the_escalation_before_cannot_put_the_timer_off() -> None:
    escalations, queue = FakeEscalations(), FakeTimerQueue()
    escalations.rows[KEY_OF_IT] = ONE
    request = RequestStep(escalations, WakeEscalation(escalations.timers, queue, lambda: NOON))
    # given a worker with a due timer, which has read that the next step is due in an hour
    of_worker = replace(ONE.timer, due_at=NOON)
    escalations.timers.arm(of_worker)

    request(KEY_OF_IT, ASKED, NOON)

    assert not escalations.timers.move(of_worker, of_worker.next(NOON + HOUR))
    woken = of_worker.next(NOON)
    assert (escalations.timers.get(woken.key), queue.take(NOON)) == (woken, [woken])
    assert escalations.rows[KEY_OF_IT].due_at == NOON


def test_an_escalation_that_has_expired_is_not_found() -> None:
    escalations = FakeEscalations()
    request = RequestStep(escalations, WakeEscalation(escalations.timers, FakeTimerQueue(), lambda: NOON))
    with pytest.raises(NotFound):
        request(KEY_OF_IT, ASKED, NOON)


@pytest.mark.parametrize(
    ("escalation", "resent_at", "stops"),
    [
        (ONE, None, False),
        (ONE.ended(EscalationState.EXHAUSTED, NOON), None, False),
        (ENOUGH, None, True),
        (ENOUGH, NOON - HOUR, True),
        (ENOUGH, NOON, False),
        (ENOUGH.ended(EscalationState.ACKNOWLEDGED, NOON + HOUR), NOON + HOUR / 2, False),
        (ENOUGH.ended(EscalationState.CANCELLED, NOON), NOON + HOUR, True),
        (ONE.ended(EscalationState.CANCELLED, NOON), NOON + HOUR, True),
    ],
)
def test_decided_2_18_enough_answers_stop_what_was_not_sent_again_after_them(
    escalation: Escalation, resent_at: datetime | None, stops: bool
) -> None:
    assert escalation.stops(resent_at) == stops
