"""Serves the simulated telephone network on loopback: Amazon Connect's API, and phones that a person holds.

`make phone`, `make call` and the simulator's phone page use the latter (`outside.handsets` has the events):

    GET  /phone/events?number=%2B44…&number=…&after=7&wait=20    {"events": [...], "after": 9}
    POST /phone/calls/{call}/answer, …/busy, …/hang_up           {}
    POST /phone/calls/{call}/press      {"key": "2"}             {}
    GET  /phone/recording?file=s3://…                            a WAV file: µ-law, 8 kHz, mono
    POST /call                          {"from", "to"}           {"call": id}; `from` "" withholds the number

A call that is over, or a key that no phone has, is a 409 `{"message"}`. The program that holds a phone asks for its
events again and again: that keeps its number attended. Browsers are refused, because a website could place calls. A
page asks its own server, which uses `Handsets` in the same process.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.complaint import Complaint
from infra.local.outside.connect import Connect, ConnectError
from infra.local.outside.exchange import Exchange
from infra.local.simulator.loopback import LoopbackServer

LONGEST_BODY = 100_000

_BROWSERS = ("Origin", "Sec-Fetch-Site")
"""Headers that only browsers send."""


class TelephoneServer:
    """One server. Start it once, stop it once.

    Args:
        port: the port to listen on, if it is free; else any. An address that stays saves a deployment a run.
    """

    def __init__(self, exchange: Exchange, port: int = 0) -> None:
        self.exchange = exchange
        self._port = port
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        if self._server is None:
            raise RuntimeError("the telephone network is not started")
        return self._server.url

    def start(self) -> None:
        """Listen."""
        self._server = _Server.at(self._port, _Request)
        self._server.exchange, self._server.connect = self.exchange, Connect(self.exchange)
        self._server.start("telephones")

    def stop(self) -> None:
        """Stop listening. No effect if it does not run."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()


class _Server(LoopbackServer):
    exchange: Exchange
    connect: Connect


class _Request(BaseHTTPRequestHandler):
    server: _Server
    timeout = 60
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one request."""
        asked = urlsplit(self.path)
        try:
            body = self._body()
            if any(self.headers.get(name) for name in _BROWSERS) or not self._here():
                self._send(403, {"message": "This address is for programs, not for browsers."})
                return
            answer: dict[str, Any] | bytes | None = self._phone(asked.path, _query(asked.query), body)
            if answer is None:
                answer = self.server.connect.respond(self.command, asked.path, body)
            if answer is None:
                self._send(404, {"message": "There is nothing here."})
            else:
                self._send(200, answer)
        except ConnectError as error:
            self._send(error.status, {"Message": str(error)}, {"x-amzn-ErrorType": error.name})
        except Complaint as complaint:
            self._send(409, {"message": str(complaint)})
        except (ValueError, KeyError, TypeError, AttributeError):
            self._send(400, {"message": "This request is malformed."})

    do_POST = do_PUT = do_GET

    def _phone(self, path: str, query: dict[str, list[str]], body: bytes) -> dict[str, Any] | bytes | None:
        """Answer a request about phones that a person holds; None: it is about something else."""
        handsets = self.server.exchange.handsets
        match self.command, path.split("/")[1:]:
            case "GET", ["phone", "events"]:
                after = int(query["after"][0]) if "after" in query else None
                events, last = handsets.events(query.get("number", []), after, float(query.get("wait", ["0"])[0]))
                return {"events": events, "after": last}
            case "GET", ["phone", "recording"]:
                return self.server.exchange.recording(query["file"][0])
            case "POST", ["phone", "calls", call, "answer"]:
                handsets.answer(call)
            case "POST", ["phone", "calls", call, "busy"]:
                handsets.busy(call)
            case "POST", ["phone", "calls", call, "hang_up"]:
                handsets.hang_up(call)
            case "POST", ["phone", "calls", call, "press"]:
                handsets.press(call, json.loads(body)["key"])
            case "POST", ["call"]:
                wanted = json.loads(body)
                return {"call": self.server.exchange.call_in(wanted["from"], wanted["to"]).id}
            case _:
                return None
        return {}

    def _here(self) -> bool:
        """Whether the client knows this server by its address, and not by a name that leads here."""
        return self.headers.get("Host", "").rpartition(":")[0] in ("127.0.0.1", "localhost")

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            self.close_connection = True
            raise ValueError("the body is too long")
        return self.rfile.read(int(length))

    def _send(self, status: int, answer: dict[str, Any] | bytes, headers: dict[str, str] | None = None) -> None:
        file = isinstance(answer, bytes)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "audio/wav" if file else "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: numbers are in the addresses."""


def _query(text: str) -> dict[str, list[str]]:
    return parse_qs(text, keep_blank_values=True, max_num_fields=50)
