"""Escalations over every make of the stores: begun with an alert, stepped with another, and every person counted once."""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER, AlertPath, an_acceptance, number
from tocsin.adapters.dynamodb.linked_alerts import link_pk
from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.alerts.ports.alerts import Committed, Conflict
from tocsin.contacts.domain.recipient import Recipient
from tocsin.escalation.domain.escalation import (
    Answerer,
    Escalation,
    EscalationBegun,
    EscalationKey,
    EscalationPolicy,
    EscalationState,
    RequestedStep,
    StepTaken,
)
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import Kept, ResponseCounts

SET = LinkKey.of(ACME, KEY, "escalation:1")
MINUTE = timedelta(minutes=1)
POLICY = EscalationPolicy(
    "ref-1", "escalation:1", (5 * MINUTE, 10 * MINUTE, MINUTE), ('{"alert":[]}', '{"alert":[1]}'), None
)
ANA, BOB = Recipient(number(1), "ana"), Recipient(number(2))


def begin(
    world: AlertPath,
    *,
    need: int = 1,
    policy: EscalationPolicy = POLICY,
    link: LinkKey = SET,
    evidence: Evidence | None = None,
) -> Escalation:
    acceptance = an_acceptance(2, tenant=link.tenant)
    ref = acceptance.alert.ref
    alert = replace(acceptance.alert, link=Link(link, ref), escalation=ref)
    begun = Escalation(
        key=EscalationKey(link, ref),
        state=EscalationState.ACTIVE,
        steps=2,
        step=0,
        need=need,
        answered=0,
        everybody=False,
        began_at=NOON,
        due_at=NOON + 5 * MINUTE,
        alerts=(ref,),
        stepped_at=NOON,
        expires_at=NOON + timedelta(days=30),
        evidence=evidence,
    )
    acceptance = replace(acceptance, alert=alert, participants=(EscalationBegun(begun, policy),))
    assert world.alerts.accept(acceptance) == Committed()
    assert world.alerts.get(link.tenant, ref) == alert
    return begun


def take(world: AlertPath, before: Escalation) -> Escalation | None:
    """Take the next step with an alert of its own; None if another was first."""
    acceptance = an_acceptance(1)
    after = before.taken(before.due_at, acceptance.alert.ref, 10 * MINUTE)
    taken = StepTaken(before, after)
    outcome = world.alerts.accept(replace(acceptance, participants=(taken,)))
    assert outcome in (Committed(), Conflict(taken))
    written = outcome == Committed()
    assert (world.alerts.get(ACME, acceptance.alert.ref) is not None) == written
    return after if written else None


def answer(
    world: AlertPath, escalation: Escalation, who: Recipient, kind: ResponseKind = ResponseKind.SMS, **facts: Any
) -> bool:
    return respond(world, escalation, who, kind, **facts).fresh


def respond(
    world: AlertPath,
    escalation: Escalation,
    who: Recipient,
    kind: ResponseKind = ResponseKind.SMS,
    *,
    id: str | None = None,
    **facts: Any,
) -> Kept:
    first = escalation.key.first
    response = Response(
        key=ChunkKey(escalation.key.link.tenant, first, 0, 0),
        position=1,
        kind=kind,
        natural_id=id or secrets.token_hex(4),
        address=who.address,
        contact_id=who.contact_id,
        at=NOON + MINUTE,
        link=Link(escalation.key.link, first),
        escalation=first,
        **facts,
    )
    return world.responses.add(response)


def stands(world: AlertPath, escalation: Escalation) -> Escalation:
    found = world.escalations.get(escalation.key)
    assert found is not None
    return found


def test_an_escalation_its_policy_and_its_timer_read_back_as_they_were_begun(world: AlertPath) -> None:
    begun = begin(world)
    assert stands(world, begun) == begun
    assert world.escalations.policy(begun.key) == POLICY
    assert world.timers.get(begun.key.timer) == begun.timer
    assert world.escalations.of_set(SET) == [begun]
    nobody = EscalationKey(SET, AlertRef("nobody"))
    assert world.escalations.get(nobody) is None
    assert world.escalations.get_all([nobody, begun.key]) == {begun.key: begun}
    assert world.escalations.get_all([]) == {}
    assert world.escalations.policy(nobody) is None
    assert world.escalations.standing(nobody, [ANA]) is None


def test_a_step_that_was_asked_for_is_due_at_once_and_says_who_asked(world: AlertPath) -> None:
    begun = begin(world)
    asked = RequestedStep(1, "key:k1", "c1")

    assert world.escalations.move(begun, begun.at_once(asked, NOON + MINUTE))

    due = replace(begun, due_at=NOON + MINUTE, requested=asked)
    assert stands(world, begun) == due
    # a step that was decided before keeps it, and then it is no next step any more
    taken = take(world, begun)
    assert taken is not None
    after_first = stands(world, begun)
    assert after_first == replace(taken, requested=asked)
    assert not world.escalations.move(due, due.at_once(RequestedStep(1, "key:k1", "c2"), NOON + MINUTE))
    # nor does a later step, or an end, write an earlier request over a newer one
    second = RequestedStep(2, "key:k1", "c3")
    assert world.escalations.move(after_first, after_first.at_once(second, NOON + 2 * MINUTE))
    assert (taken := take(world, after_first)) is not None
    assert stands(world, begun).requested == second
    assert world.escalations.move(taken, taken.ended(EscalationState.EXHAUSTED, NOON + 3 * MINUTE))
    assert stands(world, begun).requested == second
    assert not world.escalations.move(taken, taken.at_once(RequestedStep(3, "key:k1", "c4"), NOON))


@pytest.mark.parametrize("with_all_clear", [False, True])
def test_a_stop_says_who_stopped_it_and_whether_the_all_clear_follows(world: AlertPath, with_all_clear: bool) -> None:
    begun = begin(world)
    stopped = begun.ended(EscalationState.CANCELLED, NOON + MINUTE, "key:k1", with_all_clear=with_all_clear)
    assert world.escalations.move(begun, stopped)
    assert stands(world, begun) == stopped
    assert not world.escalations.move(begun, begun.ended(EscalationState.CANCELLED, NOON, "key:k2"))


def test_a_policy_too_big_for_a_row_lies_beside_it(real: AlertPath) -> None:
    said = tuple(secrets.token_hex(120_000) for _ in range(2))
    begun = begin(real, policy=replace(POLICY, steps=said, on_stopped="x"))
    assert real.escalations.policy(begun.key) == replace(POLICY, steps=said, on_stopped="x")


def test_s1_escalations_of_another_tenant_are_not_seen(world: AlertPath) -> None:
    theirs = LinkKey.of(TenantId(OTHER), KEY, "escalation:1")
    begun = begin(world)
    assert world.escalations.get(EscalationKey(theirs, begun.key.first)) is None
    assert world.escalations.get_all([EscalationKey(theirs, begun.key.first)]) == {}
    assert world.escalations.of_set(theirs) == []


def test_a_step_is_taken_once_and_only_on_top_of_the_one_before(world: AlertPath) -> None:
    begun = begin(world)
    first = take(world, begun)
    assert first is not None
    assert stands(world, begun) == first
    assert take(world, begun) is None
    second = take(world, first)
    assert second is not None
    assert stands(world, begun) == second
    assert not world.escalations.move(first, first.ended(EscalationState.EXHAUSTED, NOON))


def test_of_many_who_take_a_step_at_once_one_does(world: AlertPath) -> None:
    begun = begin(world)
    with ThreadPoolExecutor(6) as pool:
        taken = [after for after in pool.map(lambda _: take(world, begun), range(6)) if after]
    assert len(taken) == 1
    assert stands(world, begun) == taken[0]


def test_e2_after_the_last_answer_that_is_needed_no_step_is_taken_and_it_ends_by_answers_only(world: AlertPath) -> None:
    begun = begin(world)
    assert not world.escalations.move(begun, begun.ended(EscalationState.ACKNOWLEDGED, NOON))
    assert answer(world, begun, ANA)
    found = stands(world, begun)
    assert found.answered == 1
    assert found.stopped
    assert found.by == Answerer(ChunkKey(ACME, begun.key.first, 0, 0), 1, ResponseKind.SMS, NOON + MINUTE, "ana")
    assert take(world, begun) is None
    for state in (EscalationState.EXHAUSTED, EscalationState.CANCELLED):
        assert not world.escalations.move(begun, begun.ended(state, NOON))
    assert world.escalations.move(begun, begun.ended(EscalationState.ACKNOWLEDGED, NOON + MINUTE))
    ended = stands(world, begun)
    assert (ended.state, ended.ended_at, ended.answered) == (EscalationState.ACKNOWLEDGED, NOON + MINUTE, 1)
    assert not world.escalations.move(begun, begun.ended(EscalationState.ACKNOWLEDGED, NOON))


def test_answers_that_are_too_few_do_not_keep_a_step_from_being_taken(world: AlertPath) -> None:
    begun = begin(world, need=2)
    answer(world, begun, ANA)
    taken = take(world, begun)
    assert taken is not None
    assert stands(world, begun) == replace(taken, answered=1, by=stands(world, begun).by)


def test_k_of_n_counts_people_once_and_never_more_than_are_needed(world: AlertPath) -> None:
    begun = begin(world, need=2)
    assert answer(world, begun, ANA, id="in-1")
    assert not answer(world, begun, ANA, id="in-1")  # the same reply, delivered again
    assert answer(world, begun, ANA, ResponseKind.EMAIL)
    assert answer(world, begun, Recipient(number(7), "ana"))  # a contact is one person on any number
    assert stands(world, begun).answered == 1
    assert answer(world, begun, BOB)
    assert answer(world, begun, Recipient(number(3)))
    assert stands(world, begun).answered == 2


@pytest.mark.parametrize("evidence", [None, *Evidence])
def test_the_evidence_that_it_asks_for_reads_back(world: AlertPath, evidence: Evidence | None) -> None:
    begun = begin(world, evidence=evidence)
    assert stands(world, begun) == begun
    assert world.escalations.of_set(SET) == [begun]


def test_the_evidence_of_the_last_answer_is_kept(world: AlertPath) -> None:
    begun = begin(world)
    answer(world, begun, ANA, ResponseKind.SHORTLINK, evidence=Evidence.CONFIRMED)
    by = stands(world, begun).by
    assert by is not None
    assert (by.kind, by.evidence) == (ResponseKind.SHORTLINK, Evidence.CONFIRMED)


def test_an_answer_that_an_earlier_version_counted_reads_as_written(real: AlertPath) -> None:
    begun = begin(real)
    answer(real, begun, ANA, ResponseKind.SHORTLINK, evidence=Evidence.CONFIRMED)
    place = row_key(link_pk(SET), f"ESC#{begun.key.first}")
    row = real.table.get(place)
    assert row is not None
    old = json.dumps(json.loads(row["by"]["S"])[:6])
    real.table.change(update(place, "SET #by = :by", values={":by": {"S": old}}))
    by = stands(real, begun).by
    assert by is not None
    assert by.evidence is Evidence.WROTE


def test_what_comes_after_the_end_is_kept_with_that_reason_and_marks_nobody(world: AlertPath) -> None:
    begun = begin(world)
    assert respond(world, begun, ANA).response.counted
    after = respond(world, begun, BOB, id="in-2")
    assert (after.fresh, after.response.reason) == (True, "after_the_end")
    assert respond(world, begun, BOB, id="in-2") == Kept(replace(after.response, link=None, escalation=None), False)
    assert world.responses.count(ACME, begun.key.first, NOON) == ResponseCounts(1, 1)
    assert world.links.answered(Link(SET, begun.key.first)).keys() == {"ana"}


def test_decided_8_3_who_is_not_ok_has_answered_and_ends_nothing(world: AlertPath) -> None:
    begun = begin(world)
    kept = respond(world, begun, ANA, ResponseKind.CALL, evidence=Evidence.PRESSED, not_ok=True).response
    assert (kept.counted, kept.not_ok) == (True, True)
    assert stands(world, begun) == begun
    assert world.responses.count(ACME, begun.key.first, NOON) == ResponseCounts(1, 0)
    assert world.responses.responded(kept.key, range(2)) == {1: kept.at}
    assert world.links.answered(Link(SET, begun.key.first)) == {"ana": {ResponseKind.CALL}}


def test_what_does_not_count_counts_nobody(world: AlertPath) -> None:
    begun = begin(world)
    assert answer(world, begun, ANA, matched=False)
    assert stands(world, begun) == begun
    assert world.escalations.move(begun, begun.ended(EscalationState.CANCELLED, NOON))
    assert answer(world, begun, ANA)
    assert stands(world, begun).answered == 0


@pytest.mark.parametrize("others", [3, 120])
def test_who_has_answered_is_seen_in_one_look_with_the_escalation(world: AlertPath, others: int) -> None:
    begun = begin(world, need=5)
    answer(world, begun, ANA)
    answer(world, begun, BOB)
    everybody = [ANA, BOB, *(Recipient(number(n + 10)) for n in range(others))]
    standing = world.escalations.standing(begun.key, everybody)
    assert standing is not None
    assert standing.escalation == stands(world, begun)
    assert standing.answered == {"c:ana", f"a:{number(2)}"}
    alone = world.escalations.standing(begun.key, [])
    assert alone is not None
    assert alone.answered == frozenset()


def test_many_people_at_once_are_all_counted_up_to_what_is_needed(world: AlertPath) -> None:
    begun = begin(world, need=4)
    crowd = [Recipient(number(n)) for n in range(6)] * 2
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda who: answer(world, begun, who), crowd))
    assert stands(world, begun).answered == 4


def test_answers_and_steps_at_once_leave_one_story(world: AlertPath) -> None:
    begun = begin(world)
    with ThreadPoolExecutor(4) as pool:
        taken = pool.submit(take, world, begun)
        answered = pool.submit(answer, world, begun, ANA)
        ended = pool.submit(world.escalations.move, begun, begun.ended(EscalationState.CANCELLED, NOON))
        results = (taken.result(), answered.result(), ended.result())
    found = stands(world, begun)
    assert found.step == (1 if results[0] else 0)
    assert found.answered == (0 if results[2] else 1)


def test_no_address_name_or_text_lies_open(real: AlertPath) -> None:
    begun = begin(real, policy=replace(POLICY, steps=('{"alert":["canary +447700900001"]}', "x")))
    answer(real, begun, BOB)
    rows = real.dynamodb.query(
        TableName=real.table_name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"T#{ACME}#K#{KEY}#LS#{SET.name}"}},
    )["Items"]
    assert len(rows) == 3
    assert b"canary" not in repr(rows).encode()
    assert number(2) not in repr(rows)
