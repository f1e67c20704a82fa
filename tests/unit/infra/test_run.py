"""What `make run` does when its demo goes wrong: it says so, and the system stays up."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import threading
import urllib.error
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts_api.schemas.send_alert import SendAlertBody
from infra.local.api import Answer
from infra.local.complaint import Complaint
from infra.local.demo_tenant.demo_call import demonstrate_call, dialogue
from infra.local.places import ROOT, Places
from infra.local.run import hold, stopping, tried


def test_a_demo_that_goes_well_says_nothing_more() -> None:
    said: list[str] = []

    assert tried(lambda: True, said.append)
    assert said == []


def test_a_demo_that_not_everybody_gets_is_told() -> None:
    said: list[str] = []

    assert not tried(lambda: False, said.append)
    assert said == ["not every receiver got the demo alert"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Complaint("the demo alert was refused: 503"), "the demo alert failed: the demo alert was refused: 503"),
        (urllib.error.URLError("refused"), "the demo alert failed: URLError('refused')"),
        (KeyError("alertRef"), "the demo alert failed: KeyError('alertRef')"),
    ],
)
def test_a_demo_that_fails_takes_nothing_down(error: Exception, told: str) -> None:
    said: list[str] = []

    def demo() -> bool:
        raise error

    assert not tried(demo, said.append)
    assert said == [told]


def test_a_start_waits_for_a_run_that_is_saving_its_data(tmp_path: Path) -> None:
    places, said = Places(tmp_path), list[str]()
    with places.lock.open("a+") as first, places.lock.open("a+") as second:
        hold(first, places, said.append)
        stopping(places)
        threading.Timer(0.3, fcntl.flock, (first, fcntl.LOCK_UN)).start()
        hold(second, places, said.append)

        assert said == ["another run is stopping in this folder; waiting until its data is saved"]
        with places.lock.open("a+") as third, pytest.raises(Complaint, match="already runs"):
            hold(third, places, said.append)


def test_a_start_is_refused_while_a_run_stays_up_or_does_not_end(tmp_path: Path) -> None:
    places, said = Places(tmp_path), list[str]()
    with places.lock.open("a+") as first, places.lock.open("a+") as second:
        hold(first, places, said.append)
        with pytest.raises(Complaint, match="already runs in this folder"):
            hold(second, places, said.append)
        stopping(places)
        with pytest.raises(Complaint, match="does not end"):
            hold(second, places, said.append, timedelta(seconds=0.2))


CALL = {
    "from": "+447700900100",
    "to": "+447700900101",
    "alertRef": "a1",
    "attempt": 1,
    "said": [
        {"prompt": "pre", "text": "This is the duty desk.", "voice": "Amy", "ms": 1400, "cut": False},
        {"prompt": "main", "file": "s3://b/prompts/1.wav", "ms": 4000, "cut": False},
    ],
    "keys": "",
    "endedBy": "person",
}


def test_a_call_is_shown_line_by_line() -> None:
    assert list(dialogue(CALL)) == [
        "+447700900100 calls +447700900101",
        "  pre: This is the duty desk.",
        "  main: [recording 4.0 s]",
        "  keys: none; ended by: person",
    ]


class DemoApi:
    """Takes the demo call, and has two lots of events."""

    key = "k"

    def __init__(self, status: str) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.lots = [[{"event": "sent"}], [{"event": "attempt"}, {"event": "callComplete", "status": status}]]

    def post(self, path: str, body: Any) -> Answer:
        self.asked.append((path, body))
        if path == "/sendalert":
            return Answer(200, {"success": True, "alertRef": "a1"}, {})
        return Answer(200, {"events": self.lots.pop(0)}, {})


@pytest.mark.parametrize(("status", "good"), [("recipientOk", True), ("failed", False)])
def test_the_demo_calls_one_person_and_shows_only_that_call(tmp_path: Path, status: str, good: bool) -> None:
    said: list[str] = []
    calls = tmp_path / "calls.jsonl"
    calls.write_text("".join(json.dumps({**CALL, "alertRef": ref}) + "\n" for ref in ("a0", "a1")))
    api = DemoApi(status)

    assert demonstrate_call(api, calls, said.append) is good  # type: ignore[arg-type]

    assert said.count("  +447700900100 calls +447700900101") == 1
    assert said[-1].endswith(f"callComplete: {status}")
    SendAlertBody.model_validate(api.asked[0][1])


def test_the_engine_starts_without_the_layers() -> None:
    # `make run` has an environment of its own, in which the code of the functions is not.
    code = "import sys, infra.local.run; sys.exit('tocsin' in sys.modules)"

    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
