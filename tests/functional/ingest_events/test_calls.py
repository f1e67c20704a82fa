"""POST /events and POST /iam/events: who may send, in which forms, and what the answer says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.time import NOON
from tests.functional.ingest_events.conftest import ACME, RIVAL, IngestWorld, event, statuses
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.identity.domain.permissions import CUSTOM, SystemRole
from tocsin.identity.domain.role import Role, granted
from tocsin.kernel.domain.ids import RoleId
from tocsin.limits.application.limit_calls import EVENT_CALLS
from tocsin.telephony.domain.event_sender import EventSender

BINARY = {"ce-specversion": "1.0", "ce-id": "b1", "ce-source": "pbx", "ce-type": "call.ended"}
ROLE = "arn:aws:iam::111122223333:role/pbx/CallLog"
SESSION = "arn:aws:sts::111122223333:assumed-role/CallLog/i-0abc"


@pytest.mark.parametrize(
    ("body", "headers", "ids"),
    [
        (event("s1"), {"content-type": "application/cloudevents+json; charset=utf-8"}, ["s1"]),
        (event("j1"), {}, ["j1"]),
        (event("b1")["data"], {**BINARY, "ce-time": NOON.isoformat()}, ["b1"]),
        ([event("l1"), event("l2")], {"content-type": "application/cloudevents-batch+json"}, ["l1", "l2"]),
        ([event("l1"), event("l2")], {}, ["l1", "l2"]),
    ],
    ids=["structured", "plain JSON", "binary", "batch", "plain list"],
)
def test_each_form_of_a_cloud_event_is_stored(
    world: IngestWorld, body: Any, headers: Mapping[str, str], ids: list[str]
) -> None:
    given = {"content-type": "application/json", **headers}
    answer = world.gateway.call("POST", "/events", json.dumps(body), given)
    assert answer.status == 202, answer.text
    assert (answer.json["accepted"], answer.json["duplicates"], answer.json["refused"]) == (len(ids), 0, 0)
    assert [item["id"] for item in answer.json["items"]] == ids == world.stored()
    names = [item["event_id"] for item in answer.json["items"]]
    assert names == [name for _, name in world.rows.kept]


def test_a_repeat_is_told_and_a_refused_event_holds_no_other_up(world: IngestWorld) -> None:
    world.post(event("1"))
    old = event("old", at=NOON - timedelta(hours=73))
    answer = world.post([event("1"), event("2"), event("bad", status="?"), old, event("2")])
    assert (answer.status, statuses(answer)) == (202, ["duplicate", "accepted", "refused", "late", "duplicate"])
    assert answer.json["items"][2]["errors"][0]["detail"] == "/data/status"
    assert world.stored() == ["1", "2", "old"]


def test_422_says_that_no_event_was_taken(world: IngestWorld) -> None:
    answer = world.post([event("a", status="?"), {"id": "b"}])
    assert (answer.status, statuses(answer)) == (422, ["refused", "refused"])
    assert world.stored() == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "NOT_JSON"),
        ("", 400, "EMPTY_BODY"),
        ('"text"', 400, "WRONG_TYPE"),
        (json.dumps([{}] * 501), 400, "TOO_MANY"),
        (json.dumps([{"a": "x" * 1_048_576}]), 413, "REQUEST_TOO_LARGE"),
    ],
)
def test_a_body_over_a_limit_is_refused_as_a_whole(world: IngestWorld, body: str, status: int, code: str) -> None:
    answer = world.gateway.call("POST", "/events", body, {"content-type": "application/json"})
    assert answer.status == status
    assert code in {answer.json["code"], *(each["code"] for each in answer.json["errors"])}
    assert world.stored() == []


def test_an_event_over_64_kb_is_refused_alone(world: IngestWorld) -> None:
    answer = world.post([event("big", note="x" * 65_536), event("small")])
    assert statuses(answer) == ["refused", "accepted"]


def test_decided_1_the_body_is_judged_after_the_right_and_json_before_it(world: IngestWorld) -> None:
    world.as_key(rights=frozenset())
    assert world.gateway.call("POST", "/events", "{").status == 400
    assert world.post([event("a", status="?")]).status == 403
    world.gateway.authorizer = None
    assert world.post(event("a")).status == 401
    world.as_key()
    assert world.gateway.call("POST", "/events", json.dumps(event("a")), query={"x": ["1"]}).status == 400


@pytest.mark.parametrize("right", [each for each in Right if each is not Right.SEND_EVENTS])
def test_a_key_needs_the_right_of_its_own(world: IngestWorld, right: Right) -> None:
    world.as_key(rights=frozenset({right}))
    answer = world.post(event("a"))
    assert (answer.status, "canSendEvents" in answer.text, world.stored()) == (403, True, [])


@pytest.mark.parametrize("role", SystemRole)
def test_decided_3_20_of_people_owners_and_admins_send_events(world: IngestWorld, role: SystemRole) -> None:
    world.as_role(role)
    may = role in (SystemRole.OWNER, SystemRole.ADMIN)
    assert world.post(event("a")).status == (202 if may else 403)
    assert world.stored() == ["a"] * may


def test_neither_a_custom_role_nor_a_token_that_reads_only_sends_events(world: IngestWorld) -> None:
    everything = granted(CUSTOM, companies=False)
    world.as_person(Role(ACME, RoleId("c1"), "all", everything))
    assert world.post(event("a")).status == 403
    world.as_role(SystemRole.ADMIN, read_only=True)
    assert world.post(event("a")).status == 403


def test_s1_an_event_is_its_tenants_alone(world: IngestWorld) -> None:
    world.post(event("a"))
    world.as_key(RIVAL)
    assert statuses(world.post(event("a"))) == ["accepted"]
    assert world.stored(ACME) == world.stored(RIVAL) == ["a"]


def test_what_a_rule_asks_for_is_owed_and_ordered(world: IngestWorld) -> None:
    id = world.a_rule()
    world.post([world.now("missed"), world.now("answered", status="answered", direction="outgoing")])
    assert {each.event.id: [act[:2] for act in each.acts] for each in world.rows.kept.values()} == {
        "missed": [["rule", id], ["notice"]],  # the line is a person's
        "answered": [],
    }
    (order,) = world.owed.queued
    assert [world.rows.kept[ACME, name].event.id for name in order.names] == ["missed"]


def test_decided_3_11_events_of_a_sandbox_key_are_decided_and_never_taken_for_real_ones(world: IngestWorld) -> None:
    id = world.a_rule()
    registered = event("r", "sip.registration", world.clock(), line="2001", event="unregistered")
    leg = event("l", at=world.clock(), legId="1") | {"type": "call.leg"}
    world.as_key(kind=KeyKind.SANDBOX)
    sent = [world.now("missed"), registered, leg]
    assert statuses(world.post(sent)) == ["accepted"] * 3
    assert {each.event.id: ([act[:2] for act in each.acts], each.sandbox) for each in world.rows.kept.values()} == {
        "missed": ([["rule", id]], True),
        "r": ([], True),  # no line changes its state
        "l": ([], True),  # no call is assembled
    }
    # the same events of a live key are no repeats
    world.as_key()
    assert statuses(world.post(sent)) == ["accepted"] * 3
    acts = {each.event.id: [act[0] for act in each.acts] for each in world.rows.kept.values() if not each.sandbox}
    assert acts == {"missed": ["rule", "notice"], "r": ["line"], "l": ["leg"]}


def test_national_numbers_are_those_of_the_accounts_country(world: IngestWorld) -> None:
    world.tenants.set_country(ACME, "GB")
    sent = event("a")
    world.post(sent | {"data": {**sent["data"], "from": {"number": "020 7946 0000"}}})
    (stored,) = world.rows.kept.values()
    assert stored.event.data["from"]["number"] == "+442079460000"


def test_the_201st_call_within_a_second_waits(world: IngestWorld) -> None:
    for _ in range(EVENT_CALLS.count):
        assert world.post([]).status == 202
    refused = world.post(event("a"))
    assert (refused.status, refused.headers["Retry-After"], world.stored()) == (429, "1", [])
    world.as_key(RIVAL)
    assert world.post(event("a")).status == 202  # another account's calls are its own
    world.as_key()
    world.clock.advance(timedelta(seconds=1))
    assert world.post(event("a")).status == 202


def test_while_the_store_is_out_the_sender_is_asked_to_repeat(world: IngestWorld) -> None:
    world.rows.outage.failing = 1
    assert world.post(event("a")).status == 503


@pytest.mark.parametrize("arn", [None, "", "arn:aws:iam::111122223333:user/ana", "arn:aws:iam::111122223333:root"])
def test_only_a_role_whose_signature_was_checked_is_known(world: IngestWorld, arn: str | None) -> None:
    answer = world.iam(event("a"), arn)
    assert (answer.status, world.stored()) == (401, [])


def test_a_role_sends_for_the_tenant_that_the_operator_named(world: IngestWorld) -> None:
    assert world.iam(event("a"), SESSION).status == 403
    sender = EventSender.role(ROLE)
    assert sender is not None
    world.senders.allow(sender, RIVAL)
    assert world.iam(event("a"), SESSION).status == 202
    assert (world.stored(ACME), world.stored(RIVAL)) == ([], ["a"])
    # a role of another account, or of another name, is another one
    for other in (SESSION.replace("111122223333", "444455556666"), SESSION.replace("CallLog", "CallLogs")):
        assert world.iam(event("b"), other).status == 403
