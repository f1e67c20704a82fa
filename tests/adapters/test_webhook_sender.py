"""W2, W3, W6, W8: a receiver that fails, drips, resets, redirects and lies, over real sockets."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from tocsin.adapters.webhook.sender import HttpsWebhookSender
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.webhooks.domain.callback import WebhookMethod
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OPEN = EgressPolicy(loopback=True)
Behaviour = Callable[[socket.socket], None]


class Receiver:
    """A server on a loopback port that does one scripted thing per connection and remembers what it was sent."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.seen = b""
        self._behaviour = behaviour
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            peer, _ = self._listener.accept()
        except OSError:
            return
        with peer:
            peer.settimeout(5)
            while not self.seen.endswith((b"\r\n\r\n{}", b"content-length: 0\r\n\r\n")):
                if not (part := peer.recv(65536)):
                    return
                self.seen += part
            try:
                self._behaviour(peer)
            except OSError:
                return

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes a thread that still waits for somebody to call
        self._listener.close()
        self._thread.join(6)


@pytest.fixture
def receiver() -> Iterator[Callable[[Behaviour], Receiver]]:
    made: list[Receiver] = []

    def make(behaviour: Behaviour) -> Receiver:
        made.append(Receiver(behaviour))
        return made[-1]

    yield make
    for one in made:
        one.close()


def says(raw: bytes) -> Behaviour:
    return lambda peer: peer.sendall(raw)


def post(port: int, seconds: float = 2.0) -> WebhookAnswer:
    sender = HttpsWebhookSender(lambda: NOW, policy=OPEN, total_seconds=seconds, connect_seconds=1)
    return sender.send(WebhookRequest(f"http://127.0.0.1:{port}/hook?a=b", {"webhook-id": "evt_1"}, b"{}"))


@pytest.mark.parametrize(
    ("method", "body"), [(WebhookMethod.POST, b"{}"), (WebhookMethod.PUT, b"{}"), (WebhookMethod.GET, b"")]
)
def test_al_17_al_18_a_request_has_the_method_of_the_rule(
    receiver: Callable[[Behaviour], Receiver], method: WebhookMethod, body: bytes
) -> None:
    there = receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    sender = HttpsWebhookSender(lambda: NOW, policy=OPEN, total_seconds=2, connect_seconds=1)
    url = f"http://127.0.0.1:{there.port}/hook?a=b&call.from=1"
    assert sender.send(WebhookRequest(url, {"Authorization": "Bearer s"}, body, method)).status == 200
    assert there.seen.startswith(f"{method} /hook?a=b&call.from=1 HTTP/1.1\r\n".encode())
    assert b"\r\nAuthorization: Bearer s\r\n" in there.seen
    assert there.seen.endswith(b"\r\n\r\n" + body)


@pytest.mark.parametrize("status", [200, 204, 301, 404, 410, 429, 500, 503])
def test_w3_the_status_comes_back_and_no_redirect_is_followed(
    status: int, receiver: Callable[[Behaviour], Receiver]
) -> None:
    second = receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    first = receiver(
        says(
            f"HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:{second.port}/\r\nContent-Length: 2\r\n\r\nok".encode()
        )
    )
    answer = post(first.port)
    assert answer.status == status
    assert answer.reason is None
    assert second.seen == b""
    assert first.seen.startswith(b"POST /hook?a=b HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"webhook-id: evt_1\r\n" in first.seen
    assert first.seen.endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Sat, 21 Nov 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Sat, 21 Nov 2026 11:05:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
    ],
)
def test_w3_retry_after_is_read_in_both_forms(
    header: str, wait: timedelta | None, receiver: Callable[[Behaviour], Receiver]
) -> None:
    one = receiver(says(f"HTTP/1.1 503 X\r\nRetry-After: {header}\r\nContent-Length: 0\r\n\r\n".encode()))
    assert post(one.port).retry_after == wait


def test_w7_only_a_kilobyte_of_a_huge_answer_is_kept(receiver: Callable[[Behaviour], Receiver]) -> None:
    def endless(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(200):
            peer.sendall(b"x" * 65536)

    started = time.monotonic()
    answer = post(receiver(endless).port)
    assert answer.status == 200
    assert 0 < len(answer.excerpt) <= 1024
    assert time.monotonic() - started < 2


def drip_headers(peer: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n":
        peer.sendall(bytes([byte]))
        time.sleep(0.1)


def hang(peer: socket.socket) -> None:
    peer.recv(1)


def reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (drip_headers, "read_timeout"),
        (hang, "read_timeout"),
        (reset, "connection_reset"),
        (says(b""), "not_http"),
        (says(b"220 smtp.example.org ESMTP\r\n"), "not_http"),
        (says(b"HTTP/1.1 500 X\r\n" + b"x: y\r\n" * 500 + b"\r\n"), "headers_too_long"),
    ],
)
def test_w2_no_answer_has_a_reason_and_an_end(
    behaviour: Behaviour, reason: str, receiver: Callable[[Behaviour], Receiver]
) -> None:
    started = time.monotonic()
    answer = post(receiver(behaviour).port, seconds=0.6)
    assert (answer.status, answer.excerpt) == (None, b"")
    # a reset may overtake the end of file, and the other way round
    assert answer.reason in {reason, "connection_reset"} if reason == "not_http" else answer.reason == reason
    assert time.monotonic() - started < 3


def test_w2_http_1_0_is_spoken_too(receiver: Callable[[Behaviour], Receiver]) -> None:
    assert post(receiver(says(b"HTTP/1.0 200 OK\r\n\r\nfine")).port).status == 200


def test_a_closed_port_and_bad_tls_have_their_words(receiver: Callable[[Behaviour], Receiver]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert post(port).reason == "refused"
    one = receiver(says(b"HTTP/1.1 200 OK\r\n\r\n"))
    sender = HttpsWebhookSender(lambda: NOW, policy=OPEN, total_seconds=1)
    assert sender.send(WebhookRequest(f"https://127.0.0.1:{one.port}/", {}, b"{}")).reason in {
        "tls_failed",
        "tls_timeout",
    }


class Network:
    """A resolver and a connector that only remember what they were asked for."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.resolved = 0
        self.connected: list[str] = []

    def resolve(self, host: str, port: int) -> list[object]:
        self.resolved += 1
        return [ip_address(text) for text in self._answers[min(self.resolved, len(self._answers)) - 1]]

    def connect(self, address: object, port: int, seconds: float) -> socket.socket:
        self.connected.append(str(address))
        raise ConnectionRefusedError


def through(network: Network) -> WebhookAnswer:
    sender = HttpsWebhookSender(lambda: NOW, resolve=network.resolve, connect=network.connect)  # type: ignore[arg-type]
    return sender.send(WebhookRequest("https://hook.example.com/", {}, b"{}"))


def test_w8_a_name_that_rebinds_is_connected_where_it_was_judged() -> None:
    network = Network(["93.184.215.14"], ["127.0.0.1"])
    assert through(network).reason == "refused"
    assert network.resolved == 1
    assert network.connected == ["93.184.215.14"]


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:169.254.169.254"], ["64:ff9b::7f00:1"]]
)
def test_w8_one_private_answer_refuses_the_name(answers: list[str]) -> None:
    network = Network(answers)
    assert through(network) == WebhookAnswer(None, "not_public")
    assert network.connected == []


def test_w8_a_name_without_addresses_is_no_answer() -> None:
    assert through(Network([])).reason == "name_not_resolved"
