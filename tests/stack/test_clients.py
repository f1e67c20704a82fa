"""The examples of the clients' READMEs, word for word, against the engine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.clients.examples import LANGUAGES, program
from tests.stack.system import System


def _run(system: System, language: str, folder: Path, client_ref: str = "pump-7") -> subprocess.CompletedProcess[str]:
    """Run the first example as a caller with a live key."""
    command, own = program(language, 0, folder)
    file = Path(command[-1])
    file.write_text(file.read_text().replace('"pump-7"', f'"{client_ref}"'))
    caller = system.callers["live"]
    environment = {**os.environ, **own, "API": caller.base, "KEY": caller.key}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_sends_an_alert_and_says_who_got_it(lively: System, language: str, tmp_path: Path) -> None:
    done = _run(lively, language, tmp_path)

    assert done.returncode == 0, done.stderr
    told = [line.rsplit(" ", 1) for line in done.stdout.splitlines()]
    assert sorted(who for who, _ in told) == ["ana email", "ana sms", "bob sms"]
    assert {state for _, state in told} <= {"sent", "delivered"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_says_what_is_wrong(lively: System, language: str, tmp_path: Path) -> None:
    done = _run(lively, language, tmp_path, client_ref="pump 7")

    assert done.returncode == 1
    assert done.stderr.startswith("/clientRef: "), done.stderr
