"""The agent reads events of scripted telephone systems, and makes batches of them."""

from __future__ import annotations

import ast
import json
import sys
import threading
from pathlib import Path

import pytest

from agents.pbx import tocsin_pbx as agent
from infra.local.places import ROOT
from tests.agents.scripted_pbx import PASSWORD, Caller, asterisk, config, events_read, freeswitch, pbx

CDR = {"Event": "Cdr", "Source": "+447700900123", "Disposition": "NO ANSWER", "DestinationChannel": "PJSIP/2010-01"}
ENDED = {"Event": "CEL", "EventName": "LINKEDID_END", "LinkedID": "1701.1"}
STARTED = {"Event": "CEL", "EventName": "CHAN_START", "LinkedID": "1701.1"}
CONTACT = {"Event": "ContactStatus", "URI": "sip:2010@10.0.0.5:5060", "ContactStatus": "NonQualified", "AOR": "2010"}
REGISTERED = {"Event-Name": "CUSTOM", "Event-Subclass": "sofia::register", "from-user": "2010", "update-reg": "true"}


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "LONGEST_PAUSE", 0.01)


def test_the_agent_compiles_under_python_3_8() -> None:
    ast.parse((ROOT / "agents/pbx/tocsin_pbx.py").read_text(), feature_version=(3, 8))


def test_the_agent_needs_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "agents/pbx/tocsin_pbx.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_asterisk_events_that_the_configuration_names_are_read(tmp_path: Path) -> None:
    end = threading.Event()
    with pbx(
        asterisk(CDR, STARTED, {"Event": "Newexten"}, {"Event": "PeerStatus"}, ENDED, CONTACT, until=end)
    ) as server:
        found = events_read(config(tmp_path, port=server.port), 3, end)
    assert found == [CDR, ENDED, CONTACT]
    assert server.heard[0].splitlines()[:3] == ["Action: Login", "Username: tocsin", f"Secret: {PASSWORD}"]


def test_freeswitch_events_are_subscribed_to_and_read(tmp_path: Path) -> None:
    end = threading.Event()
    with pbx(freeswitch(REGISTERED, {"Event-Name": "HEARTBEAT"}, REGISTERED, until=end)) as server:
        found = events_read(config(tmp_path, kind="freeswitch", port=server.port, user=""), 2, end)
    assert found == [REGISTERED, REGISTERED]
    assert server.heard == [
        f"auth {PASSWORD}",
        "event json CUSTOM sofia::register sofia::unregister sofia::expire callcenter::info",
    ]


def test_freeswitch_is_asked_for_plain_and_custom_events_in_one_command(tmp_path: Path) -> None:
    names = "CUSTOM:sofia::expire, CHANNEL_HANGUP_COMPLETE"
    with pbx(freeswitch()) as server:
        agent.connect(config(tmp_path, kind="freeswitch", port=server.port, events=names)).close()
    assert server.heard == [
        f"userauth tocsin:{PASSWORD}",
        "event json CHANNEL_HANGUP_COMPLETE CUSTOM sofia::expire",
    ]


def test_a_connection_that_ends_is_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    end = threading.Event()
    with pbx(asterisk(CDR), asterisk(answer="Error"), asterisk(CONTACT, until=end)) as server:
        assert events_read(config(tmp_path, port=server.port), 2, end) == [CDR, CONTACT]
    said = capsys.readouterr().err
    assert "closed the connection; until the next connection no event is read" in said
    assert "Asterisk refused the login of user 'tocsin': Authentication failed" in said
    assert PASSWORD not in said


def test_a_quiet_telephone_system_is_asked_whether_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(agent, "QUIET_SECONDS", 0.05)
    end = threading.Event()

    def answers_once(caller: Caller) -> None:
        asterisk()(caller)
        assert caller.hear() == "Action: Ping"
        caller.say("Response: Success", "Ping: Pong")
        caller.say("Event: Cdr", "Uniqueid: after the ping")
        assert caller.hear() == "Action: Ping"
        caller.hear()

    with pbx(answers_once, asterisk(CONTACT, until=end)) as server:
        found = events_read(config(tmp_path, port=server.port), 2, end)
    assert [event["Event"] for event in found] == ["Cdr", "ContactStatus"]
    assert "said nothing for 0 seconds" in capsys.readouterr().err


def test_a_field_that_comes_several_times_is_a_list_and_wrong_bytes_do_no_harm() -> None:
    block = b"Event: Cdr\r\nChanVariable: a=1\r\nChanVariable: b=2\r\nChanVariable: c=3\r\nName: \xff\r\nno colon"
    assert agent.fields_of(block) == {"Event": "Cdr", "ChanVariable": ["a=1", "b=2", "c=3"], "Name": "�"}


def batches_of(tmp_path: Path, clock: list[float]) -> tuple[agent.Batches, agent.Spool]:
    spool = agent.Spool(tmp_path / "spool", lambda: clock[0])
    spool.open()
    return agent.Batches(config(tmp_path), spool, lambda: clock[0]), spool


def test_a_batch_has_a_hundred_events_and_each_an_id_of_its_own(tmp_path: Path) -> None:
    batches, spool = batches_of(tmp_path, [1_700_000_000.5])
    for _ in range(101):
        batches.add(CDR)
    name, body = spool.oldest() or ("", b"")
    events = json.loads(body)
    assert len(events) == 100
    assert events[0] == {**CDR, "AgentEventId": "pbx1:18bcfe569f4:1", "AgentTime": "2023-11-14T22:13:20.500Z"}
    assert events[99]["AgentEventId"] == "pbx1:18bcfe569f4:100"
    spool.remove(name)
    batches.flush()
    assert len(json.loads((spool.oldest() or ("", b""))[1])) == 1


def test_a_batch_waits_for_a_second_at_most(tmp_path: Path) -> None:
    clock = [1_700_000_000.0]
    batches, _ = batches_of(tmp_path, clock)
    assert not batches.due()
    batches.add(CDR)
    clock[0] += 0.9
    assert not batches.due()
    clock[0] += 0.1
    assert batches.due()


def test_a_batch_stays_below_a_megabyte_and_a_longer_event_is_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batches, spool = batches_of(tmp_path, [1_700_000_000.0])
    for _ in range(12):
        batches.add({"Event": "Cdr", "UserField": "x" * 50_000})
    batches.add({"Event": "Cdr", "UserField": "x" * 60_000})
    assert 500_000 < len((spool.oldest() or ("", b""))[1]) < 600_000
    assert "pbx1:18bcfe56800:13 was dropped: it has 60" in capsys.readouterr().err


def test_passwords_in_events_stay_in_the_telephone_system(tmp_path: Path) -> None:
    batches, spool = batches_of(tmp_path, [1_700_000_000.0])
    batches.add({**CDR, "variable_sip_auth_password": "hunter2", "Secret": "hunter2"})
    batches.flush()
    assert b"hunter2" not in (spool.oldest() or ("", b""))[1]
