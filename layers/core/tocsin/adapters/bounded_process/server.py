"""The side of the process: it answers one question at a time, under limits that the kernel enforces.

A question that needs more CPU time ends the process by SIGPROF, also within C code. The process ends at the end of its
input, so it never outlives its parent.
"""

from __future__ import annotations

import resource
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import BinaryIO

from tocsin.adapters.bounded_process.frames import read_frame, write_frame

Answer = Callable[[bytes], Iterable[bytes]]
"""Yields the answers to a question, always as many."""


def serve(answer: Answer) -> None:
    """Limit this process by its two arguments, CPU seconds and bytes of memory, then answer what is asked."""
    cpu_seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold what was asked in clear
    with suppress(ValueError, OSError):  # macOS knows no limit of address space
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    answer_all(sys.stdin.buffer, sys.stdout.buffer, cpu_seconds, answer)


def answer_all(questions: BinaryIO, answers: BinaryIO, cpu_seconds: float, answer: Answer) -> None:
    """Answer until the input ends."""
    while (question := read_frame(questions)) is not None:
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        for each in answer(question):
            write_frame(answers, each)
        signal.setitimer(signal.ITIMER_PROF, 0)
