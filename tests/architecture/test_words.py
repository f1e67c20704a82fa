"""Retired words stay retired: a reader who knows Twilio, GoAlert or SES should not have to learn ours.

Each word has a standard term (docs/glossary.md, CONTRIBUTING.md). Code, templates and pages are read as text: names,
docstrings, comments and messages alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.deployment import ROOT

RETIRED = {
    r"brake[sd]?|braking|bitten": "sending limit, exceeded",
    r"meters?": "counter",
    r"allot(ment)?s?": "reserve, capacity reservation",
    r"ladders?|rungs?": "escalation policy, retry schedule, step",
    r"stand(s|ing)?[-_ ]down": "all-clear",
    r"(left|leave|leaves|leaving)[-_ ]out": "excluded, omitted",
    r"hand(ed|s|ing)?[-_ ]?overs?": "submission, submit",
    r"repl(y|ies)[-_ ]lost": "outcome unknown",
    r"evidence[-_ ]wait": "receipt grace",
    r"comes? to rest|came to rest": "reach a terminal state",
    r"slices?": "batch",
    r"tall(y|ies|ied)": "progress counts",
    r"work[-_ ]?ledgers?": "dispatch progress",
    r"look(s|ed|ing)?[-_ ]again": "next check",
    r"put(s|ting)?[-_ ]off": "defer",
    r"happenings?": "event, event publisher",
    r"tak(e|es|en|ing)[-_ ]in": "process",
    r"rung|rang": "enqueue, wake up; a phone was rung: called",
    r"alarm[-_ ]?clocks?": "wake-up scheduler",
    r"probes?": "heartbeat timer",
    r"overtaken": "conflict",
    r"doors?": "API boundary",
    r"\w+Asked": "…Request, …Options",
    r"alerts? of the house": "system alert",
    r"(owner|endpoint)[-_ ]news": "notification",
    r"mail[-_ ]?fates?": "mail outcome",
    r"set(s|ting)?[-_ ]off": "fire",
    r"firings?": "run",
    r"parked": "paused",
    r"onward": "redirect",
    r"wordings?": "rendered content",
    r"\w*Because": "…Reason",
    r"\w+_unread": "…_unavailable",
    r"client[-_ ]messages?": "account notice",
    r"whoever|whomever": "the one that",
    r"nobody|somebody": "no receiver, the receiver, another worker",
}
"""Retired words, as one pattern each, and what is said instead."""

ALLOWED = {
    "CHANGELOG.md": "it names the old words",
    "tests/architecture/test_words.py": "it names them too",
}

ON_THE_WIRE = ("/hand_over", '"hand_over"', "PostHandOver", '"firings"', "`firings`")
"""Words that callers use, which are a contract; the code has other words for the same."""

_SUFFIXES = {".py", ".md", ".yaml", ".j2", ".toml"}
_FORMS = {
    rf"(?:{pattern})(?![a-z])" if re.search("[A-Z]", pattern) else rf"(?i:(?:{pattern})(?![a-z]))": said
    for pattern, said in RETIRED.items()
}
_WORDS = {re.compile(f"(?<![A-Za-z]){form}"): said for form, said in _FORMS.items()}
_ANY = re.compile(f"(?<![A-Za-z])(?:{'|'.join(_FORMS)})")


def _texts() -> Iterator[Path]:
    for folder in ("layers", "functions", "infra", "docs", "clients", "agents"):
        for path in sorted((ROOT / folder).rglob("*")):
            if (
                path.suffix in _SUFFIXES
                and "__pycache__" not in path.parts
                and str(path.relative_to(ROOT)) not in ALLOWED
            ):
                yield path
    yield ROOT / "README.md"
    yield ROOT / "CONTRIBUTING.md"


def _retired_in(text: str) -> Iterator[str]:
    for word in ON_THE_WIRE:
        text = text.replace(word, "")
    apart = text.replace("_", " _ ")
    if not _ANY.search(text) and not _ANY.search(apart):  # a look for each word takes seven times as long
        return
    somewhere = {pattern: said for pattern, said in _WORDS.items() if pattern.search(text) or pattern.search(apart)}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.replace("_", " _ ")
        for pattern, said in somewhere.items():
            if (found := pattern.search(line)) or (found := pattern.search(words)):
                yield f"{number}: '{found[0]}' is retired; say: {said}"


@pytest.mark.parametrize("word", ["brake", "HandOver", "a slice of", "the door", "nobody", "left_out", "stand-down"])
def test_a_retired_word_is_found(word: str) -> None:
    assert list(_retired_in(f"x\n# {word} y"))


def test_no_retired_word_is_used() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}" for path in _texts() for line in _retired_in(path.read_text())]
    assert not found, "\n".join([f"{len(found)} retired words:", *found[:100]])
