"""What `make bench` says: verdicts, the table, what is missing, and the pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.benchmarks import __main__ as bench
from tests.benchmarks.findings import NO_VERDICT, Finding, from_json, table
from tests.benchmarks.pictures import draw, full_names, picture

LEAST = Finding(
    1, "rate over <Celery>", [2.4, 2.6, 2.0], "x", must=1, aim=5, at_least=True, ours="1,000/s", peer="Celery 416"
)
MOST = Finding(4, "calls", [1.5], must=1.2, steady=True)
NONE = Finding(8, "lost", [3], must=0, steady=True)
PLAIN = Finding(6, "rows", [3.0], "ms")


@pytest.mark.parametrize(
    ("finding", "share", "verdict"),
    [(LEAST, 1 / 2.4, "kept"), (MOST, 1.25, "MISSED"), (NONE, float("inf"), "MISSED"), (PLAIN, None, "")],
)
def test_a_measure_above_its_goal_is_missed(finding: Finding, share: float | None, verdict: str) -> None:
    assert finding.share == (None if share is None else pytest.approx(share))
    assert finding.verdict == verdict
    assert (share is not None and share > 1) == (verdict == "MISSED")


@pytest.mark.parametrize(
    ("median", "drift", "verdict"),
    [
        (1.1, 1.3, "kept"),
        (1.1, 1.31, NO_VERDICT),
        (1.4, 1.31, "kept"),
        (0.7, 1.31, "MISSED"),
        (0.8, 1.31, NO_VERDICT),
        (4.0, 1.31, NO_VERDICT),
        (6.6, 1.31, "aim reached"),
    ],
)
def test_a_verdict_that_drift_could_have_made_is_none(median: float, drift: float, verdict: str) -> None:
    most = Finding(4, "calls", [1 / median], must=1, aim=1 / 5, drift=drift)
    assert replace(LEAST, samples=[median], drift=drift).verdict == verdict
    assert most.verdict == verdict
    assert replace(most, steady=True).verdict != NO_VERDICT


@pytest.mark.parametrize(
    ("samples", "verdict"), [([1.1, 1.2, 4.9], "kept"), ([0.9, 1.2, 1.3], NO_VERDICT), ([1.1, 1.2], NO_VERDICT)]
)
def test_sides_in_turn_have_the_verdict_that_each_turn_has(samples: list[float], verdict: str) -> None:
    assert replace(LEAST, samples=samples, in_turn=True, drift=2.0).verdict == verdict


def test_the_table_says_ours_the_peer_the_ratio_the_goal_and_the_verdict() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in table([LEAST, MOST], {1: "Fan-out", 4: "Calls"}).splitlines()
        if line[:1] == "|"
    ]
    assert rows[0] == ["#", "what", "ours", "peer", "ours / peer", "goal", "verdict"]
    assert rows[2:] == [
        ["1", "FAN-OUT", "", "", "", "", ""],
        ["", "rate over <Celery>", "1,000/s", "Celery 416", "2.40 ×", "≥ 1, aim ≥ 5", "kept"],
        ["4", "CALLS", "", "", "", "", ""],
        ["", "calls", "1.50", "", "", "≤ 1.2", "MISSED"],
    ]


def test_a_report_is_read_as_it_was_written() -> None:
    for finding in (LEAST, replace(LEAST, in_turn=True, drift=1.5), MOST, NONE, PLAIN):
        assert from_json(finding.as_json()) == finding


def test_what_is_missing_is_said_with_how_to_get_it() -> None:
    def nothing(program: str) -> None:
        return None

    def no_redis(program: str) -> str | None:
        return None if program == "redis-server" else program

    assert bench.missing_tools([1], nothing)["redis-server"] == "redis-server (Debian: apt-get install redis-server)"
    assert bench.missing_tools([1], nothing).keys() == bench.TOOLS.keys()
    assert bench.missing_tools([3, 4], no_redis) == {}
    assert bench.missing_tools([2], no_redis).keys() == {"redis-server"}


def test_every_budget_has_a_title() -> None:
    assert set(bench.budgets(True, False)) | {2} == set(bench.TITLES)


def test_a_picture_has_a_bar_and_words_for_each_measure_with_a_goal(tmp_path: Path) -> None:
    report = {"at": "2026-11-30T04:00:00", "findings": [f.as_json() for f in (LEAST, MOST, PLAIN)]}
    files = draw(report, {1: "Fan-out", 4: "Calls", 6: "History"}, tmp_path)
    assert [path.name for path in files] == ["01.svg", "04.svg"]
    svg = ElementTree.fromstring(picture("4 · Calls", [MOST], "2026-11-30"))
    texts = [each.text or "" for each in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "MISSED: 1.50, goal ≤ 1.2" in texts
    (bar,) = svg.iter("{http://www.w3.org/2000/svg}rect")
    (line,) = svg.iter("{http://www.w3.org/2000/svg}line")
    assert float(bar.attrib["x"]) + float(bar.attrib["width"]) > float(line.attrib["x1"])


def test_a_measure_in_a_picture_stands_alone() -> None:
    lines = [replace(PLAIN, metric=name) for name in ("calls", "  without the provider's", "  in dollars", "rows")]
    names = [finding.metric for finding in full_names(lines)]
    assert names == ["calls", "calls: without the provider's", "calls: in dollars", "rows"]
