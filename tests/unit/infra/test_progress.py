"""Whoever waits sees that something is still going on."""

from __future__ import annotations

import threading

from infra.progress import still


def test_what_takes_long_gives_signs_of_life_until_it_is_over() -> None:
    lines: list[str] = []
    third = threading.Event()

    def say(line: str) -> None:
        lines.append(line)
        if len(lines) == 3:
            third.set()

    with still(say, "dependencies layer", every=0.01):
        assert third.wait(10)

    assert lines[0] == "dependencies layer: still running after 0 s"


def test_what_is_quick_says_nothing() -> None:
    lines: list[str] = []

    with still(lines.append, "functions", every=60):
        pass

    assert lines == []
