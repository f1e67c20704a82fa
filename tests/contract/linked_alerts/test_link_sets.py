"""Linked sets over every make of the stores: begun once, joined while they stand, and every answer noted once."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER, AlertPath, an_acceptance, number
from tocsin.adapters.dynamodb.linked_alerts import link_pk
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.rows import time
from tocsin.alerts.domain.alert import MAX_ITEMS, MAX_RECIPIENTS, Alert, ChunkKey
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.alerts.ports.alerts import Acceptance, Committed, Conflict
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.escalation.domain.escalation import (
    Escalation,
    EscalationBegun,
    EscalationKey,
    EscalationPolicy,
    EscalationState,
)
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.linked_alerts.domain.link_set import LinkBegun, LinkCancelled, LinkJoined, LinkSet
from tocsin.responses.domain.response import Response

SET = LinkKey.of(ACME, KEY, "fire-7")
HOUR = timedelta(hours=1)
SMS, EMAIL, SHORTLINK = ResponseKind.SMS, ResponseKind.EMAIL, ResponseKind.SHORTLINK
GROUP = ContactGroup(
    "crew",
    {
        "ana": Contact("ana", sms=number(1), email="ana@x.org", lookups={"firstname": "Ana Müller"}),
        "bob": Contact("bob", call=number(2)),
    },
    {"night": ("bob", "ana")},
)


def a_set(
    alert: Alert,
    *,
    key: LinkKey = SET,
    group: ContactGroup = GROUP,
    lifetime: timedelta | None = HOUR,
    at: datetime = NOON,
) -> LinkSet:
    return LinkSet(key, "fire-7", alert.ref, group, at, None if lifetime is None else at + lifetime)


def with_link(acceptance: Acceptance, participants: LinkBegun | LinkJoined) -> Acceptance:
    return replace(
        acceptance, alert=replace(acceptance.alert, link=participants.set.link), participants=(participants,)
    )


def begin(
    world: AlertPath,
    *,
    at: datetime = NOON,
    lift: bool = False,
    key: LinkKey = SET,
    lifetime: timedelta | None = HOUR,
    group: ContactGroup = GROUP,
) -> LinkSet | None:
    """Begin a set; None if another stands."""
    acceptance = an_acceptance(1, at=at, tenant=key.tenant)
    found = a_set(acceptance.alert, key=key, at=at, lifetime=lifetime, group=group)
    outcome = world.alerts.accept(with_link(acceptance, LinkBegun(found, lift)))
    return found if isinstance(outcome, Committed) else None


def join(world: AlertPath, found: LinkSet, *, lift: bool = False, at: datetime = NOON) -> bool:
    acceptance = an_acceptance(1, at=at)
    participants: Participant = LinkJoined(found, lift)
    outcome = world.alerts.accept(with_link(acceptance, LinkJoined(found, lift)))
    assert outcome in (Committed(), Conflict(participants))
    return outcome == Committed()


def answer(
    world: AlertPath,
    link: Link | None,
    contact: str | None,
    kind: ResponseKind = SMS,
    *,
    natural_id: str | None = None,
    matched: bool = True,
    tenant: TenantId = ACME,
    evidence: Evidence = Evidence.WROTE,
) -> bool:
    alert = an_acceptance(1, tenant=tenant).alert
    response = Response(
        key=ChunkKey(tenant, alert.ref, 0, 0),
        position=0,
        kind=kind,
        natural_id=natural_id or secrets.token_hex(4),
        address=number(1),
        contact_id=contact,
        at=NOON,
        matched=matched,
        link=link,
        evidence=evidence,
    )
    return world.responses.add(response).fresh


def test_ah_50_a_set_reads_back_as_it_was_begun(world: AlertPath) -> None:
    assert world.links.standing(SET, NOON) is None
    found = begin(world)
    assert found is not None
    assert world.links.standing(SET, NOON) == found
    alert = world.alerts.get(ACME, found.master)
    assert alert is not None
    assert alert.link == found.link


def test_a_set_without_end_and_with_everything_empty_reads_back(world: AlertPath) -> None:
    found = begin(world, lifetime=None, group=ContactGroup("", {"x": Contact("x")}))
    assert world.links.standing(SET, NOON + 10_000 * timedelta(days=1)) == found


def test_a_group_too_big_for_a_row_lies_beside_it_and_one_that_was_not_begun_leaves_nothing(real: AlertPath) -> None:
    people = {f"c{n}": Contact(f"c{n}", sms=number(n), lookups={"k": secrets.token_hex(40)}) for n in range(1_000)}
    group = ContactGroup("many", people, {"half": tuple(people)[::2]})
    found = begin(real, group=group)
    assert real.links.standing(SET, NOON) == found

    def kept() -> list[str]:
        return [one["Key"] for one in real.s3.list_objects_v2(Bucket=real.bucket).get("Contents", ())]

    before = kept()
    assert begin(real, group=group) is None
    assert real.links.standing(SET, NOON) == found
    assert kept() == before


def test_sets_of_another_tenant_or_key_are_not_seen(world: AlertPath) -> None:
    found = begin(world)
    assert found is not None
    answer(world, found.link, "ana")
    for key in (LinkKey.of(OTHER, KEY, "fire-7"), LinkKey.of(ACME, ApiKeyId("k2"), "fire-7")):
        assert world.links.standing(key, NOON) is None
        assert world.links.answered(Link(key, found.master)) == {}
        assert world.links.members(key, NOON) == []


def test_ah_66_of_simultaneous_first_alerts_exactly_one_is_master(world: AlertPath) -> None:
    with ThreadPoolExecutor(8) as pool:
        begun = [found for found in pool.map(lambda _: begin(world), range(8)) if found]
    assert len(begun) == 1
    assert world.links.standing(SET, NOON) == begun[0]
    assert world.links.members(SET, NOON) == [begun[0].master]


def test_ah_55_a_set_whose_time_is_over_can_be_begun_again_and_knows_nothing(world: AlertPath) -> None:
    first = begin(world)
    assert first is not None
    answer(world, first.link, "ana")
    later = NOON + HOUR
    assert world.links.standing(SET, later) is None

    second = begin(world, at=later)

    assert second is not None
    assert world.links.standing(SET, later) == second
    assert not join(world, first, at=later)
    assert join(world, second, at=later)
    answer(world, first.link, "bob")  # a late answer to the earlier life
    assert world.links.answered(second.link) == {}
    assert world.links.answered(first.link).keys() == {"ana", "bob"}


def test_members_are_all_alerts_of_all_lives_that_are_not_over(world: AlertPath) -> None:
    found = begin(world)
    assert found is not None
    join(world, found, at=NOON + timedelta(minutes=1))
    again = begin(world, at=NOON + HOUR)
    assert again is not None
    members = world.links.members(SET, NOON + HOUR)
    assert (len(members), members[0], members[2]) == (3, found.master, again.master)
    assert world.links.members(SET, NOON + timedelta(days=40)) == []


def test_ah_67_nobody_joins_a_cancelled_set_until_it_is_lifted(world: AlertPath) -> None:
    found = begin(world)
    assert found is not None
    cancelled = world.links.cancel(SET, NOON, NOON + HOUR)
    assert cancelled == NOON
    assert world.links.cancel(SET, NOON + timedelta(minutes=1), NOON + HOUR) == NOON
    standing = world.links.standing(SET, NOON)
    assert standing == replace(found, cancelled_at=NOON)

    assert not join(world, found)
    assert begin(world) is None
    assert begin(world, lift=True) is None
    assert join(world, replace(found, cancelled_at=NOON), lift=True)

    assert world.links.standing(SET, NOON) == found
    assert join(world, found)


def test_ah_67_a_set_can_be_cancelled_before_it_is_begun(world: AlertPath) -> None:
    until = NOON + timedelta(days=30)
    world.links.cancel(SET, NOON, until)
    assert world.links.standing(SET, NOON) == LinkCancelled(SET, NOON, until)
    assert world.links.cancel(SET, NOON + HOUR, until + HOUR) == NOON

    assert begin(world) is None
    found = begin(world, lift=True)
    assert found is not None
    assert world.links.standing(SET, NOON) == found
    assert begin(world, lift=True) is None


def test_a_cancellation_of_nothing_is_forgotten_in_its_time_and_one_of_a_set_with_the_set(world: AlertPath) -> None:
    world.links.cancel(SET, NOON, NOON + HOUR)
    found = begin(world, at=NOON + HOUR)
    assert found is not None
    world.links.cancel(SET, NOON + HOUR, NOON + 9 * HOUR)
    assert world.links.standing(SET, NOON + 2 * HOUR) is None
    at = NOON + 2 * HOUR
    assert world.links.cancel(SET, at, at + HOUR) == at


def test_the_worker_that_cancels_while_others_join_leaves_no_member_unseen(world: AlertPath) -> None:
    found = begin(world)
    assert found is not None

    def cancel(_: int) -> int:
        world.links.cancel(SET, NOON, NOON + HOUR)
        return len(world.links.members(SET, NOON))

    with ThreadPoolExecutor(9) as pool:
        joins = [pool.submit(join, world, found) for _ in range(4)]
        seen = pool.submit(cancel, 0)
        joins += [pool.submit(join, world, found) for _ in range(4)]
        joined = sum(one.result() for one in joins)
    assert seen.result() == 1 + joined


def test_who_answered_is_known_by_contact_and_way_each_once(world: AlertPath) -> None:
    found = begin(world)
    assert found is not None
    assert answer(world, found.link, "ana", natural_id="in-1")
    assert answer(world, found.link, "ana", SMS)
    assert answer(world, found.link, "ana", SHORTLINK)
    assert answer(world, found.link, "#bob ü", EMAIL)
    assert world.links.answered(found.link) == {"ana": {SMS, SHORTLINK}, "#bob ü": {EMAIL}}
    assert world.links.answered(found.link, ["ana", "cy", "ana"]) == {"ana": {SMS, SHORTLINK}}
    assert world.links.answered(found.link, []) == {}


@pytest.mark.parametrize("least", Evidence)
def test_an_answer_weaker_than_what_is_asked_for_is_omitted(world: AlertPath, least: Evidence) -> None:
    found = begin(world)
    assert found is not None
    for evidence in Evidence:
        answer(world, found.link, evidence.value, SHORTLINK, evidence=evidence)
    # who has answered weakly and strongly counts for both
    answer(world, found.link, "ana", SMS, evidence=Evidence.CONFIRMED)
    answer(world, found.link, "ana", SHORTLINK, evidence=Evidence.WROTE)
    enough = {evidence.value: {SHORTLINK} for evidence in Evidence if evidence.at_least(least)}
    ana = {SHORTLINK, SMS} if Evidence.CONFIRMED.at_least(least) else {SHORTLINK}
    assert world.links.answered(found.link, least=least) == {**enough, "ana": ana}
    assert world.links.answered(found.link, ["ana"], least) == {"ana": ana}


@pytest.mark.parametrize("least", Evidence)
def test_an_answer_of_an_earlier_version_reads_as_written(real: AlertPath, least: Evidence) -> None:
    found = begin(real)
    assert found is not None
    place = row_key(link_pk(SET), f"SEEN#{found.master}#C#ana")
    real.table.put_all([place | {"contact": {"S": "ana"}, "shortlink": time(NOON)}], "old answers")
    assert real.links.answered(found.link, least=least) == {"ana": {SHORTLINK}}


@pytest.mark.parametrize("how", ["unmatched", "of nobody", "without a set"])
def test_what_does_not_count_marks_nobody(world: AlertPath, how: str) -> None:
    found = begin(world)
    assert found is not None
    link = None if how == "without a set" else found.link
    assert answer(world, link, None if how == "of nobody" else "ana", matched=how != "unmatched")
    assert world.links.answered(found.link) == {}


def test_those_who_answered_are_found_among_more_than_one_read_can_ask_for(world: AlertPath) -> None:
    found = begin(world)
    assert found is not None
    for n in range(0, 130, 4):
        answer(world, found.link, f"c{n}")
    assert len(world.links.answered(found.link)) == 33
    assert len(world.links.answered(found.link, [f"c{n}" for n in range(130)])) == 33


def test_many_answers_of_one_contact_at_once_are_all_kept(world: AlertPath) -> None:
    found = begin(world)
    assert found is not None
    kinds = list(ResponseKind) * 3
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda kind: answer(world, found.link, "ana", kind), kinds))
    assert world.links.answered(found.link) == {"ana": set(ResponseKind)}


def test_a_5_the_largest_alert_begins_a_set_and_an_escalation_in_one_transaction(real: AlertPath) -> None:
    # given as many chunks, channels and rows as one call can have
    consumption = dict.fromkeys(Channel, 1)
    for channel in consumption:
        real.set_capacity(channel, 9)
    claim = IdempotencyClaim("sendalert", "k", "f")
    acceptance = an_acceptance(*[1] * 24, 9_976, consumption=consumption, claim=claim, answer="{}")
    alert = acceptance.alert
    assert (len(alert.items), alert.recipients) == (MAX_ITEMS, MAX_RECIPIENTS)
    found = a_set(alert)
    life = NOON + timedelta(days=30)
    armed = EscalationState.ACTIVE
    key = EscalationKey(SET, alert.ref)
    begun = Escalation(key, armed, 1, 0, 1, 0, False, NOON, NOON + HOUR, (alert.ref,), NOON, expires_at=life)
    policy = EscalationPolicy("ref-1", "fire-7", (HOUR, HOUR), ("{}",), None)
    excluded = {0: [Exclusion("ana", number(1), ExclusionReason.ANSWERED, "sms")]}
    participants = (LinkBegun(found), EscalationBegun(begun, policy))

    outcome = real.alerts.accept(replace(acceptance, excluded=excluded, participants=participants))

    assert outcome == Committed()
    assert real.links.standing(SET, NOON) == found
    assert real.escalations.get(key) == begun
