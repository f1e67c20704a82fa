"""A true telephone call over loopback: the deployed flow and our dialogue, SIP, RTP audio, and keys on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.outside.contact_flow import FlowRun
from tests.unit.infra.network import FLOW, Deployed
from tests.unit.voice.calls import PROMPTS
from tests.wire.sounds import tone_wav, without_head
from tocsin.voice.domain.script import AudioFile, Prompt, PromptName, Replay, SpokenSsml, SpokenText

MISSING = "a package of requirements/phone.txt is not installed: make wire installs them and runs this test"
for name in ("aiortp", "aiosipua", "baresip"):
    pytest.importorskip(name, reason=MISSING)

from baresip import CallState  # noqa: E402

from infra.local.sip.caller import SipAddress, SipCaller  # noqa: E402
from tests.wire.sip import HERE, SipLine, SoftPhone, share_heard  # noqa: E402

CONTACT = {"ContactId": "c-1", "Attributes": {"message": "acme.a1.0.0.0.1"}, "InitiationMethod": "API"}

SECONDS = {PromptName.PRE: 0.6, PromptName.MAIN: 1.5, PromptName.POST: 0.8, PromptName.DONE: 0.4}


def spoken_as(prompt: Prompt) -> str:
    """Return what an answer says for a prompt: a text, SSML, or the address of the recording."""
    match prompt:
        case AudioFile(key=key):
            return f"s3://prompts-bucket/{key}"
        case SpokenText(text=text):
            return text
        case SpokenSsml(ssml=ssml):
            return ssml


SOUNDS = {
    spoken_as(PROMPTS[name]): without_head(tone_wav(seconds, 300 + 150 * place))
    for place, (name, seconds) in enumerate(SECONDS.items())
}


@dataclass
class Talk:
    """A call that is over, as both ends saw it."""

    reason: str
    line: SipLine
    heard: bytes

    @property
    def said(self) -> list[str]:
        """The prompts in order; those that a key or the end cut have a `-` behind them."""
        return [f"{said.prompt}{'' if said.full else '-'}" for said in self.line.said]

    def share(self, prompt: PromptName) -> float:
        """Return which share of a prompt arrived, in pieces of 100 ms that are right sample for sample."""
        return share_heard(SOUNDS[spoken_as(PROMPTS[prompt])], self.heard, 800)


Person = Callable[[SipLine, Any], Awaitable[None]]
"""What the person does with the phone, once the call is answered."""


async def talk(script: Replay, person: Person) -> Talk:
    caller, phone, line = SipCaller(HERE), SoftPhone(), SipLine(SOUNDS)

    async def pick_up() -> asyncio.Task[None]:
        call = await phone.answer()
        listening = asyncio.create_task(phone.listen(call))
        await person(line, call)
        return listening

    try:
        await caller.start()
        await phone.start()
        picked_up = asyncio.create_task(pick_up())
        call, refused = await caller.dial(line, phone.address, 10)
        assert refused == ""
        reason = await asyncio.to_thread(FlowRun(FLOW, line, Deployed(script=script).ask, CONTACT).run)
        await caller.hang_up(call, line)
        listening = await picked_up
        await asyncio.sleep(0.3)  # what is under way still arrives
        listening.cancel()
        return Talk(reason, line, bytes(phone.heard))
    finally:
        await phone.stop()
        await caller.stop()


async def during(line: SipLine, prompt: str, seconds: float) -> None:
    """Wait until a prompt has played for some seconds."""
    while line.saying != prompt:
        await asyncio.sleep(0.01)
    await asyncio.sleep(seconds)


def test_a_recording_arrives_whole_and_a_key_that_was_pressed_meanwhile_counts(socket_enabled: None) -> None:
    async def presses_2(line: SipLine, call: Any) -> None:
        await during(line, "main", 0.3)
        await call.send_dtmf("2")

    done = asyncio.run(talk(Replay(), presses_2))

    assert done.said == ["pre", "main", "post", "done"]
    assert (done.line.taken, done.reason) == ("2", "CONTACT_FLOW_DISCONNECT")
    assert done.share(PromptName.MAIN) > 0.9
    assert done.share(PromptName.POST) > 0.8


def test_every_key_crosses_the_wire_once(socket_enabled: None) -> None:
    async def presses_all(line: SipLine, call: Any) -> None:
        await during(line, "pre", 0.3)
        await call.send_dtmf("3456789*0#2")

    done = asyncio.run(talk(Replay(not_ok="1", say_again="9"), presses_all))

    assert done.line.pressed == "3456789*0#2"
    assert done.line.taken == "3456789*0#2"


def test_a_key_cuts_the_recording_and_the_phone_hears_no_more_of_it(socket_enabled: None) -> None:
    async def interrupts(line: SipLine, call: Any) -> None:
        await during(line, "main", 0.4)
        await call.send_dtmf("2")

    done = asyncio.run(talk(Replay(barge_in=True), interrupts))

    assert done.said == ["pre", "main-", "post-", "done"]
    assert 0.1 < done.share(PromptName.MAIN) < 0.8
    assert done.share(PromptName.POST) == 0
    assert done.share(PromptName.DONE) > 0.5


def test_the_phone_hangs_up_in_the_middle(socket_enabled: None) -> None:
    async def hangs_up(line: SipLine, call: Any) -> None:
        await during(line, "main", 0.4)
        await call.hangup()

    done = asyncio.run(talk(Replay(), hangs_up))

    assert done.said == ["pre", "main-"]
    assert done.reason == "CUSTOMER_DISCONNECT"


def test_a_phone_is_busy_unknown_or_not_answered(socket_enabled: None) -> None:
    async def refused() -> tuple[str, str, bool]:
        caller, phone = SipCaller(HERE), SoftPhone()
        try:
            await caller.start()
            await phone.start()

            async def reject() -> None:
                await (await phone.incoming.get()).reject()

            rejecting = asyncio.create_task(reject())
            _, busy = await caller.dial(SipLine(SOUNDS), phone.address, 10)
            await rejecting
            _, unknown = await caller.dial(SipLine(SOUNDS), SipAddress("stranger", HERE, phone.port), 10)
            with pytest.raises(TimeoutError):
                await caller.dial(SipLine(SOUNDS), phone.address, 0.5)
            call = await phone.incoming.get()
            for _ in range(200):
                if call.state is CallState.CLOSED:
                    break
                await asyncio.sleep(0.01)
            return busy, unknown, call.state is CallState.CLOSED
        finally:
            await phone.stop()
            await caller.stop()

    busy, unknown, stopped_ringing = asyncio.run(refused())

    assert "486" in busy
    assert "404" in unknown
    assert stopped_ringing
