"""`make phone SIP=…`: a telephone of another maker rings for calls of the simulated network, by SIP over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from infra.local.commands.phone import Telephones
from infra.local.outside.exchange import Exchange
from infra.local.outside.handsets import Handsets
from infra.local.outside.phones import Phones
from infra.local.telephone_server import TelephoneServer
from tests.unit.infra.network import FLOW, HAND, Deployed, Network
from tests.unit.voice.calls import PROMPTS
from tests.wire.sounds import tone_wav, without_head
from tocsin.voice.domain.script import AudioFile, PromptName

for name in ("aiortp", "aiosipua", "baresip"):
    pytest.importorskip(name, reason="a package of requirements/phone.txt is not installed: make wire installs them")

from infra.local.sip.bridge import ring  # noqa: E402
from tests.wire.sip import SoftPhone, share_heard  # noqa: E402

MAIN = tone_wav(1.5, 450)


@pytest.fixture
def network(tmp_path: Path, socket_enabled: None) -> Iterator[Network]:
    """A network whose calls take as long as they last, with a recording that can be heard."""
    system, phones, failed = Deployed(), Phones(), list[str]()
    recorded = PROMPTS[PromptName.MAIN]
    assert isinstance(recorded, AudioFile)
    system.objects[f"s3://prompts-bucket/{recorded.key}"] = MAIN
    exchange = Exchange(FLOW, tmp_path / "calls.jsonl", Handsets(), phones, failed.append)
    exchange.connect(system)
    yield Network(exchange, system, tmp_path / "calls.jsonl", phones, failed)
    exchange.connect(None)
    assert failed == []


Person = Callable[[SoftPhone, list[str]], Coroutine[Any, Any, None]]
"""What the person at the desk does, and the lines of the terminal so far."""


async def called(network: Network, person: Person, rings: float) -> tuple[SoftPhone, list[str]]:
    """Call the number for which a telephone of the desk rings; return the telephone, and what the terminal showed."""
    server, phone, showed = TelephoneServer(network.exchange), SoftPhone(), list[str]()
    server.start()
    await phone.start()
    ringing = asyncio.create_task(ring(Telephones(server.url), [HAND], phone.address, showed.append))
    try:
        while not showed:
            await asyncio.sleep(0.02)
        at_desk = asyncio.create_task(person(phone, showed))
        await asyncio.to_thread(network.dial, HAND, rings=rings)
        await at_desk
        await asyncio.sleep(0.5)  # what is under way still arrives
    finally:
        ringing.cancel()
        with suppress(asyncio.CancelledError):
            await ringing
        await phone.stop()
        server.stop()
    return phone, showed


async def until(showed: list[str], words: str) -> None:
    async with asyncio.timeout(20):
        while not any(words in line for line in showed):
            await asyncio.sleep(0.02)


def test_a_recording_is_heard_at_the_desk_and_a_key_there_is_the_answer(network: Network) -> None:
    async def presses_2(phone: SoftPhone, showed: list[str]) -> None:
        call = await phone.answer()
        listening = asyncio.create_task(phone.listen(call))
        await until(showed, "main:")
        await asyncio.sleep(0.3)
        await call.send_dtmf("2")
        await until(showed, "the line is down")
        await asyncio.sleep(0.3)
        listening.cancel()

    phone, _ = asyncio.run(called(network, presses_2, 20))

    assert share_heard(without_head(MAIN), bytes(phone.heard), 800) > 0.9
    assert network.lines[-1]["keys"] == "2"


def test_the_desk_hangs_up_in_the_middle(network: Network) -> None:
    async def hangs_up(phone: SoftPhone, showed: list[str]) -> None:
        call = await phone.answer()
        await until(showed, "main:")
        await call.hangup()

    asyncio.run(called(network, hangs_up, 20))

    (line,) = network.lines
    assert (line["endedBy"], line["said"][-1]["prompt"], line["keys"]) == ("person", "main", "")


def test_the_desk_is_busy_or_does_not_answer(network: Network) -> None:
    async def rejects(phone: SoftPhone, showed: list[str]) -> None:
        await (await phone.incoming.get()).reject()

    async def lets_it_ring(phone: SoftPhone, showed: list[str]) -> None:
        call: Any = await phone.incoming.get()
        await until(showed, "the line is down")
        async with asyncio.timeout(5):
            while call.state.name != "CLOSED":  # it rings no more
                await asyncio.sleep(0.02)

    asyncio.run(called(network, rejects, 20))
    asyncio.run(called(network, lets_it_ring, 1))

    assert [line["endedBy"] for line in network.lines] == ["busy", "no answer"]
