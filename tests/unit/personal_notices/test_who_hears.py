"""Who hears of an event: one table of events and of the people whom each concerns, with the reason (UP-1 … UP-7, UP-18)."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from tests.unit.personal_notices.stories import (
    ANA,
    BOB,
    EVE,
    FAY,
    L10,
    MAIN,
    SUPPORT,
    TO_ANA,
    TO_SUPPORT,
    call,
    caller,
    event,
    names,
    offered,
    text,
    voicemail,
)
from tocsin.directory.domain.things import Line
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.concern import concern_of, too_old, topic_of
from tocsin.personal_notices.domain.who_hears import called_side, people_named, who_hears
from tocsin.telephony.domain.event import TelephonyEvent

OWN, RING, FOLLOWED, QUEUED = "own line 2010", "ring group Support", "line 2012 you follow", "queue Sales"


def hears(it: TelephonyEvent, known: Any = None, **followed: list[UserId]) -> dict[UserId, str]:
    concern = concern_of(it)
    if concern is None:
        return {}
    side = called_side(it, concern, known or names())
    return {each.user: each.because for each in who_hears(concern, side, lambda line: followed.get(line, []))}


CALLS: dict[str, tuple[dict[str, Any], dict[UserId, str]]] = {
    "the own line": ({}, {ANA: OWN}),
    "the own line by an alias, in any case": ({"line": "SIP:2010@acme"}, {ANA: OWN}),
    "the own line by id": ({"line": "l10"}, {ANA: OWN}),
    "several lines": ({"lines": ["2010", "2011"]}, {ANA: OWN, BOB: "own line 2011"}),
    "a ring group": ({"line": "x", "group": {"id": "g1"}}, {BOB: RING, EVE: RING}),
    "a ring group by its number": ({"line": "x", "group": {"id": "2100"}}, {BOB: RING, EVE: RING}),
    "groups": ({"line": "x", "groups": [{"id": "support"}, {"id": "g2"}]}, {BOB: RING, EVE: RING, FAY: QUEUED}),
    "own line before group": ({"line": "2011", "group": {"id": "g1"}}, {BOB: "own line 2011", EVE: RING}),
    "a shared line": ({"line": "2012"}, {}),
    "a number of the account, if nothing else is named": (
        {"line": "x", "phoneNumber": TO_SUPPORT.e164}, {BOB: RING, EVE: RING}),
    "the called number": ({"line": "x", "to": {"number": TO_ANA.e164}}, {ANA: OWN}),
    "a named line before the number": ({"phoneNumber": TO_SUPPORT.e164}, {ANA: OWN}),
    "an outgoing call": ({"direction": "outgoing"}, {}),
    "an internal call, by the called extension": (
        {"direction": "internal", "line": "2011", "from": {"number": "2011"}, "to": {"number": "2010"}}, {ANA: OWN}),
    "an internal call to a group": (
        {"direction": "internal", "line": "2010", "from": {"number": "2010"}, "to": {"number": "2100"}},
        {BOB: RING, EVE: RING}),
    "an internal call names both lines": (
        {"direction": "internal", "lines": ["2010", "2011"], "from": {"number": "2010"}, "to": {"number": "2011"}},
        {BOB: "own line 2011"}),
    "nothing that is known": ({"line": "x"}, {}),
}  # fmt: skip


@pytest.mark.parametrize("status", ["answered", "missed", "abandoned", "busy", "failed", "voicemail"])
@pytest.mark.parametrize("story", CALLS)
def test_up_01_a_call_concerns_the_called_side(story: str, status: str) -> None:
    given, expected = CALLS[story]
    given = {name: value for name, value in given.items() if (name, value) != ("line", "x")} | (
        {"line": "nobody knows"} if given.get("line") == "x" else {}
    )
    assert hears(call(status=status, **given)) == expected
    if status == "missed":
        assert hears(offered(**given)) == expected


def test_up_02_a_ring_group_that_one_is_not_in_and_a_line_that_one_does_not_follow_concern_nobody_else() -> None:
    assert ANA not in hears(call(line="2012", group={"id": "g1"}))
    assert hears(call(line="2012")) == {}


@pytest.mark.parametrize("by_event", [True, False])
@pytest.mark.parametrize("make", [call, offered])
def test_up_03_in_fisher_mode_the_lines_user_and_all_of_the_group_are_told(make: Any, by_event: bool) -> None:
    line = Line(tenant=L10.tenant, id="l10", extension="2010", user=ANA, fisher_mode=not by_event)
    known = names(line, SUPPORT, TO_SUPPORT)
    given = {"fisher": True} if by_event else {}
    expected = {ANA: OWN, BOB: RING, EVE: RING}
    assert hears(make(group={"id": "g1"}, **given), known) == expected
    # the group that the called number leads to is offered the call too, though the event names the line alone
    assert hears(make(phoneNumber=MAIN, **given), known) == expected
    assert hears(make(phoneNumber=MAIN), names(L10, SUPPORT, TO_SUPPORT)) == {ANA: OWN}


def test_up_04_texts_and_voicemails_are_as_calls_and_a_fax_is_for_a_personal_line_only() -> None:
    assert hears(text()) == hears(voicemail()) == {ANA: OWN}
    assert hears(text(line="x", group={"id": "g1"})) == {BOB: RING, EVE: RING}
    assert hears(text(line="x", to={"number": MAIN})) == {BOB: RING, EVE: RING}
    assert hears(voicemail(mailbox="2100")) == hears(voicemail(mailbox="g1")) == {BOB: RING, EVE: RING}
    assert hears(voicemail(mailbox="2012"), l12=[FAY]) == {FAY: FOLLOWED}
    fax = caller()
    assert hears(event("fax.received", line="2010", **fax), l10=[FAY]) == {ANA: OWN}
    assert hears(event("fax.received", line="2012", **fax), l12=[FAY]) == {}
    assert hears(event("fax.received", line="2100", **fax)) == hears(event("fax.received", **fax)) == {}
    assert people_named(text(userId="ana"), concern_of(text())) == (("ana", "the conversation is yours"),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type", "data", "told"),
    [
        ("mention", {"userIds": ["ana", "bob", "ana"], "byUserId": "bob"}, ["ana"]),
        ("mention", {"userIds": ["ana"], "byUserId": "ana"}, []),
        ("mention", {"userIds": ["ana"]}, ["ana"]),
        ("contact.assigned", {"userId": "ana", "by": "person", "actorId": "bob"}, ["ana"]),
        ("contact.assigned", {"userId": "ana", "by": "person", "actorId": "ana"}, []),
        ("contact.assigned", {"userId": "ana", "by": "sequence", "actorId": "ana"}, ["ana"]),
        ("contact.assigned", {"userId": "ana", "by": "api"}, ["ana"]),
        ("contact.assigned", {"userId": None, "by": "api", "previousUserId": "ana"}, []),
        ("contact.assigned", {"userId": "ana", "by": "api", "previousUserId": "ana"}, []),
        ("reminder.assigned", {"userId": "ana", "text": "Call Zoe"}, ["ana"]),
    ],
)
def test_up_05_06_07_people_whom_an_event_names(type: str, data: dict[str, Any], told: list[str]) -> None:
    it = event(type, contactId="k1", **data)
    concern = concern_of(it)
    assert concern is not None
    assert [name for name, _ in people_named(it, concern)] == told


def test_up_18_who_follows_a_line_hears_of_it_as_if_they_were_in_its_group() -> None:
    assert hears(call(line="2012"), l12=[FAY]) == hears(text(line="2012"), l12=[FAY]) == {FAY: FOLLOWED}
    assert hears(call(line="2012"), l11=[FAY]) == {}


def test_up_29_each_person_hears_for_one_reason_own_line_then_group_then_followed() -> None:
    """Generated: whatever a person is to the line and the group, there is one reason, and the strongest."""
    for owns, member, follows in product([True, False], repeat=3):
        line = Line(tenant=L10.tenant, id="l10", extension="2010", user=ANA if owns else None)
        group = type(SUPPORT)(
            tenant=L10.tenant, id="g1", kind=SUPPORT.kind, name="Support", members=(ANA,) if member else ()
        )
        found = hears(call(group={"id": "g1"}), names(line, group), l10=[ANA] if follows else [])
        expected = OWN if owns else RING if member else "line 2010 you follow" if follows else None
        assert found == ({ANA: expected} if expected else {})


def test_sandbox_events_and_late_ones_concern_nobody() -> None:
    assert concern_of(call(sandbox=True)) is None
    assert topic_of(event("billing.warning", text="low", sandbox=True)) is None
    assert not too_old(call(later=timedelta(hours=1)))
    assert too_old(call(later=timedelta(hours=1, seconds=1)))
