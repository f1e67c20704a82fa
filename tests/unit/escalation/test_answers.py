"""What an escalation thinks of an answer: any evidence, any rule, any order of people (decided 8.3, 8.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import KEY, TENANT
from tests.fakes.escalations import FakeEscalations
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.responses import FakeResponses
from tests.fakes.time import NOON
from tests.fakes.timers import FakeTimerQueue
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.escalation.application.answers import AnswersEndEscalations, WakeEscalation
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationState
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.response import Response

FIRST = AlertRef("0192f3f0-0000-7000-8000-000000000001")
ESCALATION = EscalationKey(LinkKey.of(TENANT, KEY, "fire-7"), FIRST)
ANA = Response(
    ChunkKey(TENANT, FIRST, 0, 0), 0, ResponseKind.SMS, "in-1", "+447700900001", "ana", NOON, "ok",
    link=Link(ESCALATION.link, FIRST), escalation=FIRST,
)  # fmt: skip
BOB = replace(ANA, position=1, natural_id="in-2", contact_id="bob", address="+447700900002")


class Answers:
    """One escalation and what stores its answers."""

    def __init__(self, evidence: Evidence | None, need: int = 1) -> None:
        self.links = FakeLinkSets()
        self.escalations = FakeEscalations()
        self.responses = FakeResponses(self.links, self.escalations)
        wake = WakeEscalation(self.escalations.timers, FakeTimerQueue(), lambda: NOON)
        self.use = AnswersEndEscalations(self.responses, self.escalations, wake)
        self.add = self.use.add
        begun = Escalation(
            ESCALATION, EscalationState.ACTIVE, 1, 0, need, 0, False, NOON, NOON + timedelta(hours=1), (FIRST,), NOON,
            evidence=evidence,
        )  # fmt: skip
        self.escalations.rows[ESCALATION], self.escalations.counted[ESCALATION] = begun, set()

    @property
    def answered(self) -> int:
        """How many people were counted."""
        return self.escalations.rows[ESCALATION].answered


@pytest.mark.parametrize("grade", Evidence)
@pytest.mark.parametrize("evidence", Evidence)
def test_an_answer_counts_everywhere_or_nowhere_by_its_evidence(grade: Evidence, evidence: Evidence) -> None:
    answers = Answers(grade)
    kept = answers.add(replace(ANA, evidence=evidence))
    enough = evidence.at_least(grade)
    assert (kept.fresh, kept.response.reason) == (True, None if enough else "evidence_too_weak")
    assert answers.answered == int(enough)
    assert len(answers.responses.marks) == int(enough)
    assert answers.links.answered(Link(ESCALATION.link, FIRST)).keys() == ({"ana"} if enough else set())
    (by,) = [answers.escalations.rows[ESCALATION].by]
    assert (by.evidence if by else None) == (evidence if enough else None)


@pytest.mark.parametrize("evidence", Evidence)
def test_an_escalation_that_began_before_answers_were_judged_goes_on_as_it_was(evidence: Evidence) -> None:
    answers = Answers(None)
    assert answers.add(replace(ANA, evidence=evidence)).response.counted
    assert answers.answered == 1
    assert answers.add(replace(BOB, evidence=evidence)).response.counted
    assert answers.links.answered(Link(ESCALATION.link, FIRST)).keys() == {"ana", "bob"}


def test_who_answered_too_weakly_counts_with_a_stronger_answer() -> None:
    answers = Answers(Evidence.WROTE)
    answers.add(replace(ANA, natural_id="reaction", evidence=Evidence.CONFIRMED))
    assert answers.answered == 0
    assert answers.add(ANA).response.counted
    assert answers.answered == 1


def test_after_the_end_an_answer_is_kept_and_the_one_that_ended_it_still_counts_when_it_comes_again() -> None:
    answers = Answers(Evidence.CONFIRMED)
    first = answers.add(ANA)
    after = answers.add(BOB)
    assert (first.response.counted, after.response.reason) == (True, "after_the_end")
    # a worker died before it told the client
    again = answers.add(ANA)
    assert (again.fresh, again.response.counted) == (False, True)
    assert answers.links.answered(Link(ESCALATION.link, FIRST)).keys() == {"ana"}


@pytest.mark.parametrize("state", [EscalationState.EXHAUSTED, EscalationState.CANCELLED])
def test_an_answer_after_any_end_does_not_count(state: EscalationState) -> None:
    answers = Answers(Evidence.CONFIRMED)
    begun = answers.escalations.rows[ESCALATION]
    assert answers.escalations.move(begun, begun.ended(state, NOON))
    assert answers.add(ANA).response.reason == "after_the_end"
    weak = answers.add(replace(BOB, evidence=Evidence.OPENED))
    assert weak.response.reason == "evidence_too_weak"


def test_a_reason_that_is_there_already_stays() -> None:
    answers = Answers(Evidence.MARKED)
    kept = answers.add(replace(ANA, evidence=Evidence.OPENED, reason="sender_not_believed"))
    assert kept.response.reason == "sender_not_believed"


@pytest.mark.parametrize("need", [1, 2])
def test_decided_8_3_who_is_not_ok_has_answered_also_after_the_end_and_is_not_counted(need: int) -> None:
    answers = Answers(Evidence.WROTE, need)
    answers.add(BOB)
    not_ok = replace(ANA, kind=ResponseKind.CALL, evidence=Evidence.PRESSED, not_ok=True)
    assert answers.add(not_ok).response.counted
    assert answers.answered == 1
    assert answers.links.answered(Link(ESCALATION.link, FIRST)).keys() == {"ana", "bob"}
    # and the same person may be well later
    if need == 2:
        assert answers.add(replace(ANA, natural_id="in-3")).response.counted
        assert answers.answered == 2


@pytest.mark.parametrize(
    ("grade", "over", "reason"),
    [
        (Evidence.WROTE, False, None),
        (Evidence.WROTE, True, "after_the_end"),
        (Evidence.CONFIRMED, False, None),
        (None, True, None),
    ],
)
def test_an_answer_that_counts_anew_is_judged_too(grade: Evidence | None, reason: str | None, *, over: bool) -> None:
    answers = Answers(grade)
    answers.add(replace(ANA, reason="sender_not_believed"))
    if over:
        answers.add(BOB)
    for _ in range(2):
        anew = answers.use.count_anew(ANA, "sender_not_believed")
        assert anew is not None
        assert anew.reason == reason
    assert answers.answered == 1
    assert answers.use.count_anew(BOB, "sender_not_believed") is None
