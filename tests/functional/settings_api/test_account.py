"""The settings of the account, by the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.settings_api.conftest import ACME, World
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.responses.domain.two_way import TwoWayNumber

NUMBER = "+447700900100"
NO_PBX = dict.fromkeys(("web_domain", "sip_public_ip", "sip_private_ip", "udp_port", "tcp_port", "tls_port"))


@pytest.fixture
def world(world: World) -> World:
    world.numbers.add(TwoWayNumber(NUMBER, ACME, ApiKeyId("k1")))
    return world


def test_the_settings_are_read_and_changed_in_part(world: World) -> None:
    found = world.call("GET", "/account")
    assert found.json == {
        "id": "acme", "name": "Northwater", "zone": "UTC", "quiet_hours": None, "mfa_required": False, "country": None,
        "notice_sender": None, "pbx": NO_PBX, "bus": [], "notice_sender_now": NUMBER,
    }  # fmt: skip
    quiet = {"from": "22:00", "to": "07:00", "days": ["mon", "fri"]}
    changed = {"zone": "Asia/Tokyo", "quiet_hours": quiet, "country": "GB", "pbx": {"udp_port": 5060}}

    saved = world.call("PATCH", "/account", changed, If_Match=found.headers["ETag"])

    assert saved.json == {**found.json, **changed, "pbx": {**NO_PBX, "udp_port": 5060}}
    more = world.call("PATCH", "/account", {"pbx": {"web_domain": "pbx.example"}, "quiet_hours": {"days": None}})
    assert more.json["pbx"] == {**NO_PBX, "udp_port": 5060, "web_domain": "pbx.example"}
    assert len(more.json["quiet_hours"]["days"]) == 7
    back = world.call("PATCH", "/account", {**more.json, "pbx": None, "quiet_hours": None})
    assert (back.json["pbx"], back.json["quiet_hours"]) == (NO_PBX, None)
    assert world.call("PATCH", "/account", {}, If_Match=found.headers["ETag"]).status == 412


def test_events_2_8_what_is_put_on_the_event_bus_is_replaced_as_a_whole_and_recorded(world: World) -> None:
    for sent, stands in (
        ({"bus": ["events", "rules"]}, ["rules", "events"]),
        ({"name": "Other"}, ["rules", "events"]),
        ({"bus": ["incidents"]}, ["incidents"]),
        ({"bus": None}, []),
    ):
        assert world.call("PATCH", "/account", sent).json["bus"] == stands
    found = [entry for entry in world.trail.entries.values() if "bus" in entry.after]
    assert [(entry.before["bus"], entry.after["bus"]) for entry in found] == [
        (None, ["events", "rules"]), (["events", "rules"], ["incidents"]), (["incidents"], None),
    ]  # fmt: skip


def test_decided_5_10_notices_come_from_a_number_of_the_account_or_a_name(world: World) -> None:
    assert world.call("GET", "/account").json["notice_sender_now"] == NUMBER
    assert world.call("PATCH", "/account", {"notice_sender": "North1"}).json["notice_sender_now"] == "North1"
    for wrong, code in (("+447700900999", "UNKNOWN_NUMBER"), ("12345", "WRONG_FORM"), ("a b", "WRONG_FORM")):
        refused = world.call("PATCH", "/account", {"notice_sender": wrong})
        assert (refused.status, refused.json["errors"][0]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": None}, "/name"),
        ({"zone": "Mars"}, "/zone"),
        ({"quiet_hours": {"from": "22:00", "to": "22:00"}}, "/quiet_hours/to"),
        ({"quiet_hours": {"from": "22:00"}}, "/quiet_hours/to"),
        ({"country": "XX"}, "/country"),
        ({"pbx": {"udp_port": 0}}, "/pbx/udp_port"),
        ({"pbx": {"udp_port": "5060"}}, "/pbx/udp_port"),
        ({"pbx": {"web_domain": "a b"}}, "/pbx/web_domain"),
        ({"pbx": {"domain": "a"}}, "/pbx/domain"),
        ({"sender": "a"}, "/sender"),
        ({"bus": ["rules", "results"]}, "/bus/1"),
        ({"bus": "rules"}, "/bus"),
    ],
)
def test_a_fault_is_named_and_nothing_changes(world: World, body: dict[str, Any], pointer: str) -> None:
    refused = world.call("PATCH", "/account", body)
    assert (refused.status, [each["detail"] for each in refused.json["errors"]]) == (400, [pointer])


def test_sign_in_rules_need_a_token_that_may_manage_people(world: World) -> None:
    ana = world.person("ana", "admin")
    world.as_token(ana)
    assert world.call("PATCH", "/account", {"mfa_required": True}).status == 403
    assert world.call("PATCH", "/account", {"notice_sender": "North1"}).status == 200
    world.as_token(ana, manages_people=True)
    assert world.call("PATCH", "/account", {"mfa_required": True}).json["mfa_required"] is True


def test_a_token_that_only_reads_changes_nothing(world: World) -> None:
    world.as_token(world.person("ana", "admin"), read_only=True)
    assert world.call("PATCH", "/account", {"name": "Other"}).status == 403
    assert world.call("GET", "/account").status == 200
