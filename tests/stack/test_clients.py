"""The examples of the clients' READMEs, word for word, against the engine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.clients.examples import LANGUAGES, program
from tests.stack.system import System


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_sends_an_alert_and_says_who_got_it(lively: System, language: str, tmp_path: Path) -> None:
    command, own = program(language, 0, tmp_path)
    caller = lively.callers["live"]

    done = subprocess.run(
        command,
        env={**os.environ, **own, "API": caller.base, "KEY": caller.key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = [line.rsplit(" ", 1) for line in done.stdout.splitlines()]
    assert sorted(who for who, _ in told) == ["ana email", "ana sms", "bob sms"]
    assert {state for _, state in told} <= {"sent", "delivered"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_says_what_is_wrong(lively: System, language: str, tmp_path: Path) -> None:
    command, own = program(language, 0, tmp_path)
    file = Path(command[-1])
    file.write_text(file.read_text().replace('"pump-7"', '"pump 7"'))
    caller = lively.callers["live"]

    done = subprocess.run(
        command,
        env={**os.environ, **own, "API": caller.base, "KEY": caller.key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("/clientRef: "), done.stderr
