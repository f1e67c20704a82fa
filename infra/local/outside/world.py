"""All of the outside together, for as long as somebody wants it."""

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
from infra.local.places import Places

PAUSE = 0.25
LONGEST_PAUSE = 2.0
"""Seconds between two looks; in between, as long as the work before took, since the engine has other work too."""


class Outside:
    """The mail server and the receiver of callbacks are there from `open`; the rest plays along while `playing_along`.

    Threads of the process that made it: they end with it.

    Args:
        complain: says in one line that something went wrong; it goes on all the same.
    """

    def __init__(self, places: Places, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._texts = places.texts
        self.mails = MailFolder(places.mail)
        self._mailboxes = Mailboxes(self.mails)
        self._mail_server = MailServer(self._mailboxes.arrive)
        self.callbacks = CallbackReceiver(places.callbacks)

    @property
    def mail_server(self) -> str:
        """Host and port of the receivers' mail server."""
        return self._mail_server.address

    def open(self) -> None:
        """Be there, before the engine is."""
        self._mail_server.start()
        self.callbacks.start()

    @contextmanager
    def playing_along(self, aws: Callable[[], Aws], outputs: Mapping[str, str]) -> Iterator[None]:
        """React to what leaves the system, until the block is left; leave it before the engine goes.

        Args:
            aws: makes clients, once for each thread.
            outputs: of the stack.
        """

        def carrier() -> Callable[[], None]:
            return Carrier(aws(), outputs, self._texts).work

        def mailboxes() -> Callable[[], None]:
            clients = aws()
            return lambda: self._mailboxes.work(clients, outputs)

        over = threading.Event()
        threads = [
            threading.Thread(target=self._keep_working, args=(hire, over), name=hire.__name__, daemon=True)
            for hire in (carrier, mailboxes)
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
        """Be gone."""
        self._mail_server.stop()
        self.callbacks.stop()

    def _keep_working(self, hire: Callable[[], Callable[[], None]], over: threading.Event) -> None:
        work = hire()
        said = ""
        while True:
            begun = monotonic()
            try:
                work()
                said = ""
            except Exception as error:  # whatever it is, the others must go on, and so must this one
                if said != (said := type(error).__name__):
                    self._complain(f"the outside stumbled ({said}), and goes on")
            if over.wait(min(max(PAUSE, monotonic() - begun), LONGEST_PAUSE)):
                return
