"""What `make run` does when its demo goes wrong: it says so, and the system stays up."""

from __future__ import annotations

import urllib.error

import pytest

from infra.local.complaint import Complaint
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
