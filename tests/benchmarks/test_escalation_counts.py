"""Budget 12 as a gate: what a step and an answer ask of the stores. Counts do not depend on the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import number
from tests.scenarios.escalation_world import MINUTE, EscalationWorld, step, text
from tests.scenarios.world import OURS, Disturbance
from tocsin.inbound.domain.text import IncomingText
from tocsin.timers.domain.timer import encode

STEP = {
    # the timer's row and the first alert; where it stands, before the step and after it; what is sent; who has answered
    "timers.get": 1,
    "alerts.get": 1,
    "escalations.get": 2,
    "escalations.policy": 1,
    "escalations.standing": 1,
    # the linked set, and who has answered in it
    "link_sets.standing": 1,
    "link_sets.answered": 1,
    # one transaction; its slices, the client's event, and the timer of the next step
    "alerts.accept": 1,
    "queue.put": 1,
    "event_publisher.publish": 1,
    "timers.move": 1,
}
ANSWER = {"escalations.get": 2, "responses.add": 1}


class Counting(EscalationWorld):
    """Counts every call of every port; orders come once."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        super().__init__(1, self.counted, fires=(1, 1), disturbance=Disturbance(duplicates=(1, 1)))

    def counted(self, name: str, port: Any) -> Any:
        world = self

        class Port:
            def __getattr__(self, method: str) -> Callable[..., Any]:
                def called(*args: Any, **kwargs: Any) -> Any:
                    world.calls[f"{name}.{method}"] += 1
                    return getattr(port, method)(*args, **kwargs)

                return called

        return Port()

    def escalated(self, contacts: int) -> Counter[str]:
        """Let the first step of an escalation be due, after one of its contacts has answered; return what it called."""
        group = {"contacts": [{"id": f"c{n}", "sms": number(n)} for n in range(contacts)]}
        everybody = text(contactSets=["all"])
        first = self.escalate(
            everybody, steps=[step("10m", everybody)], stopWhen={"count": 2}, giveUpAfter="10d", group=group
        )
        self.fast_forward(MINUTE)
        self.answer(0)
        timer = self.timers.get(self.standing(first).key.timer)
        assert timer is not None
        self.clock.at_least(timer.due_at)
        self.calls.clear()
        self._hand_out(encode(timer), 1)
        assert self.standing(first).step == 1
        return Counter(self.calls)

    def answer(self, contact: int) -> Counter[str]:
        """Let a contact answer; return what was called about answers and escalations."""
        self.calls.clear()
        self._receive(IncomingText(f"in-{contact}", OURS, number(contact), "yes", None, self.clock()))
        about = ("escalations.", "responses.", "timers.", "timer_queue.")
        return Counter({call: times for call, times in self.calls.items() if call.startswith(about)})


@pytest.mark.parametrize("contacts", [10, 600])
def test_a_step_asks_as_little_of_many_contacts_as_of_few(contacts: int) -> None:
    calls = Counting().escalated(contacts)
    # A one-shot schedule or a queue message, as the next time is far or near.
    assert calls - Counter({"scheduler.set": 1, "timer_queue.enqueue": 1}) == STEP


def test_an_answer_is_one_write_and_wakes_nobody_until_it_is_the_last() -> None:
    world = Counting()
    world.escalated(10)
    assert world.answer(0) == ANSWER  # again: who was counted is not counted
    assert world.answer(1) == ANSWER | {"timers.get": 1, "timers.move": 1, "timer_queue.enqueue": 1}
