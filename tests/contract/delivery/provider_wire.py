"""A provider at the other end of a real connection: it answers, refuses, hangs up or keeps silent, as a test says."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HangUp:
    """Read the request, then close the connection without a word."""


@dataclass(frozen=True)
class Silence:
    """Read the request and say nothing until the caller gives up."""


Behaviour = Answer | HangUp | Silence


class Wire(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1.

    Attributes:
        requests: the bodies that arrived whole.
        heads: method, path and headers of each, headers by lower-case name.
    """

    daemon_threads = True
    request_queue_size = 64  # ten callers knock at once

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.behaviour: Behaviour = Answer(200, "")
        self.requests: list[bytes] = []
        self.heads: list[tuple[str, str, dict[str, str]]] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Conversation(BaseHTTPRequestHandler):
    server: Wire
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        head = {name.lower(): value for name, value in self.headers.items()}
        self.server.heads.append((self.command, self.path, head))
        self.server.requests.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        match self.server.behaviour:
            case Answer(status, body, headers):
                octets = body.encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)
            case HangUp():
                self.close_connection = True
            case Silence():
                self.server.over.wait(10)
                self.close_connection = True

    do_PUT = do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def wire() -> Iterator[Wire]:
    """Listen for the length of a test."""
    server = Wire()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def nobody_there() -> str:
    """Return the URL of a port on which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"


def sns_taken(message_id: str) -> Answer:
    result = f"<PublishResult><MessageId>{message_id}</MessageId></PublishResult>"
    meta = "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
    return Answer(
        200, f'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">{result}{meta}</PublishResponse>'
    )


def sns_error(code: str, message: str = "", status: int = 400, **headers: str) -> Answer:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    body = f'<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">{error}<RequestId>r</RequestId></ErrorResponse>'
    return Answer(status, body, headers)


def eum_taken(message_id: str) -> Answer:
    return Answer(200, json.dumps({"MessageId": message_id}))


def eum_error(code: str, message: str = "", status: int = 400, **facts: object) -> Answer:
    return Answer(status, json.dumps({"__type": f"com.amazonaws.sms#{code}", "Message": message, **facts}))


def connect_taken(call_id: str) -> Answer:
    return Answer(200, json.dumps({"ContactId": call_id}))


def connect_error(code: str, message: str = "", status: int = 400, **headers: str) -> Answer:
    return ses_error(code, message, status, **headers)


def ses_taken(message_id: str) -> Answer:
    return Answer(200, json.dumps({"MessageId": message_id}))


def ses_error(code: str, message: str = "", status: int = 400, **headers: str) -> Answer:
    return Answer(status, json.dumps({"message": message}), {"x-amzn-errortype": code, **headers})
