from __future__ import annotations

import json
from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import number
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.contacts.domain.contact_group_json import MAX_FAULTS, contact_group_of, data_of
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.suggestions import did_you_mean

AT = "/contactGroup/inlineContactGroup"
CREW = {
    "name": "crew",
    "contacts": [
        {"id": "ana", "sms": f" {number(1)} ", "email": "", "call": None, "lookups": {"firstname": "Ana"}},
        {"id": "bob"},
    ],
    "sets": [{"name": "night", "ids": ["bob", "ana", "bob"]}],
}


def faults(data: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        contact_group_of(data, AT)
    return [(fault.pointer.removeprefix(AT), fault.code) for fault in caught.value.faults]


def test_a_group_is_read_in_order_with_its_sets() -> None:
    group = contact_group_of(CREW, AT)
    assert group.name == "crew"
    assert list(group.contacts) == ["ana", "bob"]
    assert group.contacts["ana"] == Contact("ana", sms=number(1), lookups={"firstname": "Ana"})
    assert group.sets == {"night": ("bob", "ana")}


def test_ah_35_a_group_cannot_define_the_set_all() -> None:
    assert faults({**CREW, "sets": [{"name": "all", "ids": ["ana"]}]}) == [("/sets/0/name", "RESERVED")]


def test_every_fault_is_named_at_once_with_its_place() -> None:
    data = {
        "nmae": "crew",
        "contacts": [
            {"id": "ana", "fax": "1"},
            {"id": "ana"},
            {"sms": 7},
            "zoe",
            {"id": "a,b", "lookups": {"x": True}},
        ],
        "sets": [{"name": "night", "ids": ["zed"]}, {"name": "night", "ids": []}, {"ids": "ana"}],
    }
    assert faults(data) == [
        ("/nmae", "UNKNOWN_FIELD"),
        ("/contacts/0/fax", "UNKNOWN_FIELD"),
        ("/contacts/1/id", "DUPLICATE"),
        ("/contacts/2/id", "REQUIRED"),
        ("/contacts/2/sms", "WRONG_TYPE"),
        ("/contacts/3", "WRONG_TYPE"),
        ("/contacts/4/id", "WRONG_FORM"),
        ("/contacts/4/lookups/x", "WRONG_TYPE"),
        ("/sets/0/ids/0", "UNKNOWN_CONTACT"),
        ("/sets/1/name", "DUPLICATE"),
        ("/sets/2/name", "REQUIRED"),
        ("/sets/2/ids", "WRONG_TYPE"),
    ]


def test_an_unknown_field_is_answered_with_the_nearest_known_name() -> None:
    with pytest.raises(InvalidRequest, match="did you mean 'lookups'"):
        contact_group_of({"contacts": [{"id": "a", "lookUp": {}}]}, AT)


@pytest.mark.parametrize("data", [None, [], "x", 7, {}, {"contacts": {}}, {"contacts": None}])
def test_what_is_no_group_is_refused(data: object) -> None:
    assert faults(data)


def test_a_thousand_mistakes_do_not_make_an_answer_without_end() -> None:
    assert len(faults({"contacts": [{}] * 10_000})) == MAX_FAULTS


def test_an_address_is_not_judged_before_it_is_used() -> None:
    group = contact_group_of({"contacts": [{"id": "a", "sms": "ask reception"}]}, AT)
    assert group.contacts["a"].sms == "ask reception"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "contacts", "sets", "id", "ids", "lookups", "sms", "x"]), inner)
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_a_group_or_a_list_of_faults(data: Any) -> None:
    try:
        group = contact_group_of(data, AT)
    except InvalidRequest:
        return
    assert all(set(ids) <= set(group.contacts) for ids in group.sets.values())
    assert contact_group_of(json.loads(json.dumps(data_of(group))), AT) == group


def test_a_group_is_written_as_it_is_read() -> None:
    nights = QuietHours(time(22, 30), time(7), zone="Europe/London")
    full = Contact("ana", number(1), "ana@x.org", number(2), {"firstname": "Ana"}, nights)
    blank = Contact("")
    plain = [name for name in full.__dataclass_fields__ if getattr(full, name) == getattr(blank, name)]
    assert plain == [], "a contact has more than this test knows of: does what is written have it too?"
    others = [
        Contact("bob"),
        Contact("cy", quiet=Reachable.ALWAYS),
        Contact("dee", quiet=QuietHours(time(0), time(6))),
    ]
    people = {contact.id: contact for contact in (full, *others)}
    group = ContactGroup("crew", people, {"night": ("bob", "ana"), "none": ()})
    written = json.loads(json.dumps(data_of(group)))
    assert contact_group_of(written, "") == group
    assert written["contacts"][1] == {"id": "bob"}


def test_the_nearest_word_is_found_whatever_its_case_and_length() -> None:
    known = ["clientRef", "contactGroup", "alert"]
    assert did_you_mean("ClientRef", known) == "clientRef"
    assert did_you_mean("contactgruop", known) == "contactGroup"
    assert did_you_mean("zzz", known) is None
    assert did_you_mean("z" * 1_000_000, known) is None
