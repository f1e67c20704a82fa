"""The clock by which things are due: the system's, but on the local engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.entrypoint.process import clock as clocks_of_a_process
from tocsin.entrypoint.process.clock import MovedClock, clocks, utc_now

DAY = timedelta(days=1)


def test_without_a_file_it_is_the_clock_of_the_system() -> None:
    now, by_our_clock = clocks({"CLOCK_FILE": ""})

    assert now is utc_now
    assert by_our_clock(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2026, 1, 1, tzinfo=UTC)


def test_an_invocation_reads_the_offset_once_and_the_next_one_anew(tmp_path: Path) -> None:
    file, environ = tmp_path / "clock", {"_X_AMZN_TRACE_ID": "Root=1"}
    file.write_text("0\n")
    clock = MovedClock(file, environ)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.moved(at) == at

    file.write_text(f"{DAY.total_seconds()}\n")
    assert clock.moved(at) == at
    environ["_X_AMZN_TRACE_ID"] = "Root=2"

    assert clock.moved(at) == at + DAY
    assert abs(clock() - utc_now() - DAY) < timedelta(minutes=1)


def test_outside_of_a_function_the_offset_is_read_each_time(tmp_path: Path) -> None:
    clock = MovedClock(tmp_path / "clock", {})
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.moved(at) == at

    (tmp_path / "clock").write_text("60")

    assert clock.moved(at) == at + timedelta(minutes=1)


def test_sessions_and_signatures_keep_to_the_systems_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clock").write_text(f"{DAY.total_seconds()}")
    now, _ = clocks({"CLOCK_FILE": str(tmp_path / "clock")})
    monkeypatch.setattr("tocsin.bootstrap.storage.now", now)

    storage = Storage(StoreClients(None), table_name="core", key_id="key")

    assert storage.clock() - storage.real_clock() > DAY - timedelta(minutes=1)
    assert storage.real_clock is clocks_of_a_process.utc_now
