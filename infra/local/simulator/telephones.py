"""The page of phones that ring: a browser that shows it holds these numbers, answers, listens, and presses keys."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from infra.local.complaint import Complaint
from infra.local.outside.exchange import WITHHELD
from infra.local.outside.handsets import Event, Handsets
from infra.local.places import ROOT
from infra.local.simulator.guard import Request
from infra.local.simulator.pages import ASSETS, PhonesView, phones_page
from infra.local.simulator.responses import Response

WAIT = 15.0
"""Seconds that a question for events waits for one."""

MOST_PHONES = 30

_NUMBER = re.compile(r"\+[0-9]{6,15}")

_ROW = re.compile(r"^(\S+) +(\S+:[ns]|-) +(\S+:[ns]|-)$", re.MULTILINE)

_ROWS = _ROW.findall((ROOT / "layers" / "core" / "tocsin" / "voice" / "domain" / "voices.py").read_text())

LANGUAGES: Mapping[str, str] = {
    cell.partition(":")[0]: language for language, *cells in reversed(_ROWS) for cell in cells if cell != "-"
}
"""The first language of each voice, for the browser's own. It is read as text: the engine's Python has no `tocsin`."""


class Network(Protocol):
    """What the page needs of the simulated telephone network (`outside.exchange.Exchange`)."""

    handsets: Handsets

    def call_in(self, caller: str, number: str) -> Any:
        """Call a number of ours; "" withholds the caller's number. Raises Complaint."""

    def recording(self, address: str) -> bytes | None:
        """Return the file of a recording; None if there is none."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of the page. `name`: its owner's, "" if it is not known."""

    number: str
    name: str

    @property
    def id(self) -> str:
        """Of the page's element."""
        return "t-" + hashlib.sha256(self.number.encode()).hexdigest()[:12]

    @property
    def called(self) -> str:
        """The owner's name, else the number."""
        return self.name or self.number


class Telephones:
    """The phones of one run. Safe for several threads.

    Args:
        names: first names by address, in lower case; those of numbers have a phone.
        ours: the number that a phone calls if its user names no other.
    """

    def __init__(self, network: Network, names: Mapping[str, str], ours: str) -> None:
        self._network = network
        self._names = {address: name for address, name in names.items() if _NUMBER.fullmatch(address)}
        self._names |= {WITHHELD: "Withheld number"}
        self._ours = ours

    def respond(self, request: Request, token: str, theme: str, console: str | None) -> Response:
        """Answer a request for a path below `/phones`. Its guard has passed it."""
        match request.method, request.path.removeprefix("/phones"):
            case "GET" | "HEAD", "":
                typed = re.split(r"[,\s]+", request.query.get("also", ""))
                also = [number for number in typed if _NUMBER.fullmatch(number)]
                view = PhonesView(self._phones(also), also, self._ours, token, theme, console)
                return Response(200, phones_page(view), {"Content-Type": "text/html; charset=utf-8"})
            case "GET", "/page.js":
                return Response(
                    200, (ASSETS / "phones.js").read_bytes(), {"Content-Type": "text/javascript; charset=utf-8"}
                )
            case "GET", "/events":
                return self._events(request.query)
            case "GET", "/recording":
                file = self._network.recording(request.query.get("file", ""))
                return Response(404) if file is None else Response(200, file, {"Content-Type": "audio/wav"})
            case "POST", "/act" | "/call" as path:
                try:
                    (self._act if path == "/act" else self._call)(request.form)
                except Complaint as complaint:
                    return _json(409, {"message": str(complaint)})
                return _json(200, {})
            case _:
                return Response(404)

    def _phones(self, also: Sequence[str]) -> list[Phone]:
        numbers = dict.fromkeys([*also, *self._names])
        return [Phone(number, self._names.get(number, "")) for number in numbers][:MOST_PHONES]

    def _events(self, query: Mapping[str, str]) -> Response:
        numbers = query.get("numbers", "").split(",")[:MOST_PHONES]
        after = query.get("after", "")
        known = int(after) if after.isdecimal() else None
        events, last = self._network.handsets.events(numbers, known, WAIT)
        return _json(200, {"events": [_spoken(event) for event in events], "after": last})

    def _act(self, form: Mapping[str, str]) -> None:
        handsets, call = self._network.handsets, form.get("call", "")
        match form.get("act"):
            case "answer":
                handsets.answer(call)
            case "busy":
                handsets.busy(call)
            case "hang_up":
                handsets.hang_up(call)
            case "press":
                handsets.press(call, form.get("key", ""))
            case _:
                raise Complaint("A phone cannot do that.")

    def _call(self, form: Mapping[str, str]) -> None:
        caller, number = form.get("from", ""), form.get("to", "").strip()
        if not _NUMBER.fullmatch(number):
            raise Complaint("Type a number like +447700900100.")
        self._network.call_in("" if caller == WITHHELD else caller, number)


def _spoken(event: Event) -> Event:
    """Return an event with the language of its voice."""
    return {**event, "lang": LANGUAGES.get(str(event.get("voice")), "")} if event["event"] == "saying" else event


def _json(status: int, body: Mapping[str, Any]) -> Response:
    return Response(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
