"""Calls by SIP (RFC 3261): RTP (RFC 3550) with µ-law, and keys as telephone events (RFC 4733).

It needs the packages of requirements/phone.txt.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from aiortp import PayloadType, RTPSession
from aiosipua import SipUAC, SipUAS, build_sdp
from aiosipua.outgoing_call import OutgoingCall
from aiosipua.transport import UdpSipTransport

from infra.local.places import free_port

FRAME = 160
"""Bytes of one packet: 20 ms of µ-law at 8 kHz."""

SILENCE = b"\xff" * FRAME

_ADDRESS = re.compile(r"(?:sip:)?([A-Za-z0-9_.+-]{1,64})@([A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class SipAddress:
    """Where a telephone is called: `sip:user@host:port`."""

    user: str
    host: str
    port: int = 5060

    def __str__(self) -> str:
        return f"sip:{self.user}@{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> SipAddress:
        """Return the address that a person typed. Raises ValueError."""
        if not (found := _ADDRESS.fullmatch(text.strip())):
            raise ValueError("not an address like sip:me@192.168.1.20")
        return cls(found[1], found[2], int(found[3] or 5060))


class CalledLine(Protocol):
    """What is said to a telephone, and what its person does.

    Attributes:
        frames: the packets that are sent next; silence if there is none.
    """

    frames: deque[bytes]

    @property
    def up(self) -> bool:
        """Whether the person has not hung up."""

    def answer(self) -> None:
        """The person answered."""

    def press(self, key: str) -> None:
        """The person pressed a key."""

    def hang_up(self) -> None:
        """The person hung up."""


def frames_of(sound: bytes) -> list[bytes]:
    """Return µ-law in packets; the last one is filled with silence."""
    return [sound[at : at + FRAME].ljust(FRAME, b"\xff") for at in range(0, len(sound), FRAME)]


class SipCaller:
    """One call at a time.

    Args:
        here: the address of this machine that telephones answer to.
    """

    def __init__(self, here: str) -> None:
        self._here = here
        self._transport = UdpSipTransport(local_addr=(here, free_port()))
        self._uac = SipUAC(self._transport)
        self._uas = SipUAS(self._transport, uac=self._uac)
        self._rtp: RTPSession | None = None
        self._sending: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen for SIP."""
        await self._uas.start()

    async def dial(self, line: CalledLine, to: SipAddress, seconds: float) -> tuple[OutgoingCall, str]:
        """Call a telephone. Return the call, and how it was refused, "" if it was answered.

        Raises:
            TimeoutError: it was not answered within `seconds`; it rings no more. Neither if this is cancelled.
        """
        media = free_port()
        offer = build_sdp(self._here, media, PayloadType.PCMU, "PCMU")
        call = self._uac.send_invite(f"sip:tocsin@{self._here}", str(to), (to.host, to.port), offer)
        self._uas.on_bye = lambda *_: line.hang_up()
        try:
            await call.wait_answered(seconds)
        except (TimeoutError, asyncio.CancelledError):
            call.cancel(self._uac)
            raise
        except RuntimeError as refused:
            return call, str(refused)
        assert call.sdp_answer
        assert call.sdp_answer.rtp_address
        self._rtp = await RTPSession.create((self._here, media), call.sdp_answer.rtp_address, PayloadType.PCMU)
        self._rtp.on_dtmf = lambda digit, duration: line.press(digit)
        self._sending = asyncio.create_task(self._send(line))
        line.answer()
        return call, ""

    async def hang_up(self, call: OutgoingCall, line: CalledLine) -> None:
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

    async def _send(self, line: CalledLine) -> None:
        """Send a packet every 20 ms, of silence if nothing is said."""
        assert self._rtp
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._rtp.send_audio_auto(line.frames.popleft() if line.frames else SILENCE)
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))


def address_towards(host: str) -> str:
    """Return the address of this machine from which it reaches a host. Raises OSError: it reaches none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
        unsent.connect((host, 5060))
        return str(unsent.getsockname()[0])
