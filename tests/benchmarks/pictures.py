"""One picture of each budget: how much of its goal each measure uses up, as SVG in docs/benchmarks.

A bar that ends left of the line keeps its goal. Colours are for light and dark pages; each bar says its verdict in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.findings import Finding, from_json, number

FOLDER = processes.ROOT / "docs" / "benchmarks"
MOST = 2.0
"""The share of a goal at which a bar ends, however much more is used."""

_WIDTH, _LEFT, _BARS, _ROW, _TOP = 960, 12, 400, 44, 58

_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1c2430 } .quiet { fill: #55606e } .title { font-size: 17px; font-weight: 600 }
.kept { fill: #2e7d4f } .missed { fill: #b3261e } .open { fill: #8a6d1a } .goal { stroke: #1c2430; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) { text { fill: #e6e9ee } .quiet { fill: #a7b0bc } .kept { fill: #6cc492 }
.missed { fill: #f2857d } .open { fill: #d9b84a } .goal { stroke: #e6e9ee } }
"""


def draw(report: Mapping[str, Any], titles: Mapping[int, str], folder: Path = FOLDER) -> list[Path]:
    """Draw a picture of each budget that has measures with a goal; return the files."""
    named = full_names([from_json(told) for told in report["findings"]])
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for budget, title in titles.items():
        lines = [finding for finding in named if finding.budget == budget and finding.share is not None]
        if lines:
            path = folder / f"{budget:02}.svg"
            path.write_text(picture(f"{budget} · {title}", lines, report["at"][:10]))
            drawn.append(path)
    return drawn


def full_names(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with names that stand alone: an indented one is preceded by what it belongs to."""
    named, above = [], ""
    for finding in findings:
        if finding.metric.startswith(" "):
            named.append(replace(finding, metric=f"{above}: {finding.metric.strip()}"))
        else:
            above = finding.metric
            named.append(finding)
    return named


def picture(title: str, lines: Sequence[Finding], day: str) -> str:
    """Return an SVG of some measures, each a name and a bar below it."""
    height = _TOP + _ROW * len(lines) + 28
    middle = _LEFT + _BARS / MOST
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="{_LEFT}" y="26">{escape(title)}</text>',
        f'<text class="quiet" x="{middle:.0f}" y="48" text-anchor="middle">goal</text>',
    ]
    for place, line in enumerate(lines):
        parts += _bar(line, _TOP + _ROW * place, middle)
    told = f"measured {day}; a bar that ends left of the line keeps its goal, and none is longer than twice its goal"
    parts += [f'<text class="quiet" x="{_LEFT}" y="{height - 8}">{told}</text>', "</svg>"]
    return "\n".join(parts) + "\n"


def _bar(line: Finding, y: int, middle: float) -> list[str]:
    kind = {"MISSED": "missed", "kept": "kept", "aim reached": "kept"}.get(line.verdict, "open")
    width = min(line.share or 0.0, MOST) / MOST * _BARS
    value = f"{number(line.median)} {'×' if line.unit == 'x' else line.unit}".strip()
    said = f"{line.verdict}: {value}, goal {line.goal}"
    return [
        f'<text x="{_LEFT}" y="{y + 12}">{escape(_short(line.metric))}</text>',
        f'<rect class="{kind}" x="{_LEFT}" y="{y + 18}" width="{max(width, 2):.0f}" height="15" rx="2"/>',
        f'<line class="goal" x1="{middle:.0f}" x2="{middle:.0f}" y1="{y + 15}" y2="{y + 36}"/>',
        f'<text class="quiet" x="{_LEFT + _BARS + 10}" y="{y + 30}">{escape(said)}</text>',
    ]


def _short(text: str, most: int = 130) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
