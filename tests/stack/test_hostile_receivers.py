"""Receivers of callbacks that never finish, over TLS, on the deployed system: they get their time, and no worker."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.ministack.turns import PROCESSES
from tests.fakes.receiver import receiver
from tests.stack.system import System, sms
from tocsin.adapters.webhook.sender import TOTAL_SECONDS

EVERY = 0.5
"""Seconds between two pieces: far less than any limit of a single read."""

PIECES = {
    "a byte of a header": itertools.chain([b"HTTP/1.1 503 X\r\nx-name: "], itertools.repeat(b"y")),
    "an interim answer": itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"),
}


class Hostile:
    """Reads the request of its one caller and then answers piece by piece until the caller hangs up."""

    def __init__(self, certificate: Path, pieces: Iterator[bytes]) -> None:
        self.called, self.cut = threading.Event(), threading.Event()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._pieces = pieces
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            plain, _ = self._listener.accept()
            self._listener.close()  # a later attempt is refused at once
            with self._context.wrap_socket(plain, server_side=True) as peer:
                peer.recv(65536)
                self.called.set()
                with contextlib.suppress(OSError):
                    while not self._over.wait(EVERY):
                        peer.sendall(next(self._pieces))
                    return
                self.cut.set()

    def close(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@contextmanager
def hostile(system: System, pieces: Iterator[bytes]) -> Iterator[Hostile]:
    it = Hostile(system.certificate, pieces)
    try:
        yield it
    finally:
        it.close()


def called_back(system: System, url: str) -> str:
    options = {"notification": "callback", "callbackURL": url}
    return system.sent("live", sms(system.phones(1)), options=options)


def test_receivers_that_drip_over_tls_are_cut_at_the_limit_and_the_workers_are_free(system: System) -> None:
    # given as many receivers that never finish as there are workers, each holding one
    assert len(PIECES) == PROCESSES
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(hostile(system, pieces)) for pieces in PIECES.values()]
        for one in held:
            called_back(system, one.url)
        system.awaited(lambda: [one.called.is_set() for one in held], all, 60)

        # when an honest receiver is due to be told something
        honest = stack.enter_context(receiver(system.certificate))
        ref = called_back(system, honest.url)
        assert not any(one.cut.is_set() for one in held)

        # then the others are cut when their time is over, long before the function itself would be stopped
        system.awaited(lambda: [one.cut.is_set() for one in held], all, 2 * TOTAL_SECONDS)
        (told,) = system.awaited(lambda: list(honest.received), lambda found: len(found) > 0, 30)
        assert json.loads(told.body)["alertId"] == ref
