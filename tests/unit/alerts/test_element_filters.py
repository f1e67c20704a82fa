"""Before acceptance: the filters in their order, and one more reason why somebody is not contacted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import TENANT, number
from tests.scenarios.escalation_world import EscalationWorld, step, text
from tests.unit.alerts.desk import Desk, an_email, an_sms
from tocsin.alerts.application.preparation import Prepared
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.stored_content.application.call_stores import CallStores

ANA, BOB, EVE, PARIS = number(1), number(2), number(3), "+33612345678"


@dataclass
class CallingHours:
    """A made-up reason: these numbers are in places where nobody may be texted now."""

    closed: frozenset[str]
    why: str = "outside_calling_hours"
    seen: list[str] = field(default_factory=list)

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores
    ) -> Sequence[Prepared]:
        return [self._filtered(each) for each in prepared]

    def _filtered(self, each: Prepared) -> Prepared:
        element = each.element
        self.seen += [who.address for who in element.recipients]
        gone = [who for who in element.recipients if who.address in self.closed]
        if not gone:
            return each
        out = tuple(Exclusion(who.contact_id, who.address, ExclusionReason.UNSENDABLE, self.why) for who in gone)
        kept = tuple(who for who in element.recipients if who.address not in self.closed)
        reason = f"{len(gone)} outside their calling hours"
        without = replace(element, recipients=kept, failure_reason=reason, excluded=element.excluded + out)
        return replace(each, element=without)


def excluded(desk: Desk, result: SendResult) -> list[tuple[str, str]]:
    found = desk.alerts.excluded(TENANT, desk.alert(result).ref)
    return [(who.address, who.detail) for _, each in sorted(found.items()) for who in each]


def test_one_more_reason_is_one_more_filter_in_the_list() -> None:
    # given a tenant that sends to Britain alone, and a filter that knows about calling hours
    desk = Desk({Channel.SMS: 10})
    desk.sending_limits.books[TENANT] = replace(desk.sending_limits.get(TENANT), countries=frozenset({"GB"}))
    hours = CallingHours(frozenset({BOB, EVE, PARIS}))
    desk.filters.append(hours)

    result = desk.send(an_sms(ANA, BOB, PARIS), an_sms(EVE), an_email("ana@example.org"))

    # then exactly its receivers are left out with its reason, and draw nothing
    assert [(item.requested, item.sent) for item in result.items] == [(3, 1), (1, 0), (1, 1)]
    assert result.items[1].failure_reason == "1 outside their calling hours"
    assert result.items[0].remaining == 9
    assert [who.address for who in desk.recipients(result)] == [ANA]
    assert excluded(desk, result) == [
        (PARIS, "country_not_allowed"),
        (BOB, "outside_calling_hours"),
        (EVE, "outside_calling_hours"),
    ]
    # and it did not see whom the filters before it had taken off
    assert PARIS not in hours.seen


def test_the_steps_of_an_escalation_pass_the_same_filters() -> None:
    world = EscalationWorld()
    world.filters.append(CallingHours(frozenset({BOB})))

    with pytest.raises(InvalidRequest) as refused:
        world.escalate(text(ANA), steps=[step("5m", text(BOB))])
    assert [(fault.pointer, fault.message) for fault in refused.value.faults] == [
        ("/escalation/steps/0/alert/0", "1 outside their calling hours")
    ]

    world.escalate(text(ANA), steps=[step("5m", text(BOB, EVE))])
    world.fast_forward(timedelta(hours=1))
    assert set(world.heard) == {ANA, EVE}


@settings(max_examples=100)
@given(st.lists(st.frozensets(st.integers(0, 7)), max_size=5))
def test_the_first_filter_that_takes_somebody_off_says_why_and_no_later_one_sees_them(
    closed: list[frozenset[int]],
) -> None:
    desk = Desk()
    filters = [CallingHours(frozenset(map(number, positions)), f"filter_{n}") for n, positions in enumerate(closed)]
    desk.filters[:] = filters

    result = desk.send(an_sms(*map(number, range(8))), an_email("ana@example.org"))

    left, expected = list(range(8)), []
    for filter, positions in zip(filters, closed, strict=True):
        assert filter.seen == [*map(number, left), "ana@example.org"]
        expected += [(number(n), filter.why) for n in left if n in positions]
        left = [n for n in left if n not in positions]
    assert excluded(desk, result) == expected
    assert [who.address for who in desk.recipients(result)] == [*map(number, left)]
