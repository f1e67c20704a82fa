"""The head of a receiver's response, and the beginning of its body.

A complete status line that says 2xx decides: the event was delivered, whatever follows. Any other status counts once
the head is complete, because Retry-After stands in it. The body only informs the key's owner.
"""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime, timedelta

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from tocsin.adapters.outbound.connection import OutboundConnection
from tocsin.egress.domain.outbound_reason import OutboundFailed, OutboundReason
from tocsin.kernel.ports import Clock
from tocsin.webhooks.ports.http import WebhookAnswer

MOST_HEAD = 65_536
"""Most bytes before the body, interim responses (1xx) included."""

MOST_HEADERS = 100
"""Most header lines, those of interim responses included."""

EXCERPT_BYTES = 1024
REST_SECONDS = 1.0
"""How long the rest of a response may take whose status is known: a receiver that is cut off logs an error."""

LONGEST_RETRY_AFTER = 10**7
"""Seconds, 116 days; far more than a retry ever waits."""


def read_response(connection: OutboundConnection, clock: Clock) -> WebhookAnswer:
    """Read until the status is known, then for up to a second what else is worth knowing.

    Raises:
        OutboundFailed: no status came. `not_http`, `headers_too_long`, or a reason of the connection.
    """
    reading = _ReadingHead()
    try:
        while reading.status is None:
            reading.take(connection.receive())
        connection.deadline.shorten(REST_SECONDS)
        while not (reading.complete or reading.excerpt):
            reading.take(connection.receive())
    except OutboundFailed:
        if reading.status is None:
            raise
    finally:
        reading.let_go()
    return WebhookAnswer(reading.status, None, _retry_after(reading.retry_after, clock()), reading.excerpt)


class _ReadingHead:
    """The parser of one response; httptools (llhttp) calls the methods named `on_…`.

    Attributes:
        status: None until one counts: that of an interim response never does.
        complete: the whole response was read.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.retry_after: str | None = None
        self.excerpt = b""
        self.complete = False
        self._parser = HttpResponseParser(self)
        self._in_head = True
        self._line_over = False
        self._room = MOST_HEAD
        self._headers = 0

    def take(self, piece: bytes) -> None:
        """Parse the next bytes; none: the receiver closed the connection.

        Raises:
            OutboundFailed: `not_http` or `headers_too_long`.
        """
        if not piece:
            raise OutboundFailed(OutboundReason.NOT_HTTP)
        rest = b""
        if self._in_head:
            piece, rest = piece[: self._room], piece[self._room :]
            self._room -= len(piece)
        try:
            self._parser.feed_data(piece)
            if rest and not self._in_head:
                self._parser.feed_data(rest)
        except (HttpParserError, HttpParserUpgrade) as error:
            raise OutboundFailed(OutboundReason.NOT_HTTP) from error
        finally:
            # llhttp tells of a status line with its phrase; one without a phrase ends with the line break.
            line_over = self._line_over or piece.rfind(b"\n") > piece.rfind(b"HTTP/")
            if self._in_head and line_over and 200 <= (status := self._parser.get_status_code()) < 300:
                self.status = status
        if self._headers > MOST_HEADERS or (self._in_head and not self._room):
            raise OutboundFailed(OutboundReason.HEADERS_TOO_LONG)

    def let_go(self) -> None:
        """Drop the parser, which refers back to this object: or every response waits for the garbage collector."""
        del self._parser

    def on_message_begin(self) -> None:
        self._line_over = False

    def on_status(self, phrase: bytes) -> None:
        self._line_over = True

    def on_header(self, name: bytes, value: bytes) -> None:
        self._line_over = True
        self._headers += 1
        if self._in_head and name.lower() == b"retry-after":
            self.retry_after = value.decode("latin-1").strip()

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self.retry_after = None
        elif self._in_head:
            self._in_head = False
            if status < 300 or self._headers <= MOST_HEADERS:
                self.status = status

    def on_body(self, piece: bytes) -> None:
        self.excerpt += piece[: EXCERPT_BYTES - len(self.excerpt)]

    def on_message_complete(self) -> None:
        self.complete = not self._in_head


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After in either form (RFC 9110, 10.2.3); None for anything else."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        digits = value.lstrip("0") or "0"  # there may be 60,000 of them, which int() refuses
        return timedelta(seconds=min(int(digits[:9]), LONGEST_RETRY_AFTER))
    try:
        at = email.utils.parsedate_to_datetime(value[:64])
    except (ValueError, TypeError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(at - now, timedelta(0))
