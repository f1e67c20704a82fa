"""The process in which mails are parsed: one at a time, under limits of CPU time and memory that the kernel enforces.

    python -m tocsin.adapters.inbound_mail.reading_process CPU_SECONDS MEMORY_BYTES

Input, for each mail: its length in 8 bytes, big-endian, and the mail. Output, two lines of JSON: the addresses that its
first bytes name, then `{"mail": …}` or `{"why": …}`. A mail that needs more CPU time ends the process by SIGPROF
after the first line. The process ends at the end of its input, so it never outlives its parent.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any, BinaryIO

from tocsin.adapters.inbound_mail.parser import addressed_to, parse_mail

LENGTH = 8
"""Bytes of the length before a mail."""


def read_mails(mails: BinaryIO, answers: BinaryIO, cpu_seconds: float) -> None:
    """Parse mails until the input ends."""
    while length := mails.read(LENGTH):
        raw = mails.read(int.from_bytes(length))
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        _answer(answers, addressed_to(raw))
        try:
            mail = parse_mail(raw)
            answer = {"why": "malformed"} if mail is None else {"mail": asdict(mail)}
        except MemoryError:
            answer = {"why": "memory"}
        signal.setitimer(signal.ITIMER_PROF, 0)
        _answer(answers, answer)


def _answer(answers: BinaryIO, answer: Any) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def main(arguments: Sequence[str]) -> None:
    """Limit this process, then parse what comes."""
    cpu_seconds, memory = float(arguments[0]), int(arguments[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the mail in clear
    with suppress(ValueError, OSError):  # macOS knows no limit of address space
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    read_mails(sys.stdin.buffer, sys.stdout.buffer, cpu_seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
