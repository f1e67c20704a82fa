"""The README's commands work when a newcomer pastes them, in order, beside a running engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from typing import Any

from infra.local.demo_tenant.seed import Servers, seed
from infra.local.places import ROOT
from tests.stack.system import System

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
ELSEWHERE = {"make run\n", "make deploy STAGE=dev\n"}
"""One starts the engine, and the other needs AWS."""

PASTE = """
make() { command make -o .venv-engine/made-from "$@"; }
curl() { command curl --fail-with-body "$@"; }
"""
"""The environment is not made again, whatever its age, and an error status ends the shell."""


def answers(printed: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in what a shell printed."""
    place = printed.find("{")
    while place >= 0:
        found, end = json.JSONDecoder().raw_decode(printed, place)
        yield found
        place = printed.find("{", end)


def test_commands_can_be_pasted_whole() -> None:
    # An interactive zsh gives a comment to the command as arguments, and a part of a call cannot be sent.
    assert [line for block in BLOCKS for line in block.splitlines() if re.search(r"(^|\s)#|\.\.\.|…", line)] == []
    assert "```json" not in README
    assert [line for line in README.splitlines() if re.search(r"curl (?!-sS )", line)] == []
    assert set(BLOCKS) > ELSEWHERE


def test_every_command_works_in_order(lively: System) -> None:
    # given what `make run` makes, and a second terminal
    places = lively.engine.places
    servers = Servers(lively.outside.callbacks.url, "", "", lively.outside.tenant_mail.access)
    found = seed(lively.engine, lively.stack, places, servers, print)
    environment = {name: word for name, word in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    script = "\n".join([PASTE, *(block for block in BLOCKS if block not in ELSEWHERE)])

    # when the blocks are pasted
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=environment | {"TOCSIN_HOME": str(places.home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    # then each one did what the text beside it says
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, said
    told = list(answers(done.stdout))
    verbs = [answer for answer in told if "success" in answer]
    assert len(verbs) == script.count('curl -sS "$API/') - script.count('curl -sS "$API/alerts/') > 5, said
    assert all(answer["success"] for answer in verbs), said
    assert verbs[-2]["alerts"][0] | {"requestedCount": 2, "sentCount": 1} == verbs[-2]["alerts"][0], said
    assert [answer["escalation"]["state"] for answer in told if answer.get("escalation")] == ["acknowledged"], said
    assert {"On my way", "Going"} <= {answer["reply"] for answer in told if answer.get("reply")}, said
    assert "pressed the button" in done.stdout, said
    assert found.api_key not in done.stderr
