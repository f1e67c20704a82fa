"""HTTP/1.1 over a connected socket, as far as a client of AWS needs it: whole requests, whole answers.

`http.client` sends head and body in two packets and reads headers with the parser for emails; both cost more than
everything else a call does. Here a request leaves in one piece, and an answer that fits a packet is read in one.
Source: RFC 9112.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

_MOST_HEAD = 65_536
_PIECE = 65_536
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: |$)")
_LENGTH = re.compile(r"[0-9]{1,12}")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?")


class Malformed(ConnectionError):
    """What came back is not an HTTP answer, or not a whole one. Nobody knows what became of the request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read to its end. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def request_bytes(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return a request in one piece.

    Raises:
        ValueError: a line break in path or headers; nothing is sent.
    """
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    lines.append(f"content-length: {len(body)}\r\n\r\n")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1:
        raise ValueError("a line break inside a request's head")
    return head.encode("latin-1") + body


def read_answer(connection: socket.socket) -> tuple[Answer, bool]:
    """Read one answer, interim ones left out; returns it, and whether the connection may be used again.

    Raises:
        Malformed: not an HTTP answer, or the other side hung up inside it.
        OSError: the connection broke; TimeoutError among them.
    """
    stream = _Stream(connection)
    while True:
        newer, status, headers = _head(stream.until(b"\r\n\r\n", _MOST_HEAD))
        if status >= 200:
            break
    reusable = newer and headers.get("connection", "").lower() != "close"
    if "transfer-encoding" in headers:
        if headers["transfer-encoding"].lower() != "chunked":
            raise Malformed("an encoding nobody asked for")
        body = _chunks(stream)
    elif status in (204, 304):
        body = b""
    elif "content-length" in headers:
        if not _LENGTH.fullmatch(headers["content-length"]):
            raise Malformed("a length that is no number")
        body = stream.exactly(int(headers["content-length"]))
    else:
        body, reusable = stream.rest(), False
    # More than was announced: whose answer that is, nobody knows.
    return Answer(status, headers, body), reusable and stream.empty


def _head(head: bytes) -> tuple[bool, int, dict[str, str]]:
    """Return whether it is HTTP/1.1, the status, and the headers by lower-case name."""
    first, *lines = head.split(b"\r\n")
    match = _STATUS.match(first)
    if match is None:
        raise Malformed("no HTTP status line")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name or name != name.strip():
            raise Malformed("a header line that is none")
        name, value = name.lower(), value.strip()
        if name == "content-length" and headers.get(name, value) != value:
            raise Malformed("two lengths")
        headers[name] = value
    return match[1] == b"1", int(match[2]), headers


def _chunks(stream: _Stream) -> bytes:
    parts = []
    while True:
        match = _CHUNK.fullmatch(stream.until(b"\r\n", 1_000))
        if match is None:
            raise Malformed("a chunk without a size")
        size = int(match[1], 16)
        if size == 0:
            break
        parts.append(stream.exactly(size))
        if stream.exactly(2) != b"\r\n":
            raise Malformed("a chunk that is longer than it says")
    while stream.until(b"\r\n", _MOST_HEAD):  # trailers: nobody reads them
        pass
    return b"".join(parts)


class _Stream:
    """Reads a socket to marks and lengths."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._data = b""

    @property
    def empty(self) -> bool:
        """Whether nothing is left of what was received."""
        return not self._data

    def until(self, mark: bytes, most: int) -> bytes:
        """Return what stands before the mark, and drop the mark."""
        while (end := self._data.find(mark)) < 0:
            if len(self._data) > most:
                raise Malformed("a head without an end")
            self._data += self._more()
        found, self._data = self._data[:end], self._data[end + len(mark) :]
        return found

    def exactly(self, size: int) -> bytes:
        """Return so many bytes."""
        if len(self._data) < size:
            parts, missing = [self._data], size - len(self._data)
            while missing > 0:
                parts.append(self._more())
                missing -= len(parts[-1])
            self._data = b"".join(parts)
        found, self._data = self._data[:size], self._data[size:]
        return found

    def rest(self) -> bytes:
        """Return everything until the other side hangs up."""
        parts, self._data = [self._data], b""
        while piece := self._connection.recv(_PIECE):
            parts.append(piece)
        return b"".join(parts)

    def _more(self) -> bytes:
        piece = self._connection.recv(_PIECE)
        if not piece:
            raise Malformed("hung up in the middle of an answer")
        return piece
