"""No regular expression takes more than twice the time for twice the text: tried on adversaries made from its parts."""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.architecture.expressions import ROOT, Expression

LENGTHS = (16, 18, 20, 22, 24, 26, *(250 * 2**n for n in range(7)))
"""Short ones first: what takes exponential time never ends at 250. The last is 16,000."""

LONGER = (*LENGTHS, 32_000, 64_000)

NOTICED = 0.02
"""Seconds below which an expression is not judged. 16,000 characters take 0.0003 in linear time, and 0.1 in quadratic
time at a nanosecond a step."""

QUADRATIC = 3.0
"""Growth at a doubling that is no noise: 2 is linear, 4 quadratic."""

MADE_OF_VALUES = {
    "mail_body.py": "a word of a content type; a boundary of at most 70 characters, escaped, between line ends",
    "erasure.py": "addresses, escaped",
}
"""Modules with expressions that are made while a text is read: what they are made of."""


def _listed() -> tuple[list[Expression], list[str]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.architecture.expressions"],
        cwd=ROOT,
        env={"PYTHONPATH": ":".join(path for path in (str(ROOT), *sys.path) if path), "PATH": ""},
        check=True,
        capture_output=True,
        timeout=120,
    )
    listed = json.loads(done.stdout)
    return [Expression(*each) for each in listed["expressions"]], listed["later"]


def _sample(parsed: Any, pick: int = 0) -> str:
    """Return a text that a parsed pattern matches, more or less."""
    return "".join(_one(op, value, pick) for op, value in parsed)


def _one(op: Any, value: Any, pick: int) -> str:
    match str(op):
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return "a" if value != ord("a") else "b"
        case "ANY":
            return "x"
        case "IN":
            return _of_class(value, pick)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _sample(value[2], pick) * max(int(value[0]), 1)
        case "SUBPATTERN":
            return _sample(value[3], pick)
        case "ATOMIC_GROUP":
            return _sample(value, pick)
        case "BRANCH":
            return _sample(value[1][pick % len(value[1])], pick)
        case "GROUPREF_EXISTS":
            return _sample(value[1], pick)
        case _:  # anchors and looks around
            return ""


_CATEGORIES = {
    "CATEGORY_DIGIT": "1",
    "CATEGORY_SPACE": " \n",
    "CATEGORY_WORD": "a_",
    "CATEGORY_NOT_SPACE": "a-",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_NOT_WORD": "- ",
}


def _of_class(items: list[tuple[Any, Any]], pick: int) -> str:
    members: list[str] = []
    for op, value in items:
        match str(op):
            case "NEGATE":
                return _outside(items[1:], pick)
            case "LITERAL":
                members.append(chr(value))
            case "RANGE":
                members += [chr(value[0]), chr(value[1])]
            case "CATEGORY":
                members += _CATEGORIES[str(value)]
    return members[pick % len(members)]


def _outside(items: list[tuple[Any, Any]], pick: int) -> str:
    inside = {_of_class([item], n) for item in items for n in range(2)}
    left = [char for char in "a1- .\n\t<:é" if char not in inside]
    return left[pick % len(left)] if left else "~"


def _repeats(parsed: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (what stands before it, what is repeated) of all repeats without a small limit, inner ones too."""
    for index, (op, value) in enumerate(parsed):
        before = parsed[:index]
        match str(op):
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                if value[1] > 30:
                    yield before, value[2]
                yield from _repeats(value[2])
            case "SUBPATTERN":
                yield from ((before, what) for _, what in _repeats(value[3]))
            case "ATOMIC_GROUP":
                yield from ((before, what) for _, what in _repeats(value))
            case "BRANCH":
                for branch in value[1]:
                    yield from ((before, what) for _, what in _repeats(branch))


def adversaries(expression: Expression) -> list[tuple[str, str, str]]:
    """Return (prefix, what is repeated, suffix) of texts that it may have trouble with."""
    parsed = re._parser.parse(expression.pattern, expression.flags & ~re.UNICODE)
    whole = _sample(parsed)
    units = {whole, whole[: len(whole) // 2], whole[:1], whole[:-1], "\n", " ", ".", "a", "-", "("}
    prefixes = {"", whole[:2]}
    for before, repeated in _repeats(parsed):
        for pick in range(4):
            units.add(_sample(repeated, pick))
            units.add(_sample(before, pick) + _sample(repeated, pick))
        prefixes.add(_sample(before))
    return [(prefix, unit, end) for prefix in sorted(prefixes) for unit in sorted(units - {""}) for end in ("", "\0!")]


def spent(pattern: re.Pattern[Any], method: str, text: Any, uses: int = 1) -> float:
    """Return CPU seconds of one use, the best of several."""
    apply: Callable[[Any], object] = {
        "sub": lambda t: pattern.sub(t[:0], t),
        "subn": lambda t: pattern.subn(t[:0], t),
        "finditer": lambda t: deque(pattern.finditer(t), maxlen=0),
    }.get(method) or getattr(pattern, method)
    best = float("inf")
    gc.disable()
    try:
        for _ in range(uses):
            started = time.process_time()
            apply(text)
            best = min(best, time.process_time() - started)
    finally:
        gc.enable()
    return best


def grows(expression: Expression, method: str, lengths: tuple[int, ...] = LENGTHS) -> tuple[str, str, str] | None:
    """Return an adversary for which the time grows faster than the text, None if there is none."""
    pattern = expression.compiled()
    for prefix, unit, end in adversaries(expression):

        def text_of(length: int, prefix: str = prefix, unit: str = unit, end: str = end) -> Any:
            text = prefix + (unit * (length // len(unit) + 1))[:length] + end
            return text.encode("latin-1", "replace") if expression.octets else text

        if all(
            spent(pattern, method, text_of(length)) < NOTICED for length in (18, 22, 26, 250, 1_000, 4_000, lengths[-1])
        ):
            continue
        before = 0.0
        for length in lengths:
            now = spent(pattern, method, text_of(length))
            if now >= NOTICED and now > QUADRATIC * before:
                # Once more: the machine may have been busy with something else.
                half = spent(pattern, method, text_of(length // 2), 3)
                if spent(pattern, method, text_of(length), 3) > QUADRATIC * half:
                    return prefix, unit, end
            before = now
    return None


@pytest.mark.deep
def test_d7_every_expression_takes_time_in_proportion_to_its_text() -> None:
    # One test, because it takes six seconds to list the expressions: every module is imported.
    expressions, later = _listed()
    slow = [
        (expression.place, method, found)
        for expression in expressions
        for method in expression.methods
        if (found := grows(expression, method, LONGER)) is not None
    ]

    assert slow == []
    assert len(expressions) > 120
    assert {place.rpartition("/")[2].partition(":")[0] for place in later} == set(MADE_OF_VALUES)


@pytest.mark.parametrize("pattern", [r"\s*:", r"(a+)+$", r"[^@]+@", r".+\.elb\.com", r"a.*b.*c"])
def test_the_adversaries_find_what_is_not_linear(pattern: str) -> None:
    assert grows(Expression("", pattern, False, 0, ()), "search") is not None


@pytest.mark.parametrize("pattern", [r"[a-z]+;", r"(?:\.[a-z]+)*", r"x{1,20}y"])
def test_what_is_linear_is_left_alone(pattern: str) -> None:
    assert grows(Expression("", pattern, False, 0, ()), "match") is None
