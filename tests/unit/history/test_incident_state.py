"""The state of an incident in one word (console 4.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import KEY, TENANT
from tests.fakes.time import NOON
from tocsin.alerts.domain.link import LinkKey
from tocsin.delivery.domain.message import MessageState as M
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationState
from tocsin.history.domain.incident_state import IncidentState as S
from tocsin.history.domain.incident_state import incident_state
from tocsin.kernel.domain.ids import AlertRef

REF = AlertRef("first")
ARMED = Escalation(
    key=EscalationKey(LinkKey(TENANT, KEY, "x"), REF),
    state=EscalationState.ACTIVE,
    steps=1,
    step=0,
    need=2,
    answered=1,
    everybody=False,
    began_at=NOON,
    due_at=NOON,
    alerts=(REF,),
    stepped_at=NOON,
)


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([M.QUEUED], S.SENDING),
        ([M.DELIVERED, M.RETRY_WAIT], S.SENDING),
        ([M.HELD], S.SENDING),
        ([M.DELIVERED, M.SENT], S.DELIVERED),
        ([M.DELIVERED, M.SKIPPED], S.DELIVERED),
        ([M.SKIPPED], S.ANSWERED),
        ([M.DELIVERED, M.FAILED], S.SOME_FAILED),
        ([M.UNCONFIRMED, M.SUPPRESSED], S.SOME_FAILED),
        ([M.FAILED, M.EXPIRED, M.SUPPRESSED], S.FAILED),
        ([M.FAILED, M.SKIPPED], S.FAILED),
        ([M.DELIVERED, M.UNCONFIRMED], S.UNCONFIRMED),
    ],
)
def test_console_4_2_without_an_escalation_the_messages_decide(states: list[M], state: S) -> None:
    counts = {each: int(each in states) for each in M}
    assert incident_state(counts, None, cancelled=False) is state
    assert incident_state(counts, None, cancelled=True) is S.STOPPED


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, S.WAITING_FOR_ANSWERS),
        ({"answered": 2}, S.ANSWERED),
        ({"answered": 2, "state": EscalationState.ACKNOWLEDGED}, S.ANSWERED),
        ({"state": EscalationState.EXHAUSTED}, S.UNANSWERED),
        ({"state": EscalationState.CANCELLED}, S.STOPPED),
    ],
)
def test_console_4_2_delivered_messages_are_no_end_while_an_escalation_is_armed(
    changes: dict[str, object], state: S
) -> None:
    escalation = replace(ARMED, **changes)  # type: ignore[arg-type]
    assert incident_state({M.DELIVERED: 2, M.FAILED: 1}, escalation, cancelled=False) is state
    assert incident_state({M.DELIVERED: 2}, escalation, cancelled=True) is S.STOPPED


def test_console_4_2_a_step_that_goes_out_is_sending() -> None:
    assert incident_state({M.DELIVERED: 2, M.QUEUED: 1}, ARMED, cancelled=False) is S.SENDING
