"""Faults at a numbered port call of a world, and the runs that go through them one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from tests.builders import number, sms
from tests.scenarios.invariants import check
from tests.scenarios.world import Cast, Crash, Disturbance, World
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.delivery.domain.delivery_terms import QUIET_HOURS
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.submission import OutcomeUnknown, Rejected
from tocsin.kernel.domain.errors import StorageUnavailable


class Fault(StrEnum):
    """What happens at one port call."""

    BEFORE = "crash before"  # the process dies; the call is never made
    AFTER = "crash after"  # the call is made; the process dies before it sees the answer
    THROTTLED = "throttled"  # the other side says no and does nothing
    OUTCOME_UNKNOWN = "response lost"  # the other side does it, and the answer does not come back
    CONFLICT = "conflict"  # other workers run through first: duplicates of the order, receipts
    PAUSED = "paused"  # the process stands still until its claims have lapsed, and others and the sweeper run


FOUR = (Fault.BEFORE, Fault.AFTER, Fault.THROTTLED, Fault.OUTCOME_UNKNOWN)


@dataclass
class Script:
    """Numbers every port call of one world, and does what the plan says at some of them.

    Attributes:
        plan: fault by number of the call, from 0.
        calls: name of each call made so far.
    """

    plan: Mapping[int, Fault] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    world: World | None = None

    def wrap(self, name: str, port: Any) -> Any:
        return _Scripted(self, name, port)

    def call(self, name: str, method: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        sends = name in ("sender.send", "caller.call")
        fault = self.plan.get(len(self.calls))
        self.calls.append(name)
        assert self.world is not None
        match fault:
            case Fault.BEFORE:
                raise Crash(name)
            case Fault.THROTTLED if sends:
                return Rejected("throttled", permanent=False)
            case Fault.THROTTLED:
                raise StorageUnavailable(f"{name} throttled by the script")
            case Fault.CONFLICT:
                self.world.deliver_now()
            case Fault.PAUSED:
                self.world.clock.advance(timedelta(seconds=130))
                self.world.sweep()
                self.world.deliver_now()
        result = method(*args, **kwargs)
        match fault:
            case Fault.AFTER:
                raise Crash(name)
            case Fault.OUTCOME_UNKNOWN if sends:
                return OutcomeUnknown("response lost by the script", idempotent=name == "caller.call")
            case Fault.OUTCOME_UNKNOWN:
                raise StorageUnavailable(f"the reply of {name} was lost by the script")
        return result


class _Scripted:
    def __init__(self, script: Script, name: str, port: Any) -> None:
        self._script, self._name, self._port = script, name, port

    def __getattr__(self, method: str) -> Callable[..., Any]:
        real = getattr(self._port, method)
        name = f"{self._name}.{method}"
        return lambda *args, **kwargs: self._script.call(name, real, args, kwargs)


PHONES = (number(1), number(2))


def run(
    plan: Mapping[int, Fault],
    *,
    silent: bool = False,
    bare: bool = False,
    losing: bool = False,
    cast: Cast | None = None,
    world: type[World] = World,
    account: AccountClock = PLAIN,
) -> tuple[World, list[str]]:
    """Send one alert to two phones through the faults of the plan, and let the world come to rest.

    Args:
        bare: one phone, and every order comes once: nobody mends by luck what another has left undone.
        losing: the queue loses the first order for what is due later; the sweeper must find it.
        world: what kind of world.
        account: the clock of the alert's account; it may have quiet hours.
    """
    script = Script(plan)
    disturbance = Disturbance(duplicates=(1, 1)) if bare else Disturbance()
    if losing:
        disturbance.drop = _first_order_for_later()
    played = world(7, script.wrap, silent=silent, cast=cast, disturbance=disturbance)
    script.world = played
    played.accept(sms(*PHONES[:1] if bare else PHONES), account=account)
    played.until_quiet()
    for report in played.sweeps:
        assert all(code == StorageUnavailable.code for _, code in report.failed), "an error nobody injected"
    return played, script.calls


def _first_order_for_later() -> Callable[[DispatchJob], bool]:
    lost: list[DispatchJob] = []

    def drop(order: DispatchJob) -> bool:
        if lost or order.positions is None:
            return False
        lost.append(order)
        return True

    return drop


def judge(world: World, *, silent: bool, faults: int) -> None:
    """Raise AssertionError unless the world kept every promise that holds under so many faults.

    With the provider's events every phone gets the message exactly once; without them at least once, and a second
    copy is flagged (`check` sees to that). One thing is not on offer: when *both* tries of a message died between
    claim and record and no event tells of either, nobody can know, and a third try might be a third copy. Such a
    message ends as unconfirmed, and the client is told that it failed. It takes two faults.
    """
    check(world)
    for (_, position), row in world.rows.rows.items():
        copies = world.phones.get(PHONES[position], [])
        gave_up = sum(step.state is MessageState.UNKNOWN and step.reason != QUIET_HOURS for step in row.log)
        if row.state is MessageState.UNCONFIRMED:
            assert gave_up == 2 <= faults, f"given up too early: {row.log}"
            continue
        assert row.state in (MessageState.SENT, MessageState.DELIVERED), f"nobody refused it: {row.log}"
        assert copies, f"lost: {row.log}"
        assert silent or len(copies) == 1, f"{len(copies)} copies, and the provider had told: {row.log}"
