"""What telephones do at a real Asterisk becomes events: manager interface, agent, payload, mapping, call."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.pbx import tocsin_pbx as agent
from infra.local.places import ROOT
from tests.agents.scripted_pbx import options
from tests.clients.scripted_api import Scripted, ScriptedApi, scripted
from tests.wire.real_asterisk import LINES, PASSWORD, RealAsterisk, real_asterisk, root
from tocsin.telephony.domain.call_assembly import CallAssembly
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.mappings.conversions import SourceSettings
from tocsin.telephony.domain.mappings.shipped import SHIPPED

pytest.importorskip("baresip", reason="a package of requirements/phone.txt is not installed: make wire installs them")

from baresip import Account, Call, Config, Runtime, UserAgent

INSTALLED = root()
if INSTALLED is None:
    pytest.skip(
        "no Asterisk is installed: install the package asterisk, or unpack that of Debian 11 and name the folder in "
        "TOCSIN_ASTERISK_ROOT",
        allow_module_level=True,
    )

ACCEPTED = Scripted(202, {"accepted": 1, "refused": 0})
HERE = "127.0.0.1"


@contextmanager
def pbx_with_agent(folder: Path) -> Iterator[tuple[RealAsterisk, ScriptedApi]]:
    """Run an Asterisk, the agent beside it as a process of its own, and the API that the agent posts to."""
    assert INSTALLED is not None
    with real_asterisk(INSTALLED, folder / "asterisk") as pbx, scripted(*[ACCEPTED] * 100) as api:
        url = f"{api.url}/events/acme-12345678"
        given = options(folder, url=url, port=pbx.manager, password=PASSWORD, name="pbx1")
        assert agent.check(None, given)
        api.asked.clear()
        running = subprocess.Popen(
            [sys.executable, str(ROOT / "agents/pbx/tocsin_pbx.py")], env={**os.environ, **given}
        )
        try:
            until(lambda: "tocsin" in pbx.says("manager show connected"))
            yield pbx, api
        finally:
            running.terminate()
            running.wait(10)


def until(come: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not come():
        assert time.monotonic() < deadline, "it has not come after 20 s"
        time.sleep(0.2)


def events_of(api: ScriptedApi) -> list[TelephonyEvent]:
    """Return the events that the posted payloads tell, in order."""
    now = datetime.now(UTC)
    settings = SourceSettings("GB", ZoneInfo("UTC"))
    payloads = [payload for asked in list(api.asked) for payload in asked.body]
    mapped = [SHIPPED["asterisk"].read(payload, settings, now, lambda type, data: ()) for payload in payloads]
    return [
        TelephonyEvent("pbx", event.id, event.type, event.time, now, dict(event.data))
        for each in mapped
        for event in each.events
    ]


def is_over(api: ScriptedApi) -> bool:
    """Whether a call has ended and both telephones have gone."""
    events = events_of(api)
    gone = [event for event in events if event.data.get("event") == "unregistered"]
    return len(gone) == len(LINES) and any(event.data.get("final") for event in events)


async def a_call_from_2010_to_2011(pbx: RealAsterisk, answered: bool) -> None:
    """Two telephones of another maker register, one calls the other for some seconds, and both unregister."""
    runtime = Runtime()
    await runtime.start(Config(net_interface=HERE))
    try:
        phones = {}
        for line in LINES:
            account = Account(line, f"{HERE}:{pbx.sip}", PASSWORD, reg_interval=300, audio_codecs=("pcmu",))
            phones[line] = await UserAgent.create(runtime, account)
            await phones[line].register()
        incoming: asyncio.Queue[Call] = asyncio.Queue()
        phones["2011"].on_incoming(incoming.put_nowait)
        calling = await phones["2010"].dial(f"sip:2011@{HERE}:{pbx.sip}")
        ringing = await asyncio.wait_for(incoming.get(), 10)
        if answered:
            await ringing.answer()
            await calling.wait_established(10)
            await asyncio.sleep(1.2)
            await calling.hangup()
        else:
            await asyncio.sleep(1.2)
            await calling.hangup()
        await asyncio.sleep(0.5)
        for phone in phones.values():
            await phone.unregister()
    finally:
        await runtime.close()


@pytest.mark.parametrize(("answered", "status"), [(False, "missed"), (True, "answered")])
def test_al_2_telephones_register_and_call_at_a_real_asterisk(
    tmp_path: Path, socket_enabled: None, answered: bool, status: str
) -> None:
    with pbx_with_agent(tmp_path) as (pbx, api):
        asyncio.run(a_call_from_2010_to_2011(pbx, answered))
        until(lambda: is_over(api))
        events = events_of(api)

    # then each telephone came and went
    lines = [(event.data["line"], event.data["event"]) for event in events if event.type == "sip.registration"]
    for line in LINES:
        assert [said for named, said in lines if named == line] == ["registered", "unregistered"]

    # and the legs of the call, which came by one id, are one call of one telephone to the other
    legs = [event for event in events if event.type == "call.leg"]
    (id,) = {event.data["callId"] for event in legs}
    assembly, _ = CallAssembly("pbx", id).add(legs, datetime.now(UTC))
    call = assembly.call_ended(datetime.now(UTC))
    assert call is not None
    told: dict[str, Any] = dict(call.data)
    assert (told["status"], told["direction"], told["line"]) == (status, "internal", "2011")
    assert (told["from"]["number"], told["to"]["number"]) == ("2010", "2011")
    assert told["from"]["name"] == LINES["2010"]
    assert bool(told.get("answeredAt")) is answered
    assert 1 <= told["durationSeconds"] <= 20
