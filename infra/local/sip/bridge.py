"""`make phone SIP=sip:me@192.168.1.20`: a telephone of the desk rings for calls to +447700900850 … 859 (or NUMBER).

It plays recordings, and texts if `espeak-ng` is installed; else a tone stands for a text. The terminal shows what is
said. A second call meanwhile is busy. Ctrl-C ends. It needs the packages of requirements/phone.txt.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import math
import shutil
import subprocess
import sys
import threading
import wave
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress

from aiortp import PayloadType
from aiortp.codecs import get_codec

from infra.local.commands.phone import HELD, Telephones, shown
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.outside.handsets import Event
from infra.local.places import Places, chosen_home
from infra.local.sip.caller import SipAddress, SipCaller, address_towards, frames_of

RATE = 8000
RINGS = 120.0
"""Seconds; the telephone network ends an unanswered call before."""

Show = Callable[[str], None]


class DeskLine:
    """The line between a call of the simulated network and the telephone that rings for it.

    Args:
        call: the network's id.
        requests: runs requests to the network, one after the other.
    """

    def __init__(self, telephones: Telephones, call: str, requests: Executor) -> None:
        self.frames: deque[bytes] = deque()
        self.up = True
        self._telephones, self._call, self._requests = telephones, call, requests

    def answer(self) -> None:
        """The telephone was picked up."""
        self._act("answer")

    def press(self, key: str) -> None:
        """A key of the telephone was pressed."""
        self._act("press", key)

    def hang_up(self) -> None:
        """The telephone was put down."""
        self.up = False
        self._act("hang_up")

    def refuse(self) -> None:
        """The telephone is busy, or cannot be reached."""
        self._act("busy")

    def _act(self, verb: str, key: str = "") -> None:
        def act() -> None:
            with suppress(Complaint):  # the call is over
                self._telephones.act(self._call, verb, key)

        self._requests.submit(act)


class Bridge:
    """Rings one telephone for the calls of some numbers."""

    def __init__(self, telephones: Telephones, to: SipAddress, caller: SipCaller, show: Show) -> None:
        self._telephones, self._to, self._caller, self._show = telephones, to, caller, show
        self._line: DeskLine | None = None
        self._call = ""
        self._ringing: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._requests = ThreadPoolExecutor(1)  # keys arrive in the order in which they were pressed

    async def run(self, events: asyncio.Queue[Event]) -> None:
        """Do what the events of the network say, for ever."""
        while True:
            event = await events.get()
            if line := shown(event):
                self._show(line)
            if event["event"] == "ringing":
                self._rings(event["call"])
            elif event["call"] == self._call:
                await self._goes_on(event)

    def _rings(self, call: str) -> None:
        line = DeskLine(self._telephones, call, self._requests)
        if self._ringing and not self._ringing.done():
            line.refuse()
            return
        self._line, self._call, self._over = line, call, asyncio.Event()
        self._ringing = asyncio.create_task(self._talk(line))

    async def _talk(self, line: DeskLine) -> None:
        over = asyncio.create_task(self._over.wait())
        dialling = asyncio.create_task(self._caller.dial(line, self._to, RINGS))
        await asyncio.wait({over, dialling}, return_when=asyncio.FIRST_COMPLETED)
        if not dialling.done():
            dialling.cancel()
        try:
            call, refused = await dialling
        except (TimeoutError, asyncio.CancelledError):
            return
        except OSError as error:
            refused = str(error)
        if refused:
            self._show(f"{self._to} does not take the call: {refused}")
            line.refuse()
            return
        await over
        await self._caller.hang_up(call, line)

    async def _goes_on(self, event: Event) -> None:
        assert self._line
        if event["event"] == "saying":
            sound = await asyncio.to_thread(self._sound, event)
            self._line.frames.extend(frames_of(sound))
        elif event["event"] == "said" and event["cut"]:
            self._line.frames.clear()
        elif event["event"] == "ended":
            self._over.set()

    def _sound(self, event: Event) -> bytes:
        """Return what a prompt sounds like, in µ-law."""
        if event["file"]:
            wav = self._telephones.recording(event["file"])
            return wav[wav.index(b"data") + 8 :]
        return spoken(event["text"]) or tone(event["seconds"])


def spoken(text: str) -> bytes:
    """Return a text as espeak-ng speaks it, in µ-law; nothing if it is not installed."""
    if not (program := shutil.which("espeak-ng")):
        return b""
    wav = subprocess.run([program, "--stdout", "--stdin"], input=text.encode(), capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(wav)) as sound:
        rate, samples = sound.getframerate(), array("h", sound.readframes(sound.getnframes()))
    return _in_mu_law(samples[n * rate // RATE] for n in range(len(samples) * RATE // rate))


def tone(seconds: float) -> bytes:
    """Return a tone in µ-law."""
    return _in_mu_law(int(6_000 * math.sin(2 * math.pi * 440 * n / RATE)) for n in range(int(seconds * RATE)))


def _in_mu_law(samples: Iterator[int]) -> bytes:
    return bytes(get_codec(PayloadType.PCMU).encode(array("h", samples).tobytes()))


async def ring(telephones: Telephones, numbers: Sequence[str], to: SipAddress, show: Show) -> None:
    """Ring a telephone for the calls of some numbers, until this is cancelled or the network ends.

    Raises:
        Complaint: the network has ended, or this machine does not reach the telephone.
    """
    try:
        caller = SipCaller(address_towards(to.host))
    except OSError as error:
        raise Complaint(f"{to.host} cannot be reached: {error}") from error
    await caller.start()
    loop, events = asyncio.get_running_loop(), asyncio.Queue[Event]()
    ended = loop.create_future()
    after = telephones.attend(numbers)
    show(f"{to} rings for calls to {numbers[0]}{'' if len(numbers) == 1 else f' … {numbers[-1][-3:]}'}; Ctrl-C ends")

    def read() -> None:
        with suppress(RuntimeError):  # the loop has ended
            try:
                for event in telephones.events(numbers, after):
                    loop.call_soon_threadsafe(events.put_nowait, event)
            except Complaint as complaint:
                loop.call_soon_threadsafe(ended.set_exception, complaint)

    threading.Thread(target=read, daemon=True).start()
    running = asyncio.create_task(Bridge(telephones, to, caller, show).run(events))
    try:
        await asyncio.wait({ended, running}, return_when=asyncio.FIRST_COMPLETED)
        await (ended if ended.done() else running)
    finally:
        running.cancel()
        await caller.stop()


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says. Returns the exit code."""
    arguments = argparse.ArgumentParser(prog="make phone", description="SIP=sip:me@192.168.1.20 NUMBER=+44…")
    arguments.add_argument("sip", help="address of the telephone")
    arguments.add_argument("number", help="the number that it rings for; empty: those of make phone")
    chosen = arguments.parse_args(words)
    try:
        to = SipAddress.parse(chosen.sip)
        found = noted(Places(chosen_home()))
        number = "" if chosen.number == found["number"] else chosen.number.strip()  # `make env` sets NUMBER to ours
        numbers = [number] if number else HELD
        asyncio.run(ring(Telephones(found["phone"]), numbers, to, lambda line: print(line, flush=True)))
    except (Complaint, ValueError) as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
