"""W8: a name that answers differently each time it is asked, before real listening sockets.

Everything is the sender's own: it asks the operating system for the name, judges, opens a socket, speaks TLS. The
operating system's answers are the attacker's; and there is one road, from a public address to a listener of ours, for
tests have no internet. Nothing else leads anywhere but where it says.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.certificate import self_signed
from tocsin.adapters.outbound import connection as module
from tocsin.adapters.webhook.sender import HttpsWebhookSender
from tocsin.egress.domain import url_policy as egress
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOST = "hook.rebinding.example.com"
PUBLIC, INSIDE = "93.184.215.14", "127.0.0.1"


class Listener:
    """A listening socket on the loopback interface that counts whoever comes, and answers 200 if it has a name."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.visits = 0
        self.seen = b""
        self.came = threading.Event()
        self._tls = tls
        self._listener = socket.create_server((INSIDE, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.visits += 1
            self.came.set()
            peer.settimeout(5)
            with contextlib.suppress(OSError), self._spoken(peer) as spoken:
                while b"\r\n\r\n{}" not in self.seen:
                    if not (part := spoken.recv(65536)):
                        break
                    self.seen += part
                spoken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def _spoken(self, peer: socket.socket) -> socket.socket:
        return peer if self._tls is None else self._tls.wrap_socket(peer, server_side=True)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(6)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with key and certificate of HOST."""
    return self_signed(tmp_path_factory.mktemp("tls") / "host.pem", HOST)


class World:
    """Two listeners behind one name: the receiver at the public address, and what must not be reached."""

    def __init__(self, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        served.load_cert_chain(certificate)
        self.receiver, self.inside = Listener(served), Listener()
        self.asked = 0
        self._answers: list[list[str]] = []
        self._sender = HttpsWebhookSender(
            lambda: NOW, trusted_ca=str(certificate), connect=self._connect, connect_seconds=1, total_seconds=3
        )
        # The listener of the inside stands on a port that calls may go to, or nothing would be proved by its silence.
        monkeypatch.setattr(egress, "PORTS", egress.PORTS | {self.inside.port})
        monkeypatch.setattr(socket, "getaddrinfo", self._getaddrinfo)

    def post(self, *answers: list[str]) -> WebhookAnswer:
        """Post to the name; each look-up gets the next answer, later ones the last."""
        self._answers, self.asked = list(answers), 0
        return self._sender.send(WebhookRequest(f"https://{HOST}:{self.inside.port}/in", {"webhook-id": "e"}, b"{}"))

    def close(self) -> None:
        self.receiver.close()
        self.inside.close()

    def _getaddrinfo(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        assert host == HOST, "only the name may be asked for"
        answers = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers]

    def _connect(self, address: IPv4Address | IPv6Address, port: int, seconds: float) -> socket.socket:
        if address == ip_address(PUBLIC):
            return module.connect(IPv4Address(INSIDE), self.receiver.port, seconds)  # the one road there is
        return module.connect(address, port, seconds)


@pytest.fixture
def world(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(certificate, monkeypatch)
    yield made
    made.close()


def test_w8_the_judged_address_is_called_although_the_name_leads_inside_by_now(world: World) -> None:
    answer = world.post([PUBLIC], [INSIDE])

    assert (answer.status, answer.excerpt) == (200, b"ok")
    assert world.receiver.visits == 1
    assert f"Host: {HOST}:{world.inside.port}".encode() in world.receiver.seen
    assert world.inside.visits == 0
    assert world.asked == 1


def test_w8_the_next_call_judges_anew_and_never_reaches_the_inside(world: World) -> None:
    assert world.post([PUBLIC], [INSIDE]).status == 200
    assert world.post([INSIDE]) == WebhookAnswer(None, "not_public")
    assert world.post([PUBLIC, INSIDE]) == WebhookAnswer(None, "not_public")
    assert world.post([INSIDE, PUBLIC]) == WebhookAnswer(None, "not_public")
    assert (world.receiver.visits, world.inside.visits) == (1, 0)


def test_the_inside_would_have_been_reached_and_is_counted(world: World) -> None:
    # given the mistake the tests above are about: the name is asked for again to connect
    with contextlib.suppress(OSError):
        world.post([INSIDE])
        socket.create_connection((HOST, world.inside.port), timeout=1).close()

    assert world.inside.came.wait(5)
    assert world.inside.visits == 1
