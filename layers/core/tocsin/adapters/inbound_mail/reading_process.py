"""The process in which mails are parsed, one at a time. Its limits are those of `bounded_process`.

    python -m tocsin.adapters.inbound_mail.reading_process CPU_SECONDS MEMORY_BYTES

It answers each mail twice, in JSON: the addresses that its first bytes name, then `{"mail": …}` or `{"why": …}`. A mail
that needs more CPU time ends the process after the first answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tocsin.adapters.bounded_process.server import serve
from tocsin.adapters.inbound_mail.parser import addressed_to, parse_mail


def read_mail(raw: bytes) -> Iterator[bytes]:
    """Yield the two answers to a mail."""
    yield json.dumps(addressed_to(raw)).encode()
    try:
        mail = parse_mail(raw)
        answer: Any = {"why": "malformed"} if mail is None else {"mail": asdict(mail)}
    except MemoryError:
        answer = {"why": "memory"}
    yield json.dumps(answer).encode()


if __name__ == "__main__":
    serve(read_mail)
