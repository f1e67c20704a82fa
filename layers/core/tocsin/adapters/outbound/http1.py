"""HTTP/1.1 over a connected socket: a request is one write, a response is read completely or rejected.

Responses are parsed by httptools, which is llhttp, the parser of Node.js, in its strict mode: ADR 0071.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

_MOST_HEAD = 65_536
_PIECE = 65_536


class Readable(Protocol):
    """What a response is read from: a socket, or a connection with limits of its own."""

    def recv(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`; empty at the end."""
        ...


class Malformed(ConnectionError):
    """The response is not HTTP, or is not complete. The outcome of the request is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP response. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def request_bytes(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return a request as the bytes of one write.

    Raises:
        ValueError: a line break in path or headers; nothing is sent.
    """
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    lines.append(f"content-length: {len(body)}\r\n\r\n")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1:
        raise ValueError("a line break inside a request's head")
    return head.encode("latin-1") + body


def read_answer(connection: Readable) -> tuple[Answer, bool]:
    """Read one response, skip interim ones (1xx), and return it and whether the connection may be used again.

    Raises:
        Malformed: not an HTTP response, or the server closed the connection inside it. A response without a length
            that ends with the connection is one of these: a complete one and a broken one look the same.
        OSError: the connection broke; TimeoutError among them.
    """
    reading = _Reading()
    try:
        while reading.answer is None:
            piece = connection.recv(_PIECE)
            if not piece:
                raise Malformed("hung up in the middle of an answer")
            reading.take(piece)
        return reading.answer, reading.reusable
    finally:
        reading.let_go()


class _Reading:
    """The parser of one response; httptools calls the methods named `on_…`."""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.reusable = False
        self._parser = HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._head: dict[str, str] | None = None
        self._head_size = 0
        self._body: list[bytes] = []

    def take(self, piece: bytes) -> None:
        """Parse the next bytes of the response.

        Raises:
            Malformed: not an HTTP response, or a head over 64 KiB.
        """
        try:
            self._parser.feed_data(piece)
        except (HttpParserError, HttpParserUpgrade) as error:
            if self.answer is None:
                raise Malformed("not an HTTP answer") from error
            self.reusable = False  # more bytes than announced: they belong to no known request
        if self._head is None:
            self._head_size += len(piece)
            if self._head_size > _MOST_HEAD:
                raise Malformed("a head without an end")

    def let_go(self) -> None:
        """Drop the parser, which refers back to this object: or every response waits for the garbage collector."""
        del self._parser

    def on_message_begin(self) -> None:
        if self.answer is not None:
            self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1").strip()

    def on_headers_complete(self) -> None:
        if self.answer is None and self._parser.get_status_code() >= 200:
            self.reusable = self._parser.should_keep_alive()
            self._head = self._headers
        self._headers = {}  # headers of an interim response, and trailers, are dropped

    def on_body(self, piece: bytes) -> None:
        self._body.append(piece)

    def on_message_complete(self) -> None:
        if self.answer is None and self._head is not None:
            self.answer = Answer(self._parser.get_status_code(), self._head, b"".join(self._body))
