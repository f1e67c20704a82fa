"""The diagram of a rule: triggers, the rule, notifications, from left to right, each a box. Sizes are pixels."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.entrypoint.rule_export.described import DescribedPart, DescribedRule
from tocsin.kernel.domain.counted import counted

_WIDTH, _GAP, _BETWEEN, _MARGIN = 300, 80, 18, 16
_LINE, _PADDING = 18, 12
_CHARACTERS, _LINES = 32, 3
"""Of one line of a box, and lines of one value; the rest is in the tables."""

_VALUES = 4
"""Settings that a box shows."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box at a place.

    Attributes:
        title: lines in bold.
        lines: below.
        full: the whole text, for those who point at the box.
        off: it does nothing now.
    """

    x: int
    y: int
    height: int
    title: Sequence[str]
    lines: Sequence[str]
    full: str
    off: bool = False
    width: int = _WIDTH

    @property
    def middle(self) -> int:
        """Where its arrows meet it."""
        return self.y + self.height // 2

    @property
    def baselines(self) -> list[tuple[int, str, bool]]:
        """Each line of text with its height, and whether it is bold."""
        texts = [(line, True) for line in self.title] + [(line, False) for line in self.lines]
        return [(self.y + _PADDING + _LINE * n + 13, text, bold) for n, (text, bold) in enumerate(texts)]


@dataclass(frozen=True, slots=True)
class Diagram:
    """All boxes of a rule. Every trigger leads to the rule, and the rule to every notification."""

    width: int
    height: int
    triggers: Sequence[Box]
    rule: Box
    notifications: Sequence[Box]


def diagram_of(rule: DescribedRule) -> Diagram:
    """Return where everything stands."""
    triggers = _column(_MARGIN, rule.triggers or [DescribedPart("No trigger", (), "the rule never matches")])
    notifications = _column(
        _MARGIN + 2 * (_WIDTH + _GAP), rule.notifications or [DescribedPart("No notification", (), "nothing is sent")]
    )
    (own,) = _column(_MARGIN + _WIDTH + _GAP, [DescribedPart(rule.name, rule.settings[:2])])
    height = max(box.y + box.height for box in (*triggers, own, *notifications)) + _MARGIN
    placed = Box(own.x, (height - own.height) // 2, own.height, own.title, own.lines, own.full)
    return Diagram(3 * _WIDTH + 2 * _GAP + 2 * _MARGIN, height, triggers, placed, notifications)


def _column(x: int, parts: Sequence[DescribedPart]) -> list[Box]:
    boxes, y = list[Box](), _MARGIN
    for part in parts:
        title = _wrapped(part.title)
        texts = [f"{label}: {value}" for label, value in part.settings]
        if part.off:
            texts.insert(0, part.off)
        lines = [line for text in texts[:_VALUES] for line in _wrapped(text)]
        if len(texts) > _VALUES:
            lines.append(f"and {counted(len(texts) - _VALUES, 'more setting')}")
        height = 2 * _PADDING + _LINE * (len(title) + len(lines))
        boxes.append(Box(x, y, height, title, lines, "\n".join([part.title, *texts]), bool(part.off)))
        y += height + _BETWEEN
    return boxes


def _wrapped(text: str) -> list[str]:
    """Return a text in lines that fit a box. Chinese, Japanese and Korean characters are twice as wide as others."""
    wide = any(unicodedata.east_asian_width(each) in "WF" for each in text)
    most = _CHARACTERS // 2 if wide else _CHARACTERS
    return textwrap.wrap(" ".join(text.split()), most, max_lines=_LINES, placeholder=" …") or [""]
