"""A line goes online with its first telephone and offline with its last: stories of three telephone systems."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.telephony.domain.line_state import MAX_CONTACTS, LineChange, LineReason, LineState

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
DESK, MOBILE = "sip:2010@10.0.0.5:5060", "sip:2010@10.0.0.9:49152;transport=tls"

Event = tuple[float, str, dict[str, Any]]


def told(*events: Event) -> tuple[LineState, list[str]]:
    """Return the last state, and what each event (minutes after noon, event, data) meant."""
    state, changes = LineState(), []
    for minutes, event, data in events:
        state, change, _ = state.after(NOON + timedelta(minutes=minutes), {"line": "2010", "event": event, **data})
        changes.append(change.value)
    return state, changes


def test_asterisk_two_contacts_of_one_endpoint() -> None:
    """ContactStatus: Created, Created, Updated, Removed, Unreachable, Reachable."""
    desk, mobile = {"contact": DESK}, {"contact": MOBILE}
    state, changes = told(
        (0, "registered", desk),
        (1, "registered", mobile),
        (2, "refreshed", desk),
        (3, "unregistered", {**mobile, "reason": "removed"}),
        (4, "unregistered", {**desk, "reason": "unreachable"}),
        (5, "seen", desk),
        (6, "seen", desk),
    )
    assert changes == ["registered", "refreshed", "refreshed", "none", "unregistered", "registered", "refreshed"]
    assert (state.on, state.since) == (True, NOON + timedelta(minutes=5))


def test_freeswitch_registers_refreshes_and_expires() -> None:
    """sofia::register, the same with update-reg, sofia::expire; sofia::register from another port afterwards."""
    phone = {"userAgent": "Yealink T46U", "ip": "192.0.2.7", "expiresSeconds": 300}
    state, changes = told(
        (0, "registered", phone),
        (4, "refreshed", phone),
        (9, "unregistered", {**phone, "reason": "expired"}),
        (9.5, "unregistered", {**phone, "reason": "expired"}),
        (20, "registered", phone),
    )
    assert changes == ["registered", "refreshed", "unregistered", "none", "registered"]
    assert state.since == NOON + timedelta(minutes=20)


def test_kamailio_save_and_expired_contact() -> None:
    """save() 1 is registered, 2 refreshed, 3 unregistered; usrloc:contact-expired for the contact that is known."""
    state, changes = told(
        (0, "registered", {"contact": DESK}),
        (1, "refreshed", {"contact": DESK}),
        (2, "registered", {"contact": MOBILE}),
        (3, "unregistered", {"contact": DESK}),
        (7, "unregistered", {"contact": MOBILE, "reason": "expired"}),
    )
    assert changes == ["registered", "refreshed", "refreshed", "none", "unregistered"]
    assert (state.on, state.since) == (False, NOON + timedelta(minutes=7))


def test_a_system_without_contacts_has_one_nameless_telephone() -> None:
    """Yeastar 30007 names the extension only."""
    assert told((0, "registered", {}), (1, "registered", {}), (2, "unregistered", {}))[1] == [
        "registered",
        "refreshed",
        "unregistered",
    ]


def test_an_unknown_telephone_that_unregisters_counts_only_if_none_is_there() -> None:
    never = told((0, "unregistered", {"contact": DESK}))
    assert (never[0].on, never[1]) == (False, ["unregistered"])
    assert told((0, "registered", {"contact": DESK}), (1, "unregistered", {"contact": MOBILE}))[1][1] == "none"
    gone = told((0, "registered", {"contact": DESK}), (1, "unregistered", {"contact": DESK}), (2, "unregistered", {}))
    assert gone[1] == ["registered", "unregistered", "none"]


def test_a_telephone_whose_registration_ran_out_unseen_keeps_no_line_online() -> None:
    """The source was restarted and forgot a telephone; another one of the line goes away."""
    events: list[Event] = [
        (0, "registered", {"contact": DESK, "expiresSeconds": 120}),
        (1, "registered", {"contact": MOBILE}),
    ]
    assert told(*events, (2.5, "unregistered", {"contact": MOBILE}))[1][-1] == "none"
    assert told(*events, (3, "unregistered", {"contact": MOBILE}))[1][-1] == "unregistered"
    third: list[Event] = [(5, "seen", {"contact": "sip:x"}), (6, "unregistered", {"contact": "sip:x"})]
    assert told(*events, *third, (2, "unregistered", {"contact": MOBILE}))[1][-1] == "unregistered"


def test_a_line_that_is_first_heard_of_by_a_refresh_did_not_just_come_online() -> None:
    state, change, reason = LineState().after(NOON, {"event": "refreshed", "contact": DESK})
    assert (state.on, change, reason) == (True, LineChange.REFRESHED, LineReason.NEVER_SEEN)


def test_what_is_older_than_the_newest_event_of_a_telephone_is_ignored() -> None:
    state, _ = told((5, "unregistered", {"contact": DESK}))
    late = {"event": "registered", "contact": DESK}
    assert state.after(NOON + timedelta(minutes=4), late) == (state, LineChange.NONE, LineReason.OLDER)


def test_of_two_events_at_one_time_the_one_that_came_last_counts() -> None:
    phone = {"contact": DESK}
    assert told((0, "registered", phone), (1, "unregistered", phone), (1, "registered", phone))[0].on


def test_a_late_event_of_one_telephone_counts_after_a_newer_one_of_another() -> None:
    state, changes = told(
        (0, "registered", {"contact": DESK}),
        (6, "registered", {"contact": MOBILE}),
        (5, "unregistered", {"contact": DESK}),
        (7, "unregistered", {"contact": MOBILE}),
    )
    assert (state.on, changes[-1]) == (False, "unregistered")


def test_a_line_has_at_most_ten_telephones_and_the_oldest_is_forgotten() -> None:
    events: list[Event] = [(minute, "registered", {"contact": f"sip:{minute}"}) for minute in range(12)]
    state, _ = told(*events)
    assert set(state.contacts) == {f"sip:{minute}" for minute in range(2, 12)}
    assert len(state.contacts) == MAX_CONTACTS


def test_telephones_that_are_gone_are_forgotten_first() -> None:
    events: list[Event] = [(minute, "registered", {"contact": f"sip:{minute}"}) for minute in range(10)]
    state, _ = told(*events, (10, "unregistered", {"contact": "sip:9"}), (11, "registered", {"contact": "sip:new"}))
    assert set(state.contacts) == {*(f"sip:{minute}" for minute in range(9)), "sip:new"}


EVENTS = st.tuples(
    st.sampled_from(["registered", "unregistered", "refreshed", "seen"]), st.sampled_from([DESK, MOBILE, "", "sip:x"])
)


@settings(max_examples=100)
@given(st.lists(EVENTS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_any_order_of_arrival_ends_in_the_same_state(events: list[tuple[str, str]], random: Any) -> None:
    """The newest event of each telephone decides; plain reading: the line is on if one of them is not `unregistered`."""
    timed: list[Event] = [(minute, event, {"contact": name}) for minute, (event, name) in enumerate(events)]
    newest = {name: event for event, name in events}
    shuffled = random.sample(timed, len(timed))
    assert told(*shuffled)[0].contacts == told(*timed)[0].contacts
    assert told(*shuffled)[0].on == told(*timed)[0].on == any(event != "unregistered" for event in newest.values())


@settings(max_examples=100)
@given(st.lists(EVENTS, min_size=1, max_size=12))
def test_online_and_offline_alternate(events: list[tuple[str, str]]) -> None:
    timed: list[Event] = [(minute, event, {"contact": name}) for minute, (event, name) in enumerate(events)]
    changes = [change for change in told(*timed)[1] if change in {"registered", "unregistered"}]
    assert all(before != after for before, after in pairwise(changes))
