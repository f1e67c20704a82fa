"""Whatever people answer and whatever an escalation asks for: who counts, who is asked again, and how it ends."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tests.builders import number
from tests.scenarios.escalation_world import MINUTE, EscalationWorld, check_escalations, step, text
from tests.scenarios.invariants import check_always
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.escalation.domain.escalation import EscalationState
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.response import Response

PEOPLE = tuple(number(n) for n in range(1, 5))
FIRST_ASKED = (0, 1)
"""The first alert asks these two of PEOPLE; both steps ask all four."""

GROUP = {"contacts": [{"id": f"c{n}", "sms": phone} for n, phone in enumerate(PEOPLE)]}
RULES: dict[str, dict[str, Any]] = {
    "any": {"count": "any"},
    "all": {"count": "all"},
    "two": {"count": 2},
    "per contact": {"count": "any"},
}
ANSWERS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(Evidence)), max_size=4)
EARLIER = st.none() | st.sampled_from(Evidence)


class Story:
    """An escalation of two steps in a world, and what must come of it."""

    def __init__(self, rule: str, grade: Evidence | None, *, click_counts: bool, contacts: bool) -> None:
        self.world = EscalationWorld(fires=(1, 1))
        self.world.key = replace(self.world.key, click_counts=click_counts)
        self.world.keys.save(self.world.key)
        self.contacts = contacts
        self.everybody = rule in ("all", "per contact")
        self.grade = grade or (Evidence.OPENED if click_counts else Evidence.CONFIRMED)
        self.need = {"any": 1, "two": 2}.get(rule, len(FIRST_ASKED))
        self.counted: set[int] = set()
        self.asked = set(FIRST_ASKED)
        self.spared: set[int] = set()
        block: dict[str, Any] = {"stopWhen": RULES[rule] | ({"evidence": grade.value} if grade else {})}
        if rule == "per contact":
            block["per"] = "contact"
        self.first: Alert = self.world.escalate(
            text(says="first", **self._to(FIRST_ASKED)),
            steps=[step("5m", text(says=f"step {n}", **self._to(range(4)))) for n in (1, 2)],
            group=GROUP if contacts else None,
            link="fire-7" if contacts else None,
            **block,
        )

    @property
    def over(self) -> bool:
        """Whether enough people have answered."""
        return len(self.counted) >= self.need

    def answer(self, who: int, evidence: Evidence) -> None:
        """Let somebody answer, and expect the reason why that does not count."""
        late = "after_the_end" if self.over else None
        expected = late if evidence.at_least(self.grade) else "evidence_too_weak"
        kept = self._add(self.first.ref, who, evidence, self.first.ref)
        assert kept.reason == expected
        if expected is None:
            self.counted.add(who)
        assert self.world.standing(self.first).answered == len(self.counted)

    def answer_earlier_alert(self, who: int, evidence: Evidence) -> None:
        """Let a contact answer another alert of the linked set."""
        assert self._add(AlertRef("0192f3f0-0000-7000-8000-00000000000e"), who, evidence, None).counted
        if evidence.at_least(self.grade):
            self.spared.add(who)

    def take(self, number: int) -> None:
        """Let a step come due, and expect it with all whose answers do not spare them."""
        self.world.fast_forward(5 * MINUTE + timedelta(seconds=30))
        expected = set() if self.over else set(range(4)) - self.counted - self.spared
        heard = self.world.heard
        assert {n for n, phone in enumerate(PEOPLE) if self._heard(heard, phone, f"step {number}")} == expected
        if self.everybody and expected:
            self.need += len(expected - self.asked)
        self.asked |= expected

    def end(self) -> None:
        """Let it end, and expect the end that the answers give it."""
        self.world.fast_forward(timedelta(hours=1))
        state = EscalationState.ACKNOWLEDGED if self.over else EscalationState.EXHAUSTED
        found = self.world.standing(self.first)
        assert (found.state, found.answered, found.need) == (state, len(self.counted), self.need)
        ends = [event for event in self.world.collect(self.first) if event.event in ("acknowledged", "exhausted")]
        assert [event.event for event in ends] == [state.value]
        if self.over:
            assert Evidence(ends[0].details["evidence"]).at_least(self.grade)
            assert ends[0].details["counted"] is True
        check_always(self.world)
        check_escalations(self.world)

    def _to(self, people: Any) -> dict[str, Any]:
        if self.contacts:
            return {"contacts": [f"c{n}" for n in people]}
        return {"recipients": [PEOPLE[n] for n in people]}

    def _add(self, alert: AlertRef, who: int, evidence: Evidence, escalation: AlertRef | None) -> Response:
        response = Response(
            ChunkKey(self.first.tenant, alert, 0, 0), who, ResponseKind.SHORTLINK, secrets.token_hex(8), PEOPLE[who],
            f"c{who}" if self.contacts else None, self.world.clock(), link=self.first.link, escalation=escalation,
            evidence=evidence, expires_at=self.first.expires_at,
        )  # fmt: skip
        kept = self.world._responses_port().add(response).response
        assert isinstance(kept, Response)
        return kept

    @staticmethod
    def _heard(heard: dict[str, list[str]], phone: str, says: str) -> bool:
        return any(said.endswith(says) for said in heard.get(phone, []))


@given(
    rule=st.sampled_from(sorted(RULES)),
    grade=st.none() | st.sampled_from(Evidence),
    click_counts=st.booleans(),
    contacts=st.booleans(),
    before=ANSWERS,
    between=ANSWERS,
    earlier=EARLIER,
)
@example(
    rule="any",
    grade=Evidence.WROTE,
    click_counts=False,
    contacts=True,
    before=[],
    between=[],
    earlier=Evidence.CONFIRMED,
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_decided_8_4_evidence_judges_who_counts_and_who_is_asked_again(
    rule: str,
    grade: Evidence | None,
    *,
    click_counts: bool,
    contacts: bool,
    before: list[tuple[int, Evidence]],
    between: list[tuple[int, Evidence]],
    earlier: Evidence | None,
) -> None:
    assume(click_counts or grade is not Evidence.OPENED)
    story = Story(rule, grade, click_counts=click_counts, contacts=contacts)
    if contacts and earlier is not None:
        story.answer_earlier_alert(3, earlier)
    for who, evidence in before:
        story.answer(who % 2, evidence)
    story.take(1)
    for who, evidence in between:
        story.answer(who, evidence)
    story.take(2)
    story.end()


@pytest.mark.parametrize("rule", RULES)
def test_decided_8_4_opened_is_a_conflict_unless_visits_count(rule: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        Story(rule, Evidence.OPENED, click_counts=False, contacts=False)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/escalation/stopWhen/evidence", "CONFLICT")
    ]
