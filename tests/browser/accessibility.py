"""What axe-core finds on a page, in light and in dark, and pictures of both."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from infra.local.places import ROOT

AXE = (Path(__file__).parent / "assets" / "axe.min.js").read_text()

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PICTURES = ROOT / "reports" / "browser"

_RUN = """async (rules) => (await axe.run({runOnly: rules, resultTypes: ["violations"]})).violations.map(
    (found) => found.id + ": " + found.nodes.map((node) => node.target.join(" ") + " " + node.html.slice(0, 120)).join(" | ")
)"""


def accessible(page: Page, name: str) -> None:
    """Assert that axe finds no violation in either scheme; keep a picture of each as `name`-light and `name`-dark.

    Open the page with `visits.open(inspected=True)`.
    """
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        pictured(page, f"{name}-{scheme}")
        page.evaluate(AXE)
        violations = page.evaluate(_RUN, RULES)
        assert not violations, f"{scheme}: {violations}"


def pictured(page: Page, name: str) -> None:
    """Keep a picture of the whole page in reports/browser."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True, animations="disabled")


def fits(page: Page) -> bool:
    """Whether nothing of the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
