"""Receivers that give a byte now and then, too much, or something else, at every stage, over plain TCP and over TLS.

The rule for every case: the call is over half a second after its limit at the latest, its socket is closed, no thread
is left, and memory stays flat. Limits are short; the code is the same for 15 s.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest

from tests.fakes.certificate import self_signed
from tocsin.adapters.outbound.connection import connect
from tocsin.adapters.outbound.deadline import Deadline
from tocsin.adapters.outbound.lookups import NameLookups
from tocsin.adapters.webhook.sender import HttpsWebhookSender
from tocsin.egress.domain.outbound_reason import OutboundFailed
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIMIT = 0.5
GRACE = 0.5
PAUSE = 0.02
FLAT = 1_500_000
"""Bytes that a call may take beside its request."""

PLAIN, TLS = "plain", "tls"
OK = b"HTTP/1.1 200 OK\r\n"
BAD = b"HTTP/1.1 503 X\r\n"
NO_BODY = b"Content-Length: 0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


class Peer:
    """The receiver's end of one connection; TLS runs in memory, so that each of its bytes can be held back."""

    def __init__(self, plain: socket.socket, context: ssl.SSLContext | None) -> None:
        self.plain = plain
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True) if context else None

    def handshake(self, write: Callable[[bytes], None] | None = None) -> None:
        """Make the handshake, if the transport has one; `write` sends each flight."""
        while self._tls:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                (write or self.plain.sendall)(self._out.read())
                self._in.write(self.plain.recv(65536) or (_ for _ in ()).throw(ConnectionResetError))
            else:
                (write or self.plain.sendall)(self._out.read())
                return

    def read_request(self) -> None:
        seen = b""
        while not seen.endswith(b"\r\n\r\n{}"):
            if self._tls is None:
                seen += self._received()
                continue
            try:
                seen += self._tls.read(65536)
            except ssl.SSLWantReadError:
                self._in.write(self._received())

    def _received(self) -> bytes:
        if not (piece := self.plain.recv(65536)):
            raise ConnectionResetError
        return piece

    def wire(self, data: bytes) -> bytes:
        """Return the bytes that carry `data`: one TLS record, or `data` itself."""
        if self._tls is None:
            return data
        self._tls.write(data)
        return self._out.read()

    def say(self, data: bytes) -> None:
        self.plain.sendall(self.wire(data))

    def drip(self, data: bytes) -> None:
        """Send a byte now and then; over TLS each is a record of its own."""
        for byte in data:
            self.say(bytes([byte]))
            time.sleep(PAUSE)

    def drip_wire(self, data: bytes) -> None:
        """Send bytes of the wire now and then: over TLS the record itself comes in pieces."""
        for byte in data:
            self.plain.sendall(bytes([byte]))
            time.sleep(PAUSE)

    def hang(self) -> None:
        """Wait until the caller closes the connection."""
        while self.plain.recv(65536):
            pass

    def reset(self) -> None:
        self.plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def answers(*said: bytes) -> Callable[[Peer], None]:
    """Read the request, then say this and keep the connection open: close_notify is withheld as well."""

    def behave(peer: Peer) -> None:
        peer.handshake()
        peer.read_request()
        for data in said:
            peer.say(data)
        peer.hang()

    return behave


def drips(dripped: bytes, *, first: bytes = b"") -> Callable[[Peer], None]:
    def behave(peer: Peer) -> None:
        peer.handshake()
        peer.read_request()
        if first:
            peer.say(first)
        peer.drip(dripped)
        peer.hang()

    return behave


def for_ever(block: bytes, *, first: bytes = b"", pause: float = 0) -> Callable[[Peer], None]:
    def behave(peer: Peer) -> None:
        peer.handshake()
        peer.read_request()
        if first:
            peer.say(first)
        while True:
            peer.say(block)
            time.sleep(pause)

    return behave


def ends(said: bytes) -> Callable[[Peer], None]:
    def behave(peer: Peer) -> None:
        peer.handshake()
        peer.read_request()
        if said:
            peer.say(said)

    return behave


def reads_no_request(peer: Peer) -> None:
    peer.handshake()
    time.sleep(LIMIT * 2)


def records_in_pieces(peer: Peer) -> None:
    peer.handshake()
    peer.read_request()
    peer.drip_wire(peer.wire(BAD + NO_BODY))
    peer.hang()


def resets_after_the_request(peer: Peer) -> None:
    peer.handshake()
    peer.read_request()
    peer.reset()


def resets_in_the_handshake(peer: Peer) -> None:
    peer.plain.recv(1)
    peer.reset()


def says_hello_then_nothing(peer: Peer) -> None:
    def first_flight(data: bytes) -> None:
        peer.plain.sendall(data[: len(data) // 2])
        if data:
            peer.hang()
            raise ConnectionResetError

    peer.handshake(first_flight)


def floods_in_the_handshake(peer: Peer) -> None:
    peer.plain.recv(65536)
    # change_cipher_spec, which TLS 1.3 skips, again and again: OpenSSL reads on by itself
    while True:
        peer.plain.sendall(b"\x14\x03\x03\x00\x01\x01" * 2000)


def is_no_tls(peer: Peer) -> None:
    peer.plain.recv(65536)
    peer.plain.sendall(b"220 smtp.example.org ESMTP\r\n")
    peer.hang()


@dataclass(frozen=True)
class Case:
    """One receiver.

    Attributes:
        expected: status, or reason.
        over: what this transport answers instead.
    """

    name: str
    behave: Callable[[Peer], None]
    expected: int | str
    over: tuple[str, ...] = (PLAIN, TLS)
    body: bytes = b"{}"


MANY = b"x-n: y\r\n" * 101
HUGE = b"x-n: " + b"y" * 70_000 + b"\r\n"
DIGITS = b"Retry-After: " + b"9" * 5000 + b"\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

CASES = [
    Case("accepts_then_nothing", lambda peer: peer.hang(), "read_timeout", (PLAIN,)),
    Case("accepts_then_nothing", lambda peer: peer.hang(), "tls_timeout", (TLS,)),
    Case("handshake_dripped", lambda peer: peer.handshake(peer.drip_wire), "tls_timeout", (TLS,)),
    Case("half_a_certificate", says_hello_then_nothing, "tls_timeout", (TLS,)),
    Case("handshake_flooded", floods_in_the_handshake, "tls_failed", (TLS,)),
    Case("handshake_reset", resets_in_the_handshake, "connection_reset", (TLS,)),
    Case("no_tls", is_no_tls, "tls_failed", (TLS,)),
    Case("request_not_read", reads_no_request, "write_timeout", body=b"x" * 12_000_000),
    Case("request_read_then_nothing", answers(), "read_timeout"),
    Case("reset", resets_after_the_request, "connection_reset"),
    Case("closed", ends(b""), "not_http"),
    Case("closed_in_the_head", ends(BAD + b"Content-"), "not_http"),
    Case("not_http", answers(b"220 smtp.example.org ESMTP\r\n"), "not_http"),
    Case("status_line_dripped", drips(b"HTTP/1.1 503 " + b"x" * 99), "read_timeout"),
    Case("records_in_pieces", records_in_pieces, "read_timeout"),
    Case("phrase_without_end", for_ever(b"x" * 4096, first=b"HTTP/1.1 503 "), "headers_too_long"),
    Case("header_dripped", drips(b"x-name: " + b"y" * 99, first=BAD), "read_timeout"),
    Case("header_lines_dripped", for_ever(b"x: y\r\n", first=BAD, pause=PAUSE), "read_timeout"),
    Case("header_lines_without_end", for_ever(b"x: y\r\n", first=BAD), "headers_too_long"),
    Case("header_without_end", for_ever(b"y" * 4096, first=BAD + b"x: "), "headers_too_long"),
    Case("many_headers", answers(BAD, MANY, NO_BODY), "headers_too_long"),
    Case("many_headers_at_once", answers(BAD + MANY + NO_BODY), "headers_too_long"),
    Case("huge_header", answers(BAD, HUGE, NO_BODY), "headers_too_long"),
    Case("hundred_headers_fit", answers(BAD + b"x: y\r\n" * 99 + NO_BODY), 503),
    Case("continue_for_ever", for_ever(CONTINUE), "headers_too_long"),
    Case("continue_again_and_again", for_ever(CONTINUE, pause=PAUSE), "read_timeout"),
    Case("continue_with_many_headers", for_ever(b"HTTP/1.1 103 X\r\nx: y\r\n\r\n"), "headers_too_long"),
    Case("continue_then_an_answer", answers(CONTINUE + b"HTTP/1.1 103 X\r\nx: y\r\n\r\n" + BAD + NO_BODY), 503),
    Case("many_digits", answers(BAD + DIGITS + NO_BODY), 503),
    Case("no_body", answers(BAD + b"Content-Length: 9\r\n\r\n"), 503),
    Case("body_dripped", drips(b"x" * 99, first=BAD + b"Content-Length: 99\r\n\r\n"), 503),
    Case("chunk_size_dripped", drips(b"0" * 99, first=BAD + CHUNKED), 503),
    Case("chunk_size_wrong", answers(BAD + CHUNKED + b"xyz\r\n"), 503),
    Case("trailers_dripped", for_ever(b"x: y\r\n", first=BAD + CHUNKED + b"0\r\n", pause=PAUSE), 503),
    Case("trailers_without_end", for_ever(b"x: y\r\n" * 99, first=BAD + CHUNKED + b"0\r\n"), 503),
    Case("body_without_end", for_ever(b"x" * 4096, first=BAD + b"Content-Length: 999999999\r\n\r\n"), 503),
    Case("close_notify_withheld", answers(BAD + NO_BODY), 503),
    # 2xx: delivered, whatever follows
    Case("delivered_then_nothing", answers(OK), 200),
    Case("delivered_without_a_phrase", answers(b"HTTP/1.1 200\r\n"), 200),
    Case("delivered_then_closed", ends(OK), 200),
    Case("delivered_line_breaks_of_unix", answers(b"HTTP/1.1 202 Accepted\nx: y\n\n"), 202),
    Case("delivered_header_dripped", drips(b"x-name: " + b"y" * 99, first=OK), 200),
    Case("delivered_lines_without_end", for_ever(b"x: y\r\n", first=OK), 200),
    Case("delivered_many_headers", answers(OK, MANY, NO_BODY), 200),
    Case("delivered_many_headers_at_once", answers(OK + MANY + NO_BODY), 200),
    Case("delivered_huge_header", answers(OK, HUGE, NO_BODY), 200),
    Case("delivered_many_digits", answers(OK + DIGITS + NO_BODY), 200),
    Case("delivered_two_lengths", answers(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), 200),
    Case("delivered_chunk_size_wrong", answers(OK + CHUNKED + b"xyz\r\n"), 200),
    Case("delivered_after_continue", answers(CONTINUE, OK), 200),
]  # fmt: skip
MATRIX = [pytest.param(case, over, id=f"{case.name}-{over}") for case in CASES for over in case.over]


class Receiver:
    """A listening socket on the loopback interface with one behaviour for its one caller."""

    def __init__(self, behave: Callable[[Peer], None], context: ssl.SSLContext | None) -> None:
        self._behave, self._context = behave, context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        with self._listener, contextlib.suppress(OSError, ssl.SSLError):
            self._listener.settimeout(5)
            plain, _ = self._listener.accept()
            with plain:
                plain.settimeout(10)
                self._behave(Peer(plain, self._context))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls") / "host.pem", "127.0.0.1")


@pytest.fixture(scope="module")
def served(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize(("case", "over"), MATRIX)
def test_a_call_ends_at_its_limit_whatever_the_receiver_does(
    case: Case, over: str, served: ssl.SSLContext, certificate: Path
) -> None:
    opened: list[socket.socket] = []

    def remembered(address: IPv4Address | IPv6Address, port: int, seconds: float) -> socket.socket:
        opened.append(connect(address, port, seconds))
        return opened[-1]

    receiver = Receiver(case.behave, served if over == TLS else None)
    sender = HttpsWebhookSender(
        lambda: NOW,
        policy=EgressPolicy(loopback=True),
        trusted_ca=str(certificate),
        connect=remembered,
        total_seconds=LIMIT,
    )
    scheme = "https" if over == TLS else "http"
    request = WebhookRequest(f"{scheme}://127.0.0.1:{receiver.port}/hook", {}, case.body)
    threads = set(threading.enumerate())
    tracemalloc.start()
    began = time.monotonic()
    try:
        answer = sender.send(request)
        took = time.monotonic() - began
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (answer.status or answer.reason) == case.expected
    assert took <= LIMIT + GRACE
    assert peak < FLAT + 2 * len(case.body)
    assert [one.fileno() for one in opened] == [-1]
    assert set(threading.enumerate()) <= threads
    receiver.thread.join(5)
    assert not receiver.thread.is_alive(), "the receiver's end is still open"


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("9" * 5000, timedelta(seconds=10**7)),
        ("0" * 5000 + "7", timedelta(seconds=7)),
        ("1" * 4301, timedelta(seconds=10**7)),
        ("٣" * 3, None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - NOW),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("1, " * 9000, None),
    ],
)
def test_a_retry_after_of_any_length_is_read(value: str, wait: timedelta | None) -> None:
    head = BAD + b"Retry-After: " + value.encode() + b"\r\n" + NO_BODY
    receiver = Receiver(answers(head), None)
    sender = HttpsWebhookSender(lambda: NOW, policy=EgressPolicy(loopback=True), total_seconds=2)

    answer = sender.send(WebhookRequest(f"http://127.0.0.1:{receiver.port}/", {}, b"{}"))

    assert (answer.status, answer.retry_after) == (503, wait)
    receiver.thread.join(5)


def test_a_connection_that_nobody_accepts_ends_at_the_limit() -> None:
    with socket.socket() as full, contextlib.ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):  # these fill the queue of the kernel; further ones get no answer
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        sender = HttpsWebhookSender(lambda: NOW, policy=EgressPolicy(loopback=True), total_seconds=LIMIT)
        began = time.monotonic()

        answer = sender.send(WebhookRequest(f"http://127.0.0.1:{full.getsockname()[1]}/", {}, b"{}"))

        assert answer == WebhookAnswer(None, "connect_timeout")
        assert time.monotonic() - began <= LIMIT + GRACE


class SlowNames:
    """A name server that answers when it is told to."""

    def __init__(self) -> None:
        self.answer = threading.Event()
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        self.asked += 1
        self.answer.wait(10)
        return [ip_address("93.184.215.14")]

    def running(self) -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "name look-up"]


@pytest.fixture
def names() -> Iterator[SlowNames]:
    slow = SlowNames()
    yield slow
    slow.answer.set()
    for thread in slow.running():
        thread.join(5)
    assert slow.running() == []


def test_a_name_server_that_does_not_answer_ends_at_the_limit(names: SlowNames) -> None:
    sender = HttpsWebhookSender(lambda: NOW, resolve=names, total_seconds=LIMIT)
    began = time.monotonic()

    assert sender.send(WebhookRequest("https://hook.example.com/", {}, b"{}")) == WebhookAnswer(None, "name_timeout")
    assert time.monotonic() - began <= LIMIT + GRACE


def test_the_time_of_the_look_up_is_part_of_the_limit(names: SlowNames) -> None:
    def slowly(host: str, port: int) -> list[IPv4Address | IPv6Address]:
        time.sleep(LIMIT * 0.8)
        return [ip_address("127.0.0.1")]

    receiver = Receiver(answers(), None)
    sender = HttpsWebhookSender(lambda: NOW, policy=EgressPolicy(loopback=True), resolve=slowly, total_seconds=LIMIT)
    began = time.monotonic()

    answer = sender.send(WebhookRequest(f"http://localhost:{receiver.port}/", {}, b"{}"))

    assert answer == WebhookAnswer(None, "read_timeout")
    assert time.monotonic() - began <= LIMIT + GRACE
    receiver.thread.join(5)


def test_look_ups_that_were_given_up_are_counted_and_bounded(names: SlowNames) -> None:
    lookups = NameLookups(names, most=2)
    for _ in range(4):
        with pytest.raises(OutboundFailed, match="name_timeout"):
            lookups("hook.example.com", 443, Deadline(0.05))
    assert names.asked == len(names.running()) == 2

    names.answer.set()
    for thread in names.running():
        thread.join(5)
    assert [str(found) for found in lookups("hook.example.com", 443, Deadline(5))] == ["93.184.215.14"]
