"""ADR 0083: a mail of a stranger costs no more than its budget, and takes nothing of another mail."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tocsin.adapters.bounded_process.caller import Budget
from tocsin.adapters.inbound_mail.bounded_reader import BoundedReader, ReaderUnavailable
from tocsin.adapters.inbound_mail.parser import parse_mail
from tocsin.inbound.domain.mail import InboundMail, UnreadableMail, UnreadableReason

MAILS = sorted((Path(__file__).parents[1] / "events" / "mails").glob("*.eml"))
TO = "r+x@alerts.example"
HEAD = f"From: ana@example.org\r\nTo: {TO}\r\n".encode()
PLAIN = HEAD + b"\r\non my way\r\n"

BOMBS = {
    "tags that never end": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a " * 60_000,
    "parts without end": HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 280_000,
}


@contextmanager
def reading(budget: Budget | None = None) -> Iterator[BoundedReader]:
    reader = BoundedReader(budget)
    try:
        yield reader
    finally:
        reader.close()


@pytest.fixture(scope="module")
def reader() -> Iterator[BoundedReader]:
    with reading(Budget(cpu_seconds=0.3, wall_seconds=30)) as shared:
        yield shared


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_read_as_the_parser_reads_it(reader: BoundedReader, path: Path) -> None:
    raw = path.read_bytes()
    assert reader(raw) == parse_mail(raw)


def test_text_that_no_charset_explains_survives_the_way_out_of_the_process(reader: BoundedReader) -> None:
    raw = HEAD + b"Subject: \xff\xfe\r\n\r\n\xed\xa0\x80 \xf0\x9f\x94\xa5 \x00\r\n"
    assert reader(raw) == parse_mail(raw)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=list(BOMBS))
def test_a_mail_that_needs_more_time_is_unreadable_and_the_next_one_is_read(reader: BoundedReader, bomb: bytes) -> None:
    assert reader(bomb) == UnreadableMail(UnreadableReason.TIME, (TO,))
    after = reader(PLAIN)
    assert isinstance(after, InboundMail)
    assert after.text == "on my way"


def test_a_mail_that_needs_more_memory_is_unreadable_and_the_next_one_is_read() -> None:
    big = HEAD + b"\r\n" + b"x" * 1_900_000
    with reading(Budget(memory=34 * 2**20, wall_seconds=30)) as small:
        found = small(big)
        assert isinstance(found, UnreadableMail)
        assert found.why in {UnreadableReason.MEMORY, UnreadableReason.CRASHED}
        assert isinstance(small(PLAIN), InboundMail)
    with reading() as usual:
        assert isinstance(usual(big), InboundMail)


def test_a_parser_that_dies_takes_its_mail_only(reader: BoundedReader) -> None:
    reader(PLAIN)
    process = reader.process.running
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)  # the mail is on its way when the process dies
    os.kill(process.pid, signal.SIGKILL)
    assert reader(PLAIN) in (UnreadableMail(UnreadableReason.CRASHED), parse_mail(PLAIN))
    assert reader(PLAIN) == parse_mail(PLAIN)


def test_a_machine_that_is_too_slow_makes_no_mail_unreadable() -> None:
    with reading(Budget(wall_seconds=0.5)) as reader:
        reader(PLAIN)
        process = reader.process.running
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(ReaderUnavailable):
            reader(PLAIN)


def test_one_process_reads_all_mails_and_knows_no_credentials(
    reader: BoundedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    reader.close()
    pids = set()
    for _ in range(3):
        reader(PLAIN)
        process = reader.process.running
        assert process is not None
        pids.add(process.pid)
    (pid,) = pids
    environment = Path(f"/proc/{pid}/environ")
    if environment.exists():  # Linux
        assert [name.split(b"=")[0] for name in environment.read_bytes().split(b"\0") if name] == [b"PYTHONPATH"]


def test_a_process_ends_with_its_reader() -> None:
    with reading() as reader:
        reader(PLAIN)
        process = reader.process.running
    assert process is not None
    assert process.returncode == 0
