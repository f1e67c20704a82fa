"""Between claim and submission: the guards in their order, and one more reason why a message is not sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import number, sms
from tests.unit.delivery.stand import Stand
from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.outcome import Skipped, Suppressed
from tocsin.delivery.domain.submission import Rejected
from tocsin.suppressions.domain.suppression import SuppressionReason

ANA, BOB, EVE = number(1), number(2), number(3)


@dataclass
class CallingHours:
    """A made-up reason: these numbers are in places where nobody may be texted now."""

    closed: frozenset[str]
    objection: Objection
    seen: list[str] = field(default_factory=list)

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> Mapping[int, Objection]:
        self.seen += [one.recipient.address for one in claimed]
        return {one.position: self.objection for one in claimed if one.recipient.address in self.closed}


@pytest.mark.parametrize(
    ("objection", "state"),
    [
        (Suppressed("outside_calling_hours"), "suppressed"),
        (Skipped("outside_calling_hours"), "skipped"),
        (Rejected("outside_calling_hours", permanent=False), "retry_wait"),
        (Rejected("outside_calling_hours", permanent=True), "failed"),
    ],
)
def test_one_more_reason_is_one_more_guard_in_the_list(objection: Objection, state: str) -> None:
    # given three receivers of whom one said STOP, and a guard that knows about Bob's calling hours
    stand = Stand(sms(ANA, BOB, EVE))
    stand.suppress(stand.alert.tenant, Channel.SMS, EVE, SuppressionReason.STOP, stand.clock())
    guard = CallingHours(frozenset({BOB, EVE}), objection)
    stand.guards.append(guard)

    report = stand.dispatch()

    # then exactly Bob's message ends with that reason
    assert stand.states() == ["sent", state, "suppressed"]
    assert [stand.row(position).reason for position in range(3)] == [None, "outside_calling_hours", "stop"]
    assert (list(stand.sms.received), report.calls) == ([ANA], 1)
    assert report.blocked == {"outside_calling_hours": 1, "stop": 1}
    # and the guard was not asked about Eve, and nobody was noted who was not sent to
    assert guard.seen == [ANA, BOB]
    assert stand.noted == [[(0, ANA, 0)]]


@dataclass
class Objecting:
    """Objects to some positions, by its own name, and to some that it is not asked about."""

    name: str
    positions: frozenset[int]
    asked: list[tuple[int, ...]] = field(default_factory=list)

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> Mapping[int, Objection]:
        self.asked.append(tuple(one.position for one in claimed))
        return dict.fromkeys(self.positions, Skipped(self.name))


@settings(max_examples=150)
@given(st.integers(1, 8), st.lists(st.frozensets(st.integers(0, 9)), max_size=6))
def test_the_first_guard_that_objects_decides_and_no_later_one_sees_the_message(
    receivers: int, objections: list[frozenset[int]]
) -> None:
    guards = [Objecting(f"guard_{n}", positions) for n, positions in enumerate(objections)]
    stand = Stand(sms(*map(number, range(receivers))))
    stand.guards[:] = guards

    stand.dispatch()

    free = set(range(receivers))
    for guard in guards:
        assert guard.asked == ([tuple(sorted(free))] if free else [])
        for position in free & guard.positions:
            assert (stand.row(position).state.value, stand.row(position).reason) == ("skipped", guard.name)
        free -= guard.positions
    assert set(stand.sms.received) == {number(position) for position in free}
    assert all(stand.row(position).state.value == "sent" for position in free)


class Broken:
    """Fails in a way that nobody foresaw."""

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> Mapping[int, Objection]:
        raise ZeroDivisionError


def test_a_guard_that_breaks_lets_nothing_pass_and_its_error_is_raised_when_all_is_recorded() -> None:
    stand = Stand(sms(ANA, BOB))
    first, last = Objecting("first", frozenset({0})), Objecting("last", frozenset())
    stand.guards[:] = [first, Broken(), last]

    with pytest.raises(ZeroDivisionError):
        stand.dispatch()

    assert (stand.states(), stand.sms.calls) == (["skipped", "retry_wait"], [])
    assert stand.row(1).reason == "check_failed"
    assert last.asked == []


def test_guards_are_not_asked_when_nothing_was_claimed() -> None:
    stand = Stand(sms(ANA))
    guard = Objecting("any", frozenset())
    stand.guards.append(guard)
    stand.dispatch()
    stand.dispatch()
    assert guard.asked == [(0,)]
