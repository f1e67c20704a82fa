"""Nobody sends from a two-way number of somebody else's: the answers would be theirs to read (S1, S14)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import KEY, TENANT, number
from tests.fakes.conversations import FakeTwoWayNumbers
from tests.fakes.time import VirtualClock
from tests.unit.alerts.desk import Desk, an_email, an_sms
from tests.unit.delivery.stand import Counting
from tocsin.alerts.domain.elements import Element
from tocsin.content.domain.options import SmsOptions
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.responses.application.two_way_senders import OWNER_KNOWN_FOR, CheckSender, RecentNumbers
from tocsin.responses.domain.two_way import TwoWayNumber

OURS, THEIRS, NOBODYS = "+447700900050", "+447700900060", "+447700900070"
ANA = number(1)


class OperatorContext(Desk):
    def __init__(self) -> None:
        super().__init__()
        self.numbers = FakeTwoWayNumbers(
            TwoWayNumber(OURS, TENANT, ApiKeyId("k9")), TwoWayNumber(THEIRS, TenantId("umbrella"), KEY)
        )
        self.calls: Counter[str] = Counter()
        self.filters[:] = [CheckSender(Counting("numbers", self.numbers, self.calls), self.clock)]


def from_(sender: str, *to: str) -> Element:
    return replace(an_sms(*(to or (ANA,))), options=SmsOptions(sender))


def test_s14_an_element_from_anothers_number_fails_and_the_others_stand() -> None:
    context = OperatorContext()

    result = context.send(from_(THEIRS), from_(OURS), an_email("ana@example.org"))

    assert [item.success for item in result.items] == [False, True, True]
    assert result.items[0].failure_reason == (
        "`sender` is a two-way number of another account; send from a number of yours, or from a name"
    )
    assert (result.items[0].requested, result.items[0].sent) == (1, 0)
    assert context.recipients(result, 0) == []
    assert context.alert(result).items[0].content is None


@pytest.mark.parametrize("sender", [OURS, NOBODYS, "Tocsin"])
def test_ah_11_a_number_of_ones_own_one_that_is_nobodys_and_a_name_may_send(sender: str) -> None:
    assert OperatorContext().send(from_(sender)).success


def test_a_number_is_asked_for_once_a_minute_and_process_and_a_name_never() -> None:
    context = OperatorContext()
    for sender in (NOBODYS, NOBODYS, "Tocsin", OURS):
        context.send(from_(sender), from_(sender))
    assert context.calls == {"numbers.find": 2}

    context.numbers.add(TwoWayNumber(NOBODYS, TenantId("umbrella"), KEY))
    assert context.send(from_(NOBODYS)).success
    context.clock.advance(OWNER_KNOWN_FOR)
    assert not context.send(from_(NOBODYS)).success


def test_nothing_is_accepted_while_nobody_knows_whose_a_number_is() -> None:
    context = OperatorContext()
    context.numbers.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        context.send(from_(THEIRS))
    assert context.alerts.alerts == {}


def test_what_is_remembered_is_bounded() -> None:
    calls: Counter[str] = Counter()
    recent = RecentNumbers(Counting("numbers", FakeTwoWayNumbers(), calls), VirtualClock())
    for n in range(5000):
        recent.owner(number(n))
    assert len(recent._known) <= 1000
    assert calls["numbers.find"] == 5000


def test_a_clock_that_steps_back_does_not_keep_an_owner_for_ever() -> None:
    clock, calls = VirtualClock(), Counter[str]()
    recent = RecentNumbers(Counting("numbers", FakeTwoWayNumbers(), calls), clock)
    recent.owner(OURS)
    clock.advance(timedelta(seconds=-5))
    recent.owner(OURS)
    assert calls["numbers.find"] == 2
