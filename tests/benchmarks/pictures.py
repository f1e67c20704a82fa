"""One picture of each budget: how much of its goal each measure uses up, as SVG in docs/benchmarks.

A bar that ends left of the line keeps its goal. Colours are for light and dark pages; each bar says its verdict in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.findings import Finding, from_json, number

FOLDER = processes.ROOT / "docs" / "benchmarks"
MOST = 2.0
"""The share of a goal at which a bar ends, however much more is used."""

_WIDTH, _LABELS, _BARS, _ROW, _TOP = 960, 430, 260, 26, 58

_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1c2430 } .quiet { fill: #55606e } .title { font-size: 17px; font-weight: 600 }
.kept { fill: #2e7d4f } .missed { fill: #b3261e } .open { fill: #8a6d1a } .goal { stroke: #1c2430; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) { text { fill: #e6e9ee } .quiet { fill: #a7b0bc } .kept { fill: #6cc492 }
.missed { fill: #f2857d } .open { fill: #d9b84a } .goal { stroke: #e6e9ee } }
"""


def draw(report: Mapping[str, Any], titles: Mapping[int, str], folder: Path = FOLDER) -> list[Path]:
    """Draw a picture of each budget that has measures with a goal; return the files."""
    findings = [from_json(told) for told in report["findings"]]
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for budget, title in titles.items():
        lines = [finding for finding in findings if finding.budget == budget and finding.share is not None]
        if lines:
            path = folder / f"{budget:02}.svg"
            path.write_text(picture(f"{budget} · {title}", lines, report["at"][:10]))
            drawn.append(path)
    return drawn


def picture(title: str, lines: Sequence[Finding], day: str) -> str:
    """Return an SVG of some measures."""
    height = _TOP + _ROW * len(lines) + 22
    middle = _LABELS + _BARS / MOST
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="12" y="26">{escape(title)}</text>',
        f'<text class="quiet" x="{middle:.0f}" y="46" text-anchor="middle">goal</text>',
        f'<line class="goal" x1="{middle:.0f}" x2="{middle:.0f}" y1="50" y2="{_TOP + _ROW * len(lines)}"/>',
    ]
    for place, line in enumerate(lines):
        parts += _bar(line, _TOP + _ROW * place)
    parts += [
        f'<text class="quiet" x="12" y="{height - 8}">measured {day}; left of the line the goal is kept</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _bar(line: Finding, y: int) -> list[str]:
    share = line.share or 0.0
    kind = {"MISSED": "missed", "kept": "kept", "aim reached": "kept"}.get(line.verdict, "open")
    width = min(share, MOST) / MOST * _BARS
    value = f"{number(line.median)} {'×' if line.unit == 'x' else line.unit}".strip()
    said = f"{value} (goal {line.goal}): {line.verdict}"
    return [
        f'<text x="{_LABELS - 10}" y="{y + 14}" text-anchor="end">{escape(_short(line.metric.strip()))}</text>',
        f'<rect class="{kind}" x="{_LABELS}" y="{y + 3}" width="{max(width, 2):.0f}" height="15" rx="2"/>',
        f'<text class="quiet" x="{_LABELS + _BARS + 10}" y="{y + 14}">{escape(said)}</text>',
    ]


def _short(text: str, most: int = 62) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
