"""Anything may happen to the messages of a slice, in any order; a plain model says what a phone may have heard.

Rules: orders come (again), receipts come in any order, about any try and for strangers, time passes, the provider and
the store misbehave, the alert is cancelled, the sweeper runs. After each step the promises that always hold are
checked; at the end the world is run until it is quiet, and then all of them.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.builders import number, sms
from tests.fakes.providers import Accept, Behaviour, Hang, LoseReply, RefusePermanent, Throttle
from tests.scenarios.invariants import check, check_always
from tests.scenarios.world import Crash, Disturbance, World
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.delivery.domain.message import MessageState, Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef

PHONES = [number(n) for n in range(3)]
BEHAVIOURS: list[Behaviour] = [
    Accept(),
    Throttle(),
    Throttle(retry_after=timedelta(minutes=5)),
    RefusePermanent(),
    LoseReply(took=True),
    LoseReply(took=False),
    Hang(took=True),
]
NAPPING = AccountClock("UTC", QuietHours(time(12, 5), time(12, 30)))
MOVES = st.integers(0, 40)
POSITIONS = st.integers(0, len(PHONES) - 1)


class BatchMachine(RuleBasedStateMachine):
    """Two alerts of two tenants, three phones each."""

    @initialize(seed=st.integers(0, 9), sandbox=st.booleans())
    def begin(self, seed: int, sandbox: bool) -> None:
        self.failing: int | None = None
        self.fault: type[BaseException] = StorageUnavailable
        self.world = World(seed, self._wrap, silent=True, disturbance=Disturbance(duplicates=(1, 2)))
        self.alerts = [
            self.world.accept(sms(*PHONES), ref=AlertRef("a1"), lifetime=timedelta(hours=1), sandbox=sandbox),
            self.world.accept(
                sms(*PHONES), ref=AlertRef("a2"), tenant="other", lifetime=timedelta(hours=8), account=NAPPING
            ),
        ]
        # The model: what the world outside knows, in plain dicts.
        self.refused: dict[tuple[str, int], bool] = {}
        self.last_state: dict[tuple[str, int], MessageState] = {}

    def _wrap(self, name: str, port: Any) -> Any:
        machine = self

        class Unreliable:
            def __getattr__(self, method: str) -> Any:
                real = getattr(port, method)

                def call(*args: Any, **kwargs: Any) -> Any:
                    if machine.failing is None or name == "sender":
                        return real(*args, **kwargs)
                    machine.failing -= 1
                    if machine.failing >= 0:
                        return real(*args, **kwargs)
                    machine.failing = None
                    raise machine.fault("by the machine")

                return call

        return Unreliable()

    @rule(alert=st.integers(0, 1), positions=st.none() | st.sets(POSITIONS, min_size=1))
    def an_order_comes(self, alert: int, positions: set[int] | None) -> None:
        batch = next(self.alerts[alert].batches())
        chosen = None if positions is None else tuple(sorted(positions))
        self.world.put([DispatchJob(batch, self.alerts[alert].items[0].channel, self.alerts[alert].lane, chosen)])

    @rule(seconds=st.sampled_from([1, 10, 61, 130, 601, 1_000]))
    def time_passes(self, seconds: int) -> None:
        self.world.fast_forward(timedelta(seconds=seconds))

    @rule(position=POSITIONS, behaviours=st.lists(st.sampled_from(BEHAVIOURS), min_size=1, max_size=3))
    def the_provider_changes_its_ways(self, position: int, behaviours: list[Behaviour]) -> None:
        self.world.sms.towards(PHONES[position], *behaviours)

    @rule(after=st.integers(0, 12), fault=st.sampled_from([StorageUnavailable, Crash]))
    def something_fails_soon(self, after: int, fault: type[BaseException]) -> None:
        self.failing, self.fault = after, fault

    @rule(call=MOVES, state=st.sampled_from([MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED]))
    def a_receipt_comes(self, call: int, state: MessageState) -> None:
        calls = [call for sender in (self.world.sms, self.world.sandbox_sms) for call in sender.calls]
        if not calls:
            return
        about = calls[call % len(calls)]
        # A provider may fail what it took; it never speaks of having what it refused.
        if about.took or state is MessageState.FAILED:
            self.world.report(about.id, Receipt(about.id.attempt, state, provider_id="r"))

    @rule(alert=st.integers(0, 1), position=st.integers(0, 30), attempt=st.integers(90, 99))
    def a_receipt_for_a_stranger_comes(self, alert: int, position: int, attempt: int) -> None:
        key = next(self.alerts[alert].batches()).key
        self.world.report(MessageId(key, position, attempt), Receipt(attempt, MessageState.DELIVERED, provider_id="s"))

    @rule(alert=st.integers(0, 1))
    def it_is_cancelled(self, alert: int) -> None:
        current = self.world.alerts.alerts[self.alerts[alert].tenant, self.alerts[alert].ref]
        if current.cancelled_at is None:
            self.world.cancel(current)

    @rule()
    def the_sweeper_runs(self) -> None:
        self.world.sweep()

    @invariant()
    def the_promises_hold(self) -> None:
        check_always(self.world)
        for (key, position), row in self.world.rows.rows.items():
            before = self.last_state.get((key.alert, position))
            assert before is not MessageState.DELIVERED or row.state is before, "delivered is the end"
            self.last_state[key.alert, position] = row.state

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.failing = None
        self.world.until_quiet()
        self.world.dead_letters.clear()  # a streak of faults may exhaust an order; the sweeper has queued another
        check(self.world)
        for alert in self.world.accepted:
            assert sum(self.world.states(alert).values()) == alert.recipients
        assert set(self.world.phones) <= set(PHONES)


TestBatchMachine = BatchMachine.TestCase
TestBatchMachine.settings = settings(max_examples=40, stateful_step_count=30, suppress_health_check=list(HealthCheck))
