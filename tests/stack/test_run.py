"""`make run` as a newcomer meets it: one command, a demo, and everything still there the next time."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.local.places import ROOT, free_port


@dataclass(frozen=True)
class Newcomer:
    """Somebody with a checkout, a folder for the data and a port."""

    python: Path
    home: Path
    port: int

    def starts(self, *words: str, port: int | None = None) -> subprocess.Popen[str]:
        environment = {**os.environ, "TOCSIN_HOME": str(self.home), "TOCSIN_PORT": str(port or self.port)}
        # What a developer has set for real AWS must not matter, and must not be reached.
        environment |= {"AWS_PROFILE": "production", "AWS_ENDPOINT_URL": "http://192.0.2.1", "AWS_REGION": "us-west-1"}
        return subprocess.Popen(
            [self.python, "-m", "infra.local.run", *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def runs(self, *words: str) -> tuple[int, str]:
        done = self.starts(*words)
        said, _ = done.communicate(timeout=240)
        return done.returncode, said

    @property
    def noted(self) -> dict[str, object]:
        noted: dict[str, object] = json.loads((self.home / "run.json").read_text())
        return noted


@pytest.fixture(scope="module")
def newcomer(engine_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    return Newcomer(engine_python, tmp_path_factory.mktemp("home"), free_port())


@pytest.fixture(scope="module")
def first_run(newcomer: Newcomer) -> str:
    code, said = newcomer.runs("--once")
    assert code == 0, said
    return said


def test_the_first_run_shows_who_received_what(newcomer: Newcomer, first_run: str) -> None:
    rows = [line.split() for line in first_run.splitlines() if "@example.org" in line or "+447700" in line]
    assert [row[1] for row in rows] == ["sms"] * 3 + ["email"] * 3
    assert {(row[3], row[4]) for row in rows} == {("sent", "yes")}
    assert "6 sent" in first_run


def test_clients_find_their_way_and_nobody_else_reads_the_keys(newcomer: Newcomer, first_run: str) -> None:
    assert set(newcomer.noted) == {"api", "console", "engine", "apiKey", "sandboxApiKey", "users", "tenant"}
    assert newcomer.noted["engine"] == f"http://127.0.0.1:{newcomer.port}"
    assert (newcomer.home / "run.json").stat().st_mode & 0o777 == 0o600


def test_the_second_run_is_quick_keeps_the_keys_and_stops_on_ctrl_c(newcomer: Newcomer, first_run: str) -> None:
    keys = newcomer.noted["apiKey"], newcomer.noted["sandboxApiKey"]

    # when it is started again, to stay
    begun = time.monotonic()
    running = newcomer.starts()
    try:
        assert running.stdout is not None
        said = []
        while "ready" not in (line := running.stdout.readline()) and line:
            said.append(line)
        assert time.monotonic() - begun < 10
        assert (newcomer.noted["apiKey"], newcomer.noted["sandboxApiKey"]) == keys
        while "Paste this" not in line and line:
            line = running.stdout.readline()
            said.append(line)

        # then another in the same folder is turned away
        code, refusal = newcomer.runs("--once")
        assert code == 1
        assert refusal.startswith("tocsin: it already runs")
        assert refusal.count("\n") == 1

        # and the line to paste works
        running.stdout.readline()
        pasted = running.stdout.readline()
        answered = subprocess.run(pasted, shell=True, capture_output=True, text=True, check=True).stdout
        assert json.loads(answered)["success"] is True
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{newcomer.port}/_ministack/health", timeout=5)


def test_a_taken_port_is_one_clear_line(newcomer: Newcomer) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = newcomer.starts("--once", port=port)
        said, _ = refused.communicate(timeout=60)

    assert refused.returncode == 1
    assert said.startswith(f"tocsin: port {port} is taken")
    assert said.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_one_clear_line(engine_python: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    code, said = Newcomer(engine_python, tmp_path / "file" / "home", free_port()).runs("--once")

    assert code == 1
    assert said.startswith("tocsin: cannot write")
    assert said.count("\n") == 1
