"""AH-30 to AH-39: who an element reaches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import number
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.receivers import RequestedReceivers, Resolved, Unresolved, resolve
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.contacts.domain.recipient import Recipient
from tocsin.kernel.domain.csv_list import parse_list

ANA = Contact("ana", sms=number(1), email="ana@x.org", call=number(11), lookups={"firstname": "Ana"})
BOB = Contact("bob", sms=number(2), email="", call=number(12))
CYD = Contact("cyd", sms=number(3), email="cyd@x.org", call="")
CREW = ContactGroup("crew", {c.id: c for c in (ANA, BOB, CYD)}, {"night": ("bob", "ana"), "day": ("ana", "cyd")})


def resolved(channel: Channel, asked: RequestedReceivers, group: ContactGroup | None = CREW) -> Resolved:
    outcome = resolve(channel, asked, group)
    assert isinstance(outcome, Resolved)
    return outcome


def addresses(outcome: Resolved) -> list[str]:
    return [recipient.address for recipient in outcome.recipients]


def test_ah_30_the_union_of_all_forms_is_reached_each_address_once() -> None:
    asked = RequestedReceivers(recipients=(number(9), number(9), number(2)), contacts=("cyd", "ana"), sets=("night",))
    outcome = resolved(Channel.SMS, asked)
    assert addresses(outcome) == [number(9), number(2), number(3), number(1)]
    assert outcome.requested == 4
    assert outcome.failure_reason is None


def test_ah_30_two_spellings_of_an_address_are_one_receiver() -> None:
    assert addresses(resolved(Channel.SMS, RequestedReceivers(("+44 7700 900001", number(1))))) == [number(1)]
    assert addresses(resolved(Channel.EMAIL, RequestedReceivers(("Ana@X.org", "ana@x.org")))) == ["Ana@x.org"]


def test_ah_30_a_contact_wins_over_the_same_plain_address_and_keeps_its_place() -> None:
    outcome = resolved(Channel.EMAIL, RequestedReceivers(("zoe@x.org", "ANA@x.org", "yan@x.org"), contacts=("ana",)))
    assert outcome.recipients[1] == Recipient("ana@x.org", "ana", {"firstname": "Ana"})
    assert addresses(outcome) == ["zoe@x.org", "ana@x.org", "yan@x.org"]


def test_ah_30_of_two_contacts_with_one_address_the_first_stays() -> None:
    group = ContactGroup("g", {"a": Contact("a", sms=number(1)), "b": Contact("b", sms=number(1))})
    outcome = resolved(Channel.SMS, RequestedReceivers(sets=("all",)), group)
    assert outcome.recipients == (Recipient(number(1), "a"),)


SEEN = frozenset({ResponseKind.SMS, ResponseKind.EMAIL})


def unanswered(asked: RequestedReceivers, group: ContactGroup = CREW, **answered: set[ResponseKind]) -> Resolved:
    outcome = resolve(Channel.SMS, asked, group, SEEN, {name: frozenset(how) for name, how in answered.items()})
    assert isinstance(outcome, Resolved)
    return outcome


def test_ah_57_who_has_answered_is_left_out_and_counts_as_requested() -> None:
    outcome = unanswered(RequestedReceivers(sets=("all",)), ana={ResponseKind.SMS}, bob={ResponseKind.SHORTLINK})
    assert addresses(outcome) == [number(2), number(3)]
    assert (outcome.requested, outcome.failure_reason) == (3, None)
    assert outcome.excluded == (Exclusion("ana", number(1), ExclusionReason.ANSWERED, "sms"),)


def test_ah_61_an_address_asked_for_as_such_stays_and_is_marked_where_a_contact_has_it_too() -> None:
    asked = RequestedReceivers((number(1), number(2)), sets=("night",))
    outcome = unanswered(asked, ana={ResponseKind.SMS})
    assert outcome.recipients == (Recipient(number(1)), Recipient(number(2), "bob", by_address=True))
    assert (outcome.requested, outcome.excluded) == (2, ())
    # where nobody can be left out, nobody need be marked
    plain = resolved(Channel.SMS, RequestedReceivers((number(2),), contacts=("bob",)))
    assert plain.recipients == (Recipient(number(2), "bob"),)


def test_of_two_who_share_an_address_and_have_answered_one_place_is_counted() -> None:
    group = ContactGroup("g", {"a": Contact("a", sms=number(1)), "b": Contact("b", sms=number(1)), "c": Contact("c")})
    everybody = {name: {ResponseKind.SMS} for name in "abc"}
    outcome = unanswered(RequestedReceivers(sets=("all",)), group, **everybody)
    assert [(who.contact_id, who.address) for who in outcome.excluded] == [("a", number(1)), ("c", "")]
    assert outcome.failure_reason == "everybody has answered already"


def test_ah_31_a_list_is_split_at_commas_and_trimmed() -> None:
    assert parse_list("a@x.org, b@y.org") == ("a@x.org", "b@y.org")
    assert parse_list(" a@x.org ,, \r\n b@y.org,") == ("a@x.org", "b@y.org")


def test_ah_32_contacts_without_a_group_fail() -> None:
    assert isinstance(resolve(Channel.SMS, RequestedReceivers(contacts=("ana",)), None), Unresolved)
    assert isinstance(resolve(Channel.SMS, RequestedReceivers(sets=("all",)), None), Unresolved)


def test_ah_33_an_unknown_id_or_set_fails_the_element_and_is_named() -> None:
    by_id = resolve(Channel.SMS, RequestedReceivers(recipients=(number(9),), contacts=("ana", "zed")), CREW)
    by_set = resolve(Channel.SMS, RequestedReceivers(sets=("night", "noon")), CREW)
    assert isinstance(by_id, Unresolved)
    assert "'zed'" in by_id.failure_reason
    assert "'ana'" not in by_id.failure_reason
    assert isinstance(by_set, Unresolved)
    assert "'noon'" in by_set.failure_reason


def test_ah_33_many_unknown_ids_do_not_make_a_long_reason() -> None:
    outcome = resolve(Channel.SMS, RequestedReceivers(contacts=tuple(f"z{n}" for n in range(10_000))), CREW)
    assert isinstance(outcome, Unresolved)
    assert outcome.failure_reason.endswith("'z4' and 9995 more")


def test_ah_34_a_group_without_sets_has_the_set_all() -> None:
    group = ContactGroup("g", CREW.contacts)
    assert addresses(resolved(Channel.SMS, RequestedReceivers(sets=("all",)), group)) == [
        number(1),
        number(2),
        number(3),
    ]


def test_ah_36_a_contact_in_two_sets_is_reached_once() -> None:
    outcome = resolved(Channel.SMS, RequestedReceivers(sets=("night", "day")))
    assert addresses(outcome) == [number(2), number(1), number(3)]
    assert outcome.requested == 3


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        (Channel.SMS, [number(1), number(2)]),
        (Channel.CALL, [number(11), number(12)]),
        (Channel.INBOUND_CALL, [number(11), number(12)]),
        (Channel.EMAIL, ["ana@x.org"]),
    ],
)
def test_ah_37_each_channel_uses_its_own_address_of_a_contact(channel: Channel, expected: list[str]) -> None:
    assert addresses(resolved(channel, RequestedReceivers(contacts=("ana", "bob")))) == expected


def test_ah_38_a_contact_without_an_address_is_counted_and_skipped_without_failure() -> None:
    outcome = resolved(Channel.EMAIL, RequestedReceivers(sets=("all", "night")))
    assert addresses(outcome) == ["ana@x.org", "cyd@x.org"]
    assert (outcome.requested, outcome.without_address) == (3, 1)
    assert outcome.failure_reason is None


def test_ah_38_when_nobody_has_an_address_the_reason_says_so() -> None:
    outcome = resolved(Channel.EMAIL, RequestedReceivers(contacts=("bob",)))
    assert (outcome.requested, outcome.recipients) == (1, ())
    assert outcome.failure_reason == "no receiver can be reached: 1 without an address on this channel"


def test_ah_39_an_address_of_the_wrong_kind_is_refused_with_count_and_reason() -> None:
    outcome = resolved(Channel.SMS, RequestedReceivers(("a@x.org", "b@x.org", number(1), "b@x.org", "12")))
    assert addresses(outcome) == [number(1)]
    assert outcome.requested == 4
    assert outcome.failure_reason == (
        "receivers refused: 2 with an email address instead of a phone number (email_for_phone): recipients[0], "
        "recipients[1]; 1 with an invalid phone number (PHONE_NOT_INTERNATIONAL): recipients[4]"
    )


def test_ah_39_a_number_in_an_email_element_is_refused() -> None:
    outcome = resolved(Channel.EMAIL, RequestedReceivers((number(1),)))
    assert outcome.failure_reason == (
        "no receiver can be reached: 1 with a phone number instead of an email address (phone_for_email): recipients[0]"
    )


def test_no_address_stands_in_a_reason() -> None:
    outcome = resolved(Channel.SMS, RequestedReceivers(("secret@x.org", "+44abc7700900123")))
    assert outcome.failure_reason is not None
    assert "secret" not in outcome.failure_reason
    assert "7700" not in outcome.failure_reason


PLAIN = st.lists(st.sampled_from([number(n) for n in range(6)] + ["a@x.org", "junk"]), max_size=12)
IDS = st.lists(st.sampled_from(["ana", "bob", "cyd"]), max_size=6)
SETS = st.lists(st.sampled_from(["night", "day", "all"]), max_size=4)


@given(PLAIN, IDS, SETS, st.sampled_from(list(Channel)))
def test_everybody_asked_for_is_reached_skipped_or_refused_exactly_once(
    plain: list[str], ids: list[str], sets: list[str], channel: Channel
) -> None:
    outcome = resolved(channel, RequestedReceivers(tuple(plain), tuple(ids), tuple(sets)))
    reached = addresses(outcome)
    assert len(reached) == len(set(reached))
    members = {*ids, *(i for s in sets for i in (CREW.contacts if s == "all" else CREW.sets[s]))}
    reachable = {CREW.contacts[i].address_on(channel) for i in members} - {""}
    assert reachable <= set(reached)
    assert {r.contact_id for r in outcome.recipients} - {None} <= members
    assert outcome.without_address == sum(not CREW.contacts[i].address_on(channel) for i in members)
    assert outcome.requested == len(set(plain) | reachable) + outcome.without_address
    assert resolved(channel, RequestedReceivers(tuple(plain * 2), tuple(ids * 2), tuple(sets * 2))) == outcome
