"""Runs all simulated parties together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from infra.local.aws import Aws
from infra.local.outside.callbacks import CallbackReceiver
from infra.local.outside.carrier import Carrier
from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.mail_server import MailServer
from infra.local.outside.mailboxes import Mailboxes
from infra.local.outside.phones import Phones
from infra.local.places import Places

PAUSE = 0.25
LONGEST_PAUSE = 5.0
"""Shortest and longest pause between two rounds, in seconds. The pause is three times as long as the round before: the
carrier reads the whole table, and most of the engine's time must be left to the system."""


class Outside:
    """The mail server and the webhook endpoint run from `open` on, carrier and mailboxes during `playing_along`.

    All are daemon threads of this process.

    Args:
        complain: shows one line about an error; the simulation continues.
    """

    def __init__(self, places: Places, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._texts = places.texts
        self.mails = MailFolder(places.mail)
        self.phones = Phones()
        self._mailboxes = Mailboxes(self.mails)
        self._mail_server = MailServer(self._mailboxes.arrive)
        self.callbacks = CallbackReceiver(places.callbacks)

    @property
    def mail_server(self) -> str:
        """Host and port of the receivers' mail server."""
        return self._mail_server.address

    def open(self) -> None:
        """Start mail server and webhook endpoint. Call it before the engine starts."""
        self._mail_server.start()
        self.callbacks.start()

    @contextmanager
    def playing_along(self, aws: Callable[[], Aws], outputs: Mapping[str, str]) -> Iterator[None]:
        """Run carrier and mailboxes until the end of the block. Leave the block before the engine stops.

        Args:
            aws: makes clients, called once per thread.
            outputs: outputs of the stack.
        """

        def carrier() -> Callable[[], None]:
            return Carrier(aws(), outputs, self._texts, self.phones).work

        def mailboxes() -> Callable[[], None]:
            clients = aws()
            return lambda: self._mailboxes.work(clients, outputs)

        over = threading.Event()
        threads = [
            threading.Thread(target=self._keep_working, args=(start, over), name=start.__name__, daemon=True)
            for start in (carrier, mailboxes)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join(timeout=10)

    def close(self) -> None:
        """Stop mail server and webhook endpoint."""
        self._mail_server.stop()
        self.callbacks.stop()

    def _keep_working(self, start: Callable[[], Callable[[], None]], over: threading.Event) -> None:
        work = start()
        said = ""
        while True:
            begun = monotonic()
            try:
                work()
                said = ""
            except Exception as error:  # after any error, this thread and the others continue
                if said != (said := type(error).__name__):
                    self._complain(f"a simulated provider failed ({said}), and continues")
            if over.wait(min(max(PAUSE, 3 * (monotonic() - begun)), LONGEST_PAUSE)):
                return
