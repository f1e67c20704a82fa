"""An alert of the inside and its webhook are accepted together, and sent once, wherever a process dies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.builders import TENANT, number
from tests.fakes.schedules import FakeCommitTogether, FakeSchedules
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.scenarios.callback_world import URL, CallbackLambdas, CallbackWorld
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import OURS, Crash
from tocsin.alerts.application.send_inside import SendInside
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.internal.inside_alert import InsideAlert, InsideMessage
from tocsin.content.domain.content import SmsContent
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.webhooks.application.endpoints import enqueue_owed
from tocsin.webhooks.domain.callback import RuleOrigin
from tocsin.webhooks.domain.delivery import DeliveryState
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed, rule_delivery

PHONE = number(1)
SENDING = 3
"""Calls of ports until the alert is accepted and everything is queued."""


class InsideWorld(CallbackWorld):
    """A world with a rule's run: one text, and one webhook, which are owed together."""

    def __init__(self, plan: Mapping[int, Fault], *, silent: bool = False) -> None:
        self.script = Script(plan)
        super().__init__(7, self.script.wrap, silent=silent)
        self.script.world = self
        self.alerts.writes(DeliveryOwed, self.deliveries)
        hook = rule_delivery(
            TENANT, RuleOrigin("r1", "hook"), "run1", endpoint_url=URL, url=URL, body="{}", now=self.clock()
        )
        self.hook_key = hook.key
        self.inside_alert = InsideAlert(
            tenant=TENANT,
            cause=Cause(CauseKind.RULE, "r1", "run1", self.clock()),
            title="Missed calls",
            messages=[InsideMessage("text", [PHONE], SmsContent(OURS, "A call was missed"))],
            participants=[DeliveryOwed(hook)],
        )

    def act(self, times: int) -> None:
        """Be a worker whose order comes again after a failure, `times` at most."""
        for _ in range(times):
            try:
                self._send_inside()(self.inside_alert)
            except (Crash, StorageUnavailable):
                continue
            return

    def _send_inside(self) -> SendInside:
        callbacks: Any = self._port("callback_queue", CallbackLambdas(self))
        together = FakeCommitTogether(self.alerts, FakeSchedules(), FakeStoredContentRepository(), FakeTimers())
        return SendInside(
            alerts=self._port("alerts", self.alerts),
            together=together,
            stores=FakeStoredContentRepository(),
            filters=(),
            clocks=AccountClocks(FakeTenantRepository(), self.clock),
            queue=self._port("queue", self),
            timers=FakeTimerQueue(),
            clock=self.clock,
            after_commit=(lambda participants: enqueue_owed(callbacks, participants),),
        )


def play(plan: Mapping[int, Fault], *, times: int, silent: bool = False) -> InsideWorld:
    world = InsideWorld(plan, silent=silent)
    world.act(times)
    world.until_quiet()
    return world


def check_sent(world: InsideWorld) -> None:
    """Raise AssertionError unless text and webhook went out, the text once."""
    assert world.phones == {PHONE: ["A call was missed"]}
    assert len(world.alerts.alerts) == len(world.deliveries.rows) == 1
    assert world.arrived()[world.hook_key.event_id] >= 1
    assert world.deliveries.rows[world.hook_key].state is DeliveryState.SUCCEEDED


def test_r1_without_faults_the_text_and_the_webhook_go_out_once() -> None:
    world = play({}, times=1)
    check_sent(world)
    assert world.script.calls[:SENDING] == ["alerts.accept", "queue.put", "callback_queue.put"]
    assert world.arrived()[world.hook_key.event_id] == 1


@pytest.mark.parametrize("fault", FOUR)
@pytest.mark.parametrize("step", range(SENDING))
def test_r1_r2_a_worker_that_dies_while_it_accepts_and_comes_again_sends_once(step: int, fault: Fault) -> None:
    check_sent(play({step: fault}, times=3))


@pytest.mark.parametrize("fault", FOUR)
@pytest.mark.parametrize("step", range(SENDING))
def test_r1_what_was_accepted_is_sent_though_the_worker_never_comes_again(step: int, fault: Fault) -> None:
    world = play({step: fault}, times=1)
    assert len(world.alerts.alerts) == len(world.deliveries.rows)  # both or none
    if world.alerts.alerts:
        check_sent(world)
    else:
        assert world.phones == {}
        assert (step, fault in (Fault.BEFORE, Fault.THROTTLED)) == (0, True)


@pytest.mark.deep
def test_r1_r2_two_faults_while_it_accepts() -> None:
    for first in range(SENDING):
        for second in range(first + 1, SENDING + 4):
            for one in FOUR:
                for other in FOUR:
                    world = play({first: one, second: other}, times=3)
                    assert len(world.alerts.alerts) == len(world.deliveries.rows) == 1
                    assert set(world.phones) == {PHONE}


@pytest.mark.deep
def test_r1_r2_one_fault_anywhere_on_the_way() -> None:
    for step in range(len(play({}, times=1).script.calls)):
        for fault in FOUR:
            world = play({step: fault}, times=3)
            assert set(world.phones) == {PHONE}
            assert world.deliveries.rows[world.hook_key].state is DeliveryState.SUCCEEDED
