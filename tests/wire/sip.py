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

from aiortp import PayloadType, RTPSession
from aiortp.codecs import get_codec
from aiosipua import SipUAC, SipUAS, build_sdp
from aiosipua.outgoing_call import OutgoingCall
from aiosipua.transport import UdpSipTransport
from baresip import Account, Call, Config, Runtime, UserAgent
from baresip.errors import AudioNotActive

from infra.local.outside.contact_flow import Answer
from infra.local.outside.handsets import Handset
from infra.local.outside.telephone import Spoken
from infra.local.places import free_port

HERE = "127.0.0.1"
FRAME = 160
"""Bytes of one packet: 20 ms of µ-law at 8 kHz."""

SILENCE = b"\xff" * FRAME


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
        self.frames.extend(sound[at : at + FRAME].ljust(FRAME, b"\xff") for at in range(0, len(sound), FRAME))

    def play(self, said: Answer, *, barge_in: bool) -> None:
        """Play a prompt, or what a key leaves of it."""
        super().play(said, barge_in=barge_in)
        if self.said[-1].cut:
            self.frames.clear()


class Caller:
    """The telephone network: one call at a time."""

    def __init__(self) -> None:
        self._transport = UdpSipTransport(local_addr=(HERE, free_port()))
        self._uac = SipUAC(self._transport)
        self._uas = SipUAS(self._transport, uac=self._uac)
        self._rtp: RTPSession | None = None
        self._sending: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen for SIP."""
        await self._uas.start()

    async def dial(self, line: SipLine, user: str, port: int, seconds: float) -> tuple[OutgoingCall, str]:
        """Call a phone. Return the call, and how it was refused, "" if it was answered.

        Raises:
            TimeoutError: it was not answered within `seconds`; it rings no more.
        """
        media = free_port()
        offer = build_sdp(HERE, media, PayloadType.PCMU, "PCMU")
        call = self._uac.send_invite(f"sip:tocsin@{HERE}", f"sip:{user}@{HERE}:{port}", (HERE, port), offer)
        self._uas.on_bye = lambda *_: line.hang_up()
        try:
            await call.wait_answered(seconds)
        except TimeoutError:
            call.cancel(self._uac)
            raise
        except RuntimeError as refused:
            return call, str(refused)
        assert call.sdp_answer
        assert call.sdp_answer.rtp_address
        self._rtp = await RTPSession.create((HERE, media), call.sdp_answer.rtp_address, PayloadType.PCMU)
        self._rtp.on_dtmf = lambda digit, duration: line.press(digit)
        self._sending = asyncio.create_task(self._send(line))
        line.answer()
        return call, ""

    async def hang_up(self, call: OutgoingCall, line: SipLine) -> None:
        """Let what is left be heard, which a phone plays some packets later than it comes, and end the call."""
        while line.frames and line.up:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        call.hangup(self._uac)
        if self._sending and self._rtp:
            self._sending.cancel()
            await self._rtp.close()

    async def stop(self) -> None:
        """Stop listening."""
        self._uac.close()
        await self._uas.stop()

    async def _send(self, line: SipLine) -> None:
        """Send a packet every 20 ms, of silence if nothing is said."""
        assert self._rtp
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._rtp.send_audio_auto(line.frames.popleft() if line.frames else SILENCE)
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))


class SoftPhone:
    """A phone on a stack of another maker."""

    def __init__(self) -> None:
        self.port = free_port()
        self.heard = bytearray()
        self.incoming: asyncio.Queue[Call] = asyncio.Queue()
        self._runtime = Runtime()

    async def start(self) -> None:
        """Wait for calls to `me`."""
        config = Config(net_interface=HERE, extra_config_text=f"sip_listen {HERE}:{self.port}\n")
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
