"""Parses each mail in a process of its own, under a budget of time and memory. ADR 0083 says why.

The process is started at the first mail and used again; one that overran its budget is dead, and the next mail gets a
new one. The process has no credentials of ours in its environment.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

from tocsin.adapters.inbound_mail.reading_process import LENGTH
from tocsin.inbound.domain.mail import InboundMail, UnreadableMail, UnreadableReason
from tocsin.inbound.domain.own_text import OwnText


class ReaderUnavailable(Exception):
    """The machine was too slow to tell whether a mail can be read. The mail must be delivered again."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one mail may cost.

    Attributes:
        cpu_seconds: CPU time; a mail that needs more is unreadable. Ordinary mails of 2 MB take 0.03 to 0.1 s.
        memory: bytes of address space of the process; a mail that needs more is unreadable.
        wall_seconds: time until the process is killed although it has not used its CPU time. The mail comes again.
    """

    cpu_seconds: float = 1.0
    memory: int = 256 * 2**20
    wall_seconds: float = 3.0


class BoundedReader:
    """Parses mails, one at a time. Call `close` to end its process."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget or Budget()
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, raw: bytes) -> InboundMail | UnreadableMail:
        """Parse a mail.

        Raises:
            ReaderUnavailable: the process could not be started, or had too little of the CPU.
        """
        process = self._running()
        overdue = threading.Event()

        def kill() -> None:
            overdue.set()
            process.kill()

        watch = threading.Timer(self._budget.wall_seconds, kill)
        watch.start()
        try:
            addresses, answer = _exchange(process, raw)
        finally:
            watch.cancel()
        if answer is None:
            self.close()
            if overdue.is_set():
                raise ReaderUnavailable(f"a mail of {len(raw)} bytes was not read in {self._budget.wall_seconds} s")
            why = UnreadableReason.TIME if process.returncode == -signal.SIGPROF else UnreadableReason.CRASHED
            return UnreadableMail(why, addresses)
        if "mail" not in answer:
            return UnreadableMail(UnreadableReason(answer["why"]), addresses)
        fields = answer["mail"]
        tuples = {name: tuple(fields[name]) for name in ("addressed_to", "signed_by")}
        return InboundMail(**{**fields, **tuples, "own": OwnText(**fields["own"])})

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still to be written to a dead process
        try:
            process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            program = [sys.executable, "-S", "-m", "tocsin.adapters.inbound_mail.reading_process"]
            limits = [str(self._budget.cpu_seconds), str(self._budget.memory)]
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [*program, *limits],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,  # a traceback may quote the mail
                    env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                )
            except OSError as error:
                raise ReaderUnavailable(f"no process to read mails: {error}") from error
        return self._process


def _exchange(process: subprocess.Popen[bytes], raw: bytes) -> tuple[tuple[str, ...], dict[str, Any] | None]:
    """Return the addresses and the answer; the answer is None if the process died."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(len(raw).to_bytes(LENGTH) + raw)
        process.stdin.flush()
    except OSError:
        return (), None
    addresses = _line(process.stdout.readline())
    return tuple(addresses or ()), _line(process.stdout.readline())


def _line(line: bytes) -> Any:
    return json.loads(line) if line.endswith(b"\n") else None
