"""What `make run` does when its demo goes wrong: it says so, and the system stays up."""

from __future__ import annotations

import subprocess
import sys
import urllib.error

import pytest

from infra.local.complaint import Complaint
from infra.local.places import ROOT
from infra.local.run import tried


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


def test_the_engine_starts_without_the_layers() -> None:
    # `make run` has an environment of its own, in which the code of the functions is not.
    code = "import sys, infra.local.run; sys.exit('tocsin' in sys.modules)"

    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
