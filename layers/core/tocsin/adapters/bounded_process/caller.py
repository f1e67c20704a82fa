"""Our side of the process: it is started at the first question and used again.

A process that overran its budget is dead, and the next question gets a new one. The process has no credentials of ours
in its environment. What starts it is imported then, because most starts of the API never need it.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.adapters.bounded_process.frames import read_frame, write_frame

if TYPE_CHECKING:
    import subprocess


class ProcessUnavailable(Exception):
    """The process could not be started, or had too little of the CPU. The same question may be answered later."""


class ProcessEnded(Exception):
    """The process died of the question.

    Attributes:
        answers: what it had answered before.
        out_of_time: it used up its CPU time; else it needed too much memory, or crashed.
    """

    def __init__(self, answers: Sequence[bytes], *, out_of_time: bool) -> None:
        self.answers = answers
        self.out_of_time = out_of_time
        super().__init__("the process died")


@dataclass(frozen=True, slots=True)
class Budget:
    """What one question may cost.

    Attributes:
        cpu_seconds: CPU time, which ends the process.
        memory: bytes of address space of the process.
        wall_seconds: time until the process is killed although it has not used its CPU time.
    """

    cpu_seconds: float = 1.0
    memory: int = 256 * 2**20
    wall_seconds: float = 3.0


class BoundedProcess:
    """Asks a process one question at a time. Call `close` to end it."""

    def __init__(self, module: str, budget: Budget) -> None:
        """Take the process's module, which calls `serve`."""
        self._module = module
        self._budget = budget
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> subprocess.Popen[bytes] | None:
        """The process; None = there is none yet."""
        return self._process

    def ask(self, question: bytes, answers: int) -> Sequence[bytes]:
        """Return so many answers.

        Raises:
            ProcessEnded: the process died of this question.
            ProcessUnavailable: the process could not be started, or had too little of the CPU.
        """
        process = self._started()
        overdue = threading.Event()

        def kill() -> None:
            overdue.set()
            process.kill()

        watch = threading.Timer(self._budget.wall_seconds, kill)
        watch.start()
        try:
            found = _exchange(process, question, answers)
        finally:
            watch.cancel()
        if len(found) == answers:
            return found
        from signal import SIGPROF

        self.close()
        if overdue.is_set():
            raise ProcessUnavailable(f"{len(question)} bytes were not parsed in {self._budget.wall_seconds} s")
        raise ProcessEnded(found, out_of_time=process.returncode == -SIGPROF)

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
        from subprocess import TimeoutExpired

        try:
            process.wait(timeout=1)
        except TimeoutExpired:
            process.kill()
            process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        import subprocess

        if self._process is None or self._process.poll() is not None:
            self.close()
            limits = [str(self._budget.cpu_seconds), str(self._budget.memory)]
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-S", "-m", self._module, *limits],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,  # a traceback may quote what was asked
                    env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                )
            except OSError as error:
                raise ProcessUnavailable(f"no process to parse in: {error}") from error
        return self._process


def _exchange(process: subprocess.Popen[bytes], question: bytes, answers: int) -> list[bytes]:
    """Return the answers; fewer if the process died."""
    assert process.stdin is not None
    assert process.stdout is not None
    found: list[bytes] = []
    try:
        write_frame(process.stdin, question)
    except OSError:
        return found
    while len(found) < answers and (answer := read_frame(process.stdout)) is not None:
        found.append(answer)
    return found
