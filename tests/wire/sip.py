"""Both ends of a true telephone call over loopback: the telephone network calls by SIP, and a phone answers.

The network is made of aiosipua and aiortp, the phone of baresip. They share no code, so each shows that the other speaks
as the standards say: SIP (RFC 3261), RTP (RFC 3550) with µ-law, and keys as telephone events (RFC 4733).
"""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import Mapping
from contextlib import suppress

from aiortp import PayloadType
from aiortp.codecs import get_codec
from baresip import Account, Call, Config, Runtime, UserAgent
from baresip.errors import AudioNotActive

from infra.local.outside.contact_flow import Answer
from infra.local.outside.handsets import Handset
from infra.local.outside.telephone import Spoken
from infra.local.places import free_port
from infra.local.sip.caller import SipAddress, frames_of

HERE = "127.0.0.1"


class SipLine(Handset):
    """The line to a phone that is called by SIP: what the call says goes out as RTP, and keys come in as events of it.

    Args:
        sounds: what each recording and each text sounds like, in µ-law at 8 kHz.
    """

    def __init__(self, sounds: Mapping[str, bytes]) -> None:
        super().__init__(self._sound, lambda event, **more: None)
        self._sounds = sounds
        self.frames: deque[bytes] = deque()
        self.saying = ""

    def _sound(self, answer: Answer) -> Spoken:
        return Spoken(answer["what"], "", "", len(self._sounds[answer["what"]]) / 8000)

    def _begins(self, prompt: str, spoken: Spoken) -> None:
        self.saying = prompt
        sound = self._sounds[spoken.text]
        self.frames.extend(frames_of(sound))

    def play(self, said: Answer, *, barge_in: bool) -> None:
        """Play a prompt, or what a key leaves of it."""
        super().play(said, barge_in=barge_in)
        if self.said[-1].cut:
            self.frames.clear()


class SoftPhone:
    """A phone on a stack of another maker."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = SipAddress("me", HERE, self.port)
        self.heard = bytearray()
        self.incoming: asyncio.Queue[Call] = asyncio.Queue()
        self._runtime = Runtime()

    async def start(self) -> None:
        """Wait for calls to `me`."""
        config = Config(net_interface=HERE, extra_config_text=f"sip_listen {HERE}:{self.port}\nsip_transports udp\n")
        await self._runtime.start(config)
        agent = await UserAgent.create(self._runtime, Account("me", HERE, "", reg_interval=0, audio_codecs=("pcmu",)))
        agent.on_incoming(self.incoming.put_nowait)

    async def answer(self) -> Call:
        """Answer the next call, and listen to it."""
        call = await asyncio.wait_for(self.incoming.get(), 10)
        await call.answer()
        await call.wait_established(10)
        return call

    async def listen(self, call: Call) -> None:
        """Keep what is heard, in samples of 16 bits, until the line is down."""
        with suppress(AudioNotActive):
            while True:
                self.heard += call.audio.read(32_000)
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Switch the phone off."""
        await self._runtime.close()


def share_heard(sound: bytes, heard: bytes, piece: int) -> float:
    """Return which share of a sound's pieces was heard, sample for sample and in order.

    Args:
        sound: µ-law.
        heard: samples of 16 bits. Stacks decode the code of silence as 0 or 2, so the last bits say nothing.
        piece: samples of a piece.
    """
    sent = _coarse(get_codec(PayloadType.PCMU).decode(sound))
    got = _coarse(heard)
    found, after = 0, 0
    parts = [sent[at : at + 2 * piece] for at in range(0, len(sent) - 2 * piece + 1, 2 * piece)]
    for part in parts:
        if (place := got.find(part, after)) >= 0:
            found, after = found + 1, place + len(part)
    return found / len(parts)


def _coarse(samples: bytes) -> bytes:
    return array("h", [(sample + 4) >> 3 for sample in array("h", samples)]).tobytes()
