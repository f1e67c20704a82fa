"""`make run` as a newcomer meets it: one command, a demo, and everything still there the next time."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.api import Api
from infra.local.demo_tenant.directory import JOINING
from infra.local.demo_tenant.people import PEOPLE
from infra.local.places import ROOT, free_port


@dataclass
class Newcomer:
    """Somebody with a checkout, a folder for the data and a port.

    `first_took`: seconds of the first run.
    """

    python: Path
    home: Path
    port: int
    first_took: float = 0.0

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

    def does(self, module: str, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [self.python, "-m", module, *words],
            cwd=ROOT,
            env={**os.environ, "TOCSIN_HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return done.returncode, done.stderr + done.stdout

    def replies(self, to: str, text: str) -> tuple[int, str]:
        return self.does("infra.local.commands.reply", "--", to, text)

    @property
    def noted(self) -> dict[str, Any]:
        noted: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return noted


@pytest.fixture(scope="module")
def newcomer(engine_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    return Newcomer(engine_python, tmp_path_factory.mktemp("home"), free_port())


@pytest.fixture(scope="module")
def first_run(newcomer: Newcomer) -> str:
    begun = time.monotonic()
    code, said = newcomer.runs("--once")
    newcomer.first_took = time.monotonic() - begun
    assert code == 0, said
    return said


def test_the_first_run_shows_who_received_what(newcomer: Newcomer, first_run: str) -> None:
    rows = [row for row in map(str.split, first_run.splitlines()) if row[1:2] in (["sms"], ["email"])]
    assert [row[1] for row in rows] == ["sms"] * 3 + ["email"] * 3
    assert {(row[3], row[4]) for row in rows} == {("delivered", "yes")}
    assert "6 delivered" in first_run
    assert "6 sent" in first_run


def test_the_first_run_shows_what_was_said_in_a_call(newcomer: Newcomer, first_run: str) -> None:
    _, _, dialogue = first_run.partition("+447700900100 calls +447700900101\n")
    assert [line.split(":")[0].strip() for line in dialogue.splitlines()[:5]] == ["pre", "main", "post", "done", "keys"]
    assert "callComplete: recipientOk" in dialogue
    (call,) = map(json.loads, (newcomer.home / "calls.jsonl").read_text().splitlines())
    assert (call["attempt"], call["keys"], call["endedBy"]) == (1, "2", "system")


def test_clients_find_their_way_and_nobody_else_reads_the_keys(newcomer: Newcomer, first_run: str) -> None:
    assert set(newcomer.noted) == {"api", "console", "engine", "apiKey", "sandboxApiKey", "users"} | {
        "tenant",
        "number",
        "now",
        "callbacks",
        "simulator",
        "phone",
        "mail_server",
    }
    assert newcomer.noted["engine"] == f"http://127.0.0.1:{newcomer.port}"
    roles = Counter(person["role"] for person in newcomer.noted["users"])
    assert roles.pop("admin") == roles.pop("manager") == 2
    assert len(roles) == 5, "each other role once, and one of the tenant's own"
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
        assert time.monotonic() - begun < newcomer.first_took / 5
        assert (newcomer.noted["apiKey"], newcomer.noted["sandboxApiKey"]) == keys
        while "Ctrl-C" not in line and line:
            line = running.stdout.readline()
            said.append(line)

        # then another in the same folder is turned away
        code, refusal = newcomer.runs("--once")
        assert code == 1
        assert refusal.startswith("tocsin: Tocsin already runs")
        assert refusal.count("\n") == 1

        # and the line to paste works
        (pasted,) = (line for line in said if line.strip().startswith("curl"))
        answered = subprocess.run(pasted, shell=True, capture_output=True, text=True, check=True).stdout
        assert json.loads(answered)["success"] is True

        # and keys and tenants are made in the running engine, with nothing but what runs it
        code, key = newcomer.does(
            "infra.local.commands.operate", "key", "create", *shlex.split("--tenant demo --kind live --name N")
        )
        assert code == 0, key
        assert Api(str(newcomer.noted["api"]), key.splitlines()[-1]).get("/alerts").status == 403  # known, but may not
        assert (
            newcomer.does(
                "infra.local.commands.operate", *shlex.split("tenant set --tenant demo --zone Europe/London")
            )[0]
            == 0
        )
        code, shell = newcomer.does("infra.local.commands.running")
        assert (code, shell.splitlines()[2]) == (0, "export NUMBER=+447700900100")
        assert f"export KEY={keys[0]}\n" in shell

        # and so does everything that `make reply` is told, in a second terminal
        replied = []
        for line in (line for line in said if line.strip().startswith("make reply")):
            to, text = re.fullmatch(r'  make reply TO=(\S+) TEXT="(.+)"\n', line).groups()  # type: ignore[union-attr]
            code, shown = newcomer.replies(to, text)
            assert code == 0, shown
            assert shown.count(f'"reply": "{text}"') == 1
            replied.append(text)
        assert newcomer.replies("+447700900101", "STOP")[0] == 0
        replied.append("STOP")

        # and whoever tests a client meanwhile still has all of its events to collect
        api = Api(str(newcomer.noted["api"]), str(newcomer.noted["apiKey"]))
        body = {"version": "latest", "all": True, "options": {"maximumItemsToReturn": 100}}
        waiting = api.post("/collectevents", body).body["events"]
        assert [event["reply"] for event in waiting if event["event"] == "reply"] == replied
        code, shown = newcomer.replies("+447700900999", "hello?")
        assert (code, shown) == (1, "tocsin: +447700900999 got no text that can be answered\n")
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{newcomer.port}/_ministack/health", timeout=5)


def test_a_moved_clock_lets_everything_happen_at_its_time_and_stays_ahead(newcomer: Newcomer, first_run: str) -> None:
    # given a running system with a text for every day, from in twenty minutes on
    running = newcomer.starts()
    try:
        assert running.stdout is not None
        while "Ctrl-C" not in (line := running.stdout.readline()) and line:
            pass
        api = Api(str(newcomer.noted["api"]), str(newcomer.noted["apiKey"]))
        body = {
            "version": "latest",
            "clientRef": "daily",
            "alert": [
                {
                    "alertType": "sms",
                    "tag": "t",
                    "sender": "Tocsin",
                    "recipients": ["+447700900123"],
                    "content": "Shift",
                }
            ],
            "options": {
                "schedule": {"start": "now", "delay": "20m", "repeat": "1d", "end": "2099-01-01T00:00:00Z"},
            },
        }
        answer = api.post("/sendalert", body)
        assert answer.status == 200, answer.body

        # when the clock is moved by two days
        before = datetime.fromisoformat(newcomer.noted["now"])
        code, said = newcomer.does("infra.local.commands.tick", "--", "2d")

        # then two texts have left, a day apart
        assert code == 0, said
        assert said.count("1 × schedule") == 2, said
        items = [one for one in api.get("/alerts").body["items"] if one["client_ref"] == "daily"]
        newest, oldest = sorted((datetime.fromisoformat(one["accepted_at"]) for one in items), reverse=True)
        assert abs(newest - oldest - timedelta(days=1)) < timedelta(minutes=1)
        moved = datetime.fromisoformat(newcomer.noted["now"]) - before
        assert timedelta(days=2) <= moved < timedelta(days=2, minutes=5)
        assert newcomer.does("infra.local.commands.tick", "--", "-1d") == (
            1,
            "tocsin: the clock never goes back; make fresh begins anew\n",
        )
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)

    # and the next run says so
    assert "the clock is 2 days, 0:00:00 ahead" in newcomer.runs("--once")[1]


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


def test_it_forgets_everything_when_asked_to_and_nothing_else(newcomer: Newcomer, first_run: str) -> None:
    key = newcomer.noted["apiKey"]
    (newcomer.home / "notes.txt").write_text("mine")

    # the user does not agree
    code, said = newcomer.runs("--once", "--fresh")
    assert (code, newcomer.noted["apiKey"]) == (1, key)
    assert "nothing was deleted" in said

    # the user agrees
    code, said = newcomer.runs("--once", "--fresh", "--yes")
    assert code == 0, said
    assert newcomer.noted["apiKey"] != key
    assert (newcomer.home / "notes.txt").read_text() == "mine"
    mails = list((newcomer.home / "mail").glob("*.eml"))
    assert len(mails) == len(PEOPLE) + len(JOINING) + 3  # an invitation for each person, and one demo alert


def test_it_runs_from_a_path_that_a_shell_would_take_apart(engine_python: Path, tmp_path: Path) -> None:
    # given a copy of the checkout, but for the environment and the dependencies, which are built already
    tree = tmp_path / "Zoë's bell tower"
    excluded = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(ROOT, tree, ignore=excluded)
    (tree / ".venv-engine").symlink_to(engine_python.parents[1])
    (tree / ".build" / "host").mkdir(parents=True)
    for built in ("dependencies-layer.zip", "dependencies-layer.stamp"):
        shutil.copy2(ROOT / ".build" / "host" / built, tree / ".build" / "host")

    # when somebody runs it there (and whatever its age, the environment is not made again)
    done = subprocess.run(
        ["make", "-o", ".venv-engine/made-from", "run", "ARGS=--once", f"PYTHON={engine_python}"],
        cwd=tree,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TOCSIN_PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    # then it does all it does elsewhere
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 delivered" in done.stdout
    assert (tree / ".local" / "run.json").exists()
