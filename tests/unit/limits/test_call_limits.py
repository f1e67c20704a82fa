"""The sending limits of calls, asked between the claim and the dialling (decided 7.5, 7.15; voice, section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import TENANT, an_acceptance, claimed, number
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeCounters, FakeLimitSettings
from tests.fakes.time import NOON, VirtualClock
from tests.unit.voice.calls import AMY
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.guards import Objection
from tocsin.delivery.domain.outcome import Suppressed
from tocsin.delivery.domain.submission import Rejected, Waits
from tocsin.limits.application.limit_guard import LimitGuard
from tocsin.limits.application.read_limits import spent_today
from tocsin.limits.domain.call_prices import estimated_call_price
from tocsin.limits.domain.sending_limits import Pause, Rate, SendingLimits
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.script import PromptName, Simple, SpokenText

HOUR = timedelta(hours=1)
ANA, BOB, PARIS = number(1), number(2), "+33612345678"
CONTENT = CallContent("+442079460018", Simple(), {PromptName.MAIN: SpokenText("the gate is open", AMY)}, 10)
GB, FR = (estimated_call_price(region, 120) for region in ("GB", "FR"))


class Guarded:
    """The guard of one tenant; `ask` is one claim of calls to these numbers."""

    def __init__(self, limits: SendingLimits | None = None) -> None:
        self.clock = VirtualClock()
        self.settings, self.counters, self.notices = FakeLimitSettings(), FakeCounters(), FakeAccountNotices()
        if limits is not None:
            self.settings.books[TENANT] = limits
        self.spent: list[int] = []
        self.guard = LimitGuard(
            self.settings, self.counters, self.notices, FakeSealer(), self.clock, count_spend=self.spent.append
        )

    def ask(
        self,
        *to: str,
        urgent: bool = False,
        sandbox: bool = False,
        channel: Channel = Channel.CALL,
        lifetime: timedelta = 4 * HOUR,
    ) -> Mapping[int, Objection]:
        alert = an_acceptance(at=self.clock(), urgent=urgent, sandbox=sandbox, lifetime=lifetime).alert
        item = replace(alert.items[0], channel=channel, content=CONTENT)
        return self.guard(alert, item, [claimed(Recipient(each), place) for place, each in enumerate(to)])

    def passed(self, *to: str, urgent: bool = False) -> int:
        return len(to) - len(self.ask(*to, urgent=urgent))


def test_decided_7_5_a_number_is_called_four_times_an_hour_and_six_times_if_it_is_urgent() -> None:
    guarded = Guarded()

    assert [guarded.passed(ANA) for _ in range(5)] == [1, 1, 1, 1, 0]
    assert [guarded.passed(ANA, urgent=True) for _ in range(3)] == [1, 1, 0]
    assert guarded.passed(BOB) == 1
    guarded.clock.advance(HOUR)
    assert guarded.passed(ANA) == 1


def test_decided_7_5_urgent_calls_use_up_what_is_not_kept_too() -> None:
    guarded = Guarded()

    assert [guarded.passed(ANA, urgent=True) for _ in range(4)] == [1, 1, 1, 1]
    assert (guarded.passed(ANA), guarded.passed(ANA, urgent=True)) == (0, 1)


@pytest.mark.parametrize(("most", "others"), [(1, 1), (2, 2), (3, 2), (6, 4), (0, 0)])
def test_a_third_of_any_rate_is_kept_for_urgent_calls(most: int, others: int) -> None:
    guarded = Guarded(SendingLimits(call_rate=Rate(most, HOUR)))

    assert sum(guarded.passed(ANA) for _ in range(9)) == others
    assert sum(guarded.passed(ANA, urgent=True) for _ in range(9)) == most - others


@pytest.mark.parametrize("urgent", [True, False])
def test_decided_7_5_a_call_over_the_rate_waits_until_the_window_ends_and_is_told(urgent: bool) -> None:
    guarded = Guarded(SendingLimits(call_rate=Rate(1, HOUR)))
    guarded.clock.advance(timedelta(minutes=20))
    assert guarded.ask(ANA) == {}

    assert guarded.ask(BOB, ANA, urgent=urgent) == {1: Waits("number_rate", NOON + HOUR)}
    assert [told.code for told in guarded.notices.told.values()] == ["number_rate"]


def test_a_wait_is_not_longer_than_the_message_may_wait() -> None:
    guarded = Guarded(SendingLimits(call_rate=Rate(0, HOUR)))

    assert guarded.ask(ANA, lifetime=timedelta(minutes=7)) == {0: Waits("number_rate", NOON + timedelta(minutes=7))}


def test_texts_and_calls_have_rates_of_their_own() -> None:
    guarded = Guarded(SendingLimits(number_rate=Rate(0, HOUR), tenant_rate=Rate(0, HOUR)))
    assert guarded.passed(ANA) == 1
    assert Guarded(SendingLimits(call_rate=None)).passed(*[ANA] * 25) == 25


def test_decided_7_15_two_minutes_are_reserved_for_each_call_that_is_placed() -> None:
    guarded = Guarded()

    guarded.ask(ANA, PARIS)
    guarded.ask(ANA)

    assert guarded.spent == [GB + FR, GB]
    assert spent_today(guarded.counters, TENANT, NOON) == 2 * GB + FR


def test_decided_7_15_the_daily_cap_is_one_for_texts_and_calls() -> None:
    guarded = Guarded(SendingLimits(daily_spend=2 * GB + GB // 2))
    guarded.counters.add(TENANT, f"spend#{NOON:%Y%m%d}", GB, NOON)  # texts of the day

    assert guarded.ask(ANA, BOB) == {1: Suppressed("spend_cap")}


def test_what_waits_for_its_number_costs_nothing() -> None:
    guarded = Guarded(SendingLimits(call_rate=Rate(0, HOUR)))

    guarded.ask(ANA, BOB)

    assert guarded.spent == [0]
    assert not guarded.counters.counters


def test_calls_wait_while_the_channel_is_paused_or_the_limits_cannot_be_read() -> None:
    guarded = Guarded()
    guarded.settings.pause(TENANT, Channel.CALL, Pause(NOON, "operator"))
    assert guarded.ask(ANA) == {0: Rejected("sending_paused", False, timedelta(minutes=15))}
    guarded = Guarded()
    guarded.counters.outage.failing = 1
    assert guarded.ask(ANA) == {0: Rejected("limits_unavailable", False, by_us=True)}


def test_decided_7_5_calls_in_and_sandbox_calls_are_not_limited() -> None:
    guarded = Guarded(SendingLimits(call_rate=Rate(0, HOUR), daily_spend=0))

    assert guarded.ask(ANA, channel=Channel.INBOUND_CALL) == {}
    assert guarded.ask(ANA, sandbox=True) == {}
    assert not guarded.counters.counters
