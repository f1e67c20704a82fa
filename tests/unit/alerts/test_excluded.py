"""Whoever is asked for is accepted or excluded, and who is excluded has one word for why and a place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import number
from tests.unit.alerts.desk import Desk, a_call, an_email, an_sms
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason, common_reason, pointer_to
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.calendar.domain.time_window import parse_time_window
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.kernel.domain.ids import StoreId
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.stored_content.domain.stored_content import StoreRef


@pytest.mark.parametrize(
    ("category", "detail", "reason"),
    [
        (ExclusionReason.ANSWERED, "sms,email", "answered_sms"),
        (ExclusionReason.ANSWERED, "shortlink", "answered_shortlink"),
        (ExclusionReason.ANSWERED, "", "answered"),
        (ExclusionReason.SENDING_LIMIT, "special_number", "special_number"),
        (ExclusionReason.NO_ADDRESS, "", "no_address"),
    ],
)
def test_who_is_left_out_has_one_word_for_why(category: ExclusionReason, detail: str, reason: str) -> None:
    assert Exclusion("c1", "", category, detail).reason == reason


def refusals(*those: tuple[ExclusionReason, str]) -> list[Exclusion]:
    return [Exclusion(None, "x", category, detail) for category, detail in those]


EMPTY = (ExclusionReason.BAD_ADDRESS, "phone:PHONE_EMPTY")
MALFORMED = (ExclusionReason.BAD_ADDRESS, "phone:PHONE_MALFORMED")
COUNTRY = (ExclusionReason.SENDING_LIMIT, "country_not_allowed")
WITHOUT = (ExclusionReason.NO_ADDRESS, "")


@pytest.mark.parametrize(
    ("those", "word"),
    [
        (refusals(EMPTY, EMPTY), "phone:PHONE_EMPTY"),
        (refusals(EMPTY, MALFORMED, COUNTRY), "bad_address"),
        (refusals(COUNTRY, EMPTY), "sending_limit"),
        (refusals(WITHOUT, WITHOUT, COUNTRY), "country_not_allowed"),
        (refusals(WITHOUT, WITHOUT), "no_address"),
        ([], "no_receivers"),
    ],
)
def test_a_failed_element_has_the_word_of_most_of_its_refusals(those: list[Exclusion], word: str) -> None:
    assert common_reason(those) == word


@pytest.mark.parametrize(
    ("place", "pointer"),
    [
        ("recipients[12]", "/alert/3/recipients/12"),
        ("entry 2 of recipientList", "/alert/3/recipientList"),
        ("line 2, entry 3 of the stored list", "/alert/3/storedRecipients"),
        ("contactGroup.contacts[0]", "/contactGroup/inlineContactGroup/contacts/0"),
        ("contacts[7] of the stored group", "/contactGroup"),
        ("", "/alert/3"),
    ],
)
def test_a_place_has_a_pointer_into_the_request(place: str, pointer: str) -> None:
    assert pointer_to(place, 3) == pointer


GROUP = ContactGroup(
    "g",
    {
        "a": Contact("a", sms=number(1), email="a@x.org"),
        "b": Contact("b", email="b@x.org"),
        "c": Contact("c", sms="x"),
        "d": Contact("d", sms="+12025550123", email="a@x.org"),
    },
    {"night": ("a", "b")},
)
NEVER = StoreRef(StoreId("none"))
ADDRESSES = st.lists(
    st.sampled_from(
        [number(1), number(2), f" {number(2)}", "x", "", "+12025550123", "a@x.org", "A@x.org", "b c@x.org"]
    ),
    max_size=5,
)
NAMED = st.fixed_dictionaries(
    {},
    optional={
        "contacts": st.lists(st.sampled_from(["a", "b", "c", "d", "zed"]), max_size=3).map(tuple),
        "sets": st.lists(st.sampled_from(["all", "night", "noon"]), max_size=2).map(tuple),
        "stored_recipients": st.just(NEVER),
    },
)


@st.composite
def elements(draw: st.DrawFn) -> Element:
    """Draw an element that may fail in every way that an element can."""
    to, named = draw(ADDRESSES), draw(NAMED)
    made: Any = draw(st.sampled_from([an_sms, an_email, a_call]))
    stored = draw(st.sampled_from([None, NEVER]))
    element: Element = made(*to) if made is a_call else made(*to, stored=stored, **named)
    seen = draw(st.sampled_from([frozenset[ResponseKind](), frozenset({ResponseKind.SMS})]))
    windows = draw(st.sampled_from([(), (parse_time_window("1;*;*;*;*"),)]))
    return replace(element, except_responded=seen, time_windows=windows)


@given(st.lists(elements(), min_size=1, max_size=3), st.sampled_from([0, 1, 9]), st.sampled_from([GROUP, NEVER]))
def test_everybody_who_is_asked_for_is_accepted_or_excluded(
    those: list[Element], capacity: int, group: ContactGroup | StoreRef
) -> None:
    desk = Desk({Channel.SMS: capacity})
    desk.sending_limits.books[desk.key.tenant] = SendingLimits(countries=frozenset({"GB"}))

    result = desk.send(*those, an_email("z@x.org", tag="good"), group=group)
    alert = desk.alert(result)

    excluded = desk.alerts.excluded(alert.tenant, alert.ref)
    for item, told in zip(alert.items, result.items, strict=True):
        left = excluded.get(item.index, ())
        assert len(left) == item.requested - item.accepted
        assert (told.failure_reason is None) == (told.failure_code is None) == (item.failure_code is None)
        taken = desk.alerts.recipients(ChunkKey(alert.tenant, alert.ref, item.index, 0))
        assert {who.address for who in taken}.isdisjoint(who.address for who in left)
        for who in left:
            assert who.place or who.contact_id is not None
    assert alert.excluded == sum(map(len, excluded.values()))
