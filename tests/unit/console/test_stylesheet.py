"""The colours of the pages can be read in both schemes: contrast as WCAG 2.2 computes it, from the file itself."""

from __future__ import annotations

import re

import pytest

from console.assets import ASSETS
from infra.local.places import ROOT
from tocsin.entrypoint.http.assets import TOKENS as TOKENS_SHEET

SHEET = ASSETS["tocsin.css"].text

TOKENS: dict[str, tuple[str, str]] = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", SHEET)
}

GROUNDS = ("bg", "surface", "well")
STATES = ("ok", "wait", "warn", "bad", "idle")

TEXTS = [
    *((text, ground) for text in ("ink", "soft", "accent", "accent-hover", *STATES) for ground in GROUNDS),
    *((state, f"{state}-well") for state in STATES),
    *(("ink", f"{well}-well") for well in ("accent", *STATES)),
    ("accent", "accent-well"),
    ("soft", "idle-well"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("surface", "bad"),
]
"""Text colours and what they stand on."""

BORDERS = [("edge", ground) for ground in GROUNDS] + [("accent", ground) for ground in GROUNDS]
"""Borders of controls and the ring of the focus."""


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "relative luminance")."""

    def luminance(colour: str) -> float:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("#ffffff", "#000000") == 21
    assert contrast("#777777", "#ffffff") < 4.5 < contrast("#767676", "#ffffff")


@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read_in_both_schemes(text: str, ground: str) -> None:
    assert [scheme for scheme in (0, 1) if contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) < 4.5] == []


@pytest.mark.parametrize(("border", "ground"), BORDERS)
def test_the_border_of_a_control_can_be_seen_in_both_schemes(border: str, ground: str) -> None:
    assert [scheme for scheme in (0, 1) if contrast(TOKENS[border][scheme], TOKENS[ground][scheme]) < 3] == []


def test_every_colour_is_written_once_and_outside_the_tokens_there_is_none() -> None:
    head, _, rest = SHEET.partition("@layer base {")
    assert re.findall(r"#[0-9a-f]{3,8}\b", rest) == []
    names = re.findall(r"^ +(--[\w-]+):", head, re.MULTILINE)
    assert len(names) == len(set(names))


def test_no_other_sheet_has_a_palette_of_its_own() -> None:
    other = (ROOT / "functions/alerts_api/assets/docs.css").read_text()
    pairs = re.findall(r"light-dark\([^)]+\)", other)
    assert [pair for pair in pairs if pair in TOKENS_SHEET] == []
    assert set(re.findall(r"var\((--[\w-]+)", other)) <= set(re.findall(r"(--[\w-]+):", TOKENS_SHEET))


def test_every_token_that_is_used_is_written() -> None:
    written = set(re.findall(r"(--[\w-]+):", SHEET))
    assert set(re.findall(r"var\((--[\w-]+)", SHEET)) <= written


def test_columns_cannot_overflow_and_layers_are_in_order() -> None:
    # A plain 1fr grows with what is in it.
    assert re.findall(r"\dfr\b", re.sub(r"minmax\(0, [\d.]+fr\)", "", SHEET)) == []
    assert "@layer reset, tokens, base, parts, pages;" in SHEET
    assert re.findall(r"^@layer (\w+) \{", SHEET, re.MULTILINE) == ["tokens", "reset", "base", "parts"]
