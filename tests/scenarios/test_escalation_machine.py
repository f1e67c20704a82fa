"""Anything in any order: answers, cancellations, deaths, outages, and timers early, late, stale and three times over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.builders import number
from tests.scenarios.escalation_world import MINUTE, EscalationWorld, check_escalations, mail, step, text
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.invariants import check, check_always
from tocsin.escalation.domain.escalation import EscalationState

PEOPLE = tuple(number(n) for n in range(1, 5))
GROUP = {"contacts": [{"id": f"c{n}", "sms": phone} for n, phone in enumerate(PEOPLE)]}


class EscalationMachine(RuleBasedStateMachine):
    """One escalation in a world where everything goes wrong."""

    @initialize(
        seed=st.integers(0, 99),
        waits=st.lists(st.integers(1, 30), min_size=1, max_size=4),
        rule=st.sampled_from(["any", "all", {"count": 2}, "per contact"]),
        contacts=st.booleans(),
        all_clear=st.booleans(),
    )
    def begin(self, seed: int, waits: list[int], rule: object, contacts: bool, all_clear: bool) -> None:
        self.script = Script()
        self.world = EscalationWorld(seed, self.script.wrap)
        self.script.world = self.world
        ids: list[dict[str, Any]] = [
            {"contacts": [f"c{n}"]} if contacts else {"recipients": [phone]} for n, phone in enumerate(PEOPLE)
        ]
        steps = [
            step(f"{wait}m", text(**ids[n % 4]), mail(f"m{n}@example.org")) for n, wait in enumerate(waits, start=1)
        ]
        block: dict[str, Any] = {"per": "contact"} if rule == "per contact" else {"stopWhen": rule}
        if all_clear:
            block["onStopped"] = {"alert": [text(says="all clear")]}
        self.first = self.world.escalate(
            text(**ids[0]),
            text(**ids[1]),
            steps=steps,
            group=GROUP if contacts else None,
            **block,
        )
        self.cancelled = False

    @rule(minutes=st.integers(0, 20), seconds=st.integers(0, 59))
    def time_passes(self, minutes: int, seconds: int) -> None:
        self.world.fast_forward(timedelta(minutes=minutes, seconds=seconds))

    @rule(who=st.sampled_from(PEOPLE), later=st.integers(0, 300))
    def somebody_answers(self, who: str, later: int) -> None:
        self.world.text_back(who, "ok", later=timedelta(seconds=later))

    @rule()
    def nobody_runs_for_hours(self) -> None:
        self.world.clock.advance(timedelta(hours=5))

    @rule(at=st.integers(0, 12), fault=st.sampled_from(FOUR))
    def something_will_die(self, at: int, fault: Fault) -> None:
        self.script.plan = {**self.script.plan, len(self.script.calls) + at: fault}

    @rule(which=st.integers(0, 20), early=st.booleans())
    def an_old_timer_enqueues(self, which: int, early: bool) -> None:
        history = self.world.timers.history
        self.world.order(history[-1 - which % len(history)], timedelta(0) if early else 3 * MINUTE)

    @rule()
    def somebody_cancels(self) -> None:
        self.world.cancel_by_api(self.first)
        self.cancelled = True

    @invariant()
    def every_promise_holds_at_every_moment(self) -> None:
        check_always(self.world)
        found = self.world.standing(self.first)
        assert found.step <= found.steps
        assert found.answered <= found.need

    def teardown(self) -> None:
        self.script.plan = {}
        self.world.fast_forward(timedelta(hours=30))
        self.world.until_quiet(timedelta(hours=200))
        check(self.world)
        check_escalations(self.world)
        found = self.world.standing(self.first)
        assert found.state is not EscalationState.ACTIVE
        assert self.cancelled or found.state is not EscalationState.CANCELLED
        assert self.world.timers.rows == {}


TestEscalationMachine = EscalationMachine.TestCase
TestEscalationMachine.settings = settings(
    max_examples=40, stateful_step_count=20, suppress_health_check=[HealthCheck.too_slow]
)
