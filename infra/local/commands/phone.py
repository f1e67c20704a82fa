"""`make phone`: a phone in the terminal, at +447700900850 … 859 or at NUMBER. `make call`: a call in from one.

Keys are read one character each, from a terminal or a pipe; Enter does nothing. From a pipe, each waits until it can be
pressed: `a` and `b` for a phone that rings, the others for a line that is up.

    a answer    b busy    0-9 * # keys    h hang up
"""

from __future__ import annotations

import argparse
import json
import sys
import termios
import threading
import tty
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO
from urllib.parse import urlencode

from infra.local.commands.running import START_IT, noted
from infra.local.complaint import Complaint
from infra.local.outside.exchange import WITHHELD
from infra.local.outside.handsets import KEYS, LONGEST_WAIT, Event
from infra.local.places import Places, chosen_home

HELD = tuple(f"+4477009008{last}" for last in range(50, 60))
"""The phones of `make phone`, unless NUMBER names another; `make call` calls from the first."""

VERBS = {"a": "answer", "b": "busy", "h": "hang_up"}

Show = Callable[[str], None]


class Telephones:
    """The simulated telephone network of `make run` (`telephone_server`)."""

    def __init__(self, url: str) -> None:
        self._url = url

    def attend(self, numbers: Sequence[str]) -> int:
        """Hold the phones with these numbers from now on; return the `after` of `events`."""
        return int(self._ask(f"/phone/events?{_numbers(numbers)}")["after"])

    def events(self, numbers: Sequence[str], after: int) -> Iterator[Event]:
        """Yield the events of some numbers as they come."""
        while True:
            asked = urlencode({"after": after, "wait": LONGEST_WAIT})
            answered = self._ask(f"/phone/events?{_numbers(numbers)}&{asked}")
            yield from answered["events"]
            after = answered["after"]

    def act(self, call: str, verb: str, key: str = "") -> None:
        """Answer, be busy, press a key or hang up. Raises Complaint if the call is over."""
        self._ask(f"/phone/calls/{call}/{verb}", {"key": key} if key else {})

    def recording(self, file: str) -> bytes:
        """Return a recording that an event `saying` names: WAV, µ-law, 8 kHz. Raises Complaint: there is none."""
        return self._read(f"/phone/recording?{urlencode({'file': file})}")

    def call_in(self, caller: str, number: str) -> str:
        """Call a number of ours; return the id of the call."""
        return str(self._ask("/call", {"from": caller, "to": number})["call"])

    def _ask(self, path: str, body: Mapping[str, str] | None = None) -> Any:
        return json.loads(self._read(path, None if body is None else json.dumps(body).encode()))

    def _read(self, path: str, sent: bytes | None = None) -> bytes:
        try:
            with urllib.request.urlopen(urllib.request.Request(self._url + path, sent), timeout=60) as reply:
                read: bytes = reply.read()
                return read
        except urllib.error.HTTPError as error:
            raise Complaint(json.load(error)["message"]) from error
        except OSError as error:
            raise Complaint(f"the telephone network has ended: {START_IT}") from error


def _numbers(numbers: Sequence[str]) -> str:
    return urlencode([("number", number) for number in numbers])


class Held:
    """The calls of the phones that this terminal holds: which of them ring, and which are up, oldest first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: dict[str, str] = {}

    def note(self, event: Event) -> None:
        """Note what has become of a call."""
        with self._changed:
            if event["event"] in ("ringing", "answered"):
                self._calls[event["call"]] = event["event"]
            elif event["event"] == "ended":
                self._calls.pop(event["call"], None)
            self._changed.notify_all()

    def first(self, state: str, *, patient: bool) -> str | None:
        """Return the oldest call in a state; None if there is none. `patient`: wait until there is one."""
        with self._changed:
            if patient:
                self._changed.wait_for(lambda: state in self._calls.values())
            return next((call for call, now in self._calls.items() if now == state), None)

    def leave(self, call: str) -> None:
        """Take no more keys for a call until an event says what has become of it."""
        with self._changed:
            self._calls.pop(call, None)


def be_a_phone(telephones: Telephones, numbers: Sequence[str], keys: TextIO, show: Show) -> None:
    """Hold some phones for ever. Raises Complaint when the telephone network has ended."""
    after = telephones.attend(numbers)
    named = numbers[0] if len(numbers) == 1 else f"{numbers[0]} … {numbers[-1][-3:]}"
    show(f"waiting for calls to {named}: a answers, b is busy, 0-9 * # press keys, h hangs up, Ctrl-C ends")
    _hold(telephones, numbers, after, keys, show)


def call_us(telephones: Telephones, number: str, to: str, keys: TextIO, show: Show) -> None:
    """Call a number of ours, and return when the line is down. Raises Complaint if there is no free line."""
    after = telephones.attend([number])
    placed = telephones.call_in("" if number == WITHHELD else number, to)
    show(f"{number} calls {to}: 0-9 * # press keys, h hangs up")
    _hold(telephones, [number], after, keys, show, until=placed)


def _hold(
    telephones: Telephones, numbers: Sequence[str], after: int, keys: TextIO, show: Show, until: str = ""
) -> None:
    """Show what some phones do, and press the keys that are read, until the end of a call."""
    held = Held()
    patient = not keys.isatty()
    threading.Thread(target=_press, args=(telephones, held, keys, show, patient), daemon=True).start()
    for event in telephones.events(numbers, after):
        held.note(event)
        if line := shown(event):
            show(line)
        if event["call"] == until and event["event"] == "ended":
            return


def shown(event: Event) -> str:
    """Return an event in words, "" if it is nothing that a terminal shows."""
    match event["event"]:
        case "ringing":
            return f"{event['to']} rings: {event['from'] or 'a withheld number'} calls"
        case "answered":
            return "the line is up"
        case "saying":
            said = " ".join(event["text"].split()) or f"[recording {event['seconds']:.1f} s]"
            return f"{event['prompt']}: {said}" if event["prompt"] else said
        case "ended":
            return f"the line is down: {event['by']}"
    return ""


def _press(telephones: Telephones, held: Held, keys: TextIO, show: Show, patient: bool) -> None:
    while key := keys.read(1):
        if key not in VERBS and key not in KEYS:
            continue
        while call := held.first("ringing" if key in "ab" else "answered", patient=patient):
            if key in VERBS:
                held.leave(call)
            try:
                telephones.act(call, VERBS.get(key, "press"), "" if key in VERBS else key)
            except Complaint:  # the call has ended meanwhile
                held.leave(call)
                continue
            if key in KEYS:
                show(f"key {key}")
            break


@contextmanager
def _single_keys(stream: TextIO) -> Iterator[None]:
    """Let a terminal give each key at once, and not show it."""
    if not stream.isatty():
        yield
        return
    before = termios.tcgetattr(stream)
    tty.setcbreak(stream)
    try:
        yield
    finally:
        termios.tcsetattr(stream, termios.TCSADRAIN, before)


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says. Returns the exit code."""
    arguments = argparse.ArgumentParser(prog="make phone, make call", description="NUMBER=+44… TO=+44…")
    arguments.add_argument("verb", choices=["phone", "call"])
    arguments.add_argument("number", help="the number of the phone; `withheld` calls without one")
    arguments.add_argument("to", nargs="?", default="", help="the number that is called")
    chosen = arguments.parse_args(words)

    def show(line: str) -> None:
        sys.stdout.write(f"{line}\n")  # at once, since two threads show lines
        sys.stdout.flush()

    try:
        found = noted(Places(chosen_home()))
        telephones = Telephones(found["phone"])
        number = chosen.number.strip()
        number = "" if number == found["number"] else number  # `make env` sets NUMBER to ours
        with _single_keys(sys.stdin):
            if chosen.verb == "phone":
                be_a_phone(telephones, [number] if number else HELD, sys.stdin, show)
            else:
                call_us(telephones, number or HELD[0], chosen.to.strip() or found["number"], sys.stdin, show)
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
