"""Makes the guides that the API serves of `docs/guides/*.md` and `docs/codes.md`: `make docs`.

The API serves HTML that is made here, because a Markdown parser would be one more package in its layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from alerts_api.about import GUIDES

ROOT = Path(__file__).resolve().parent.parent

SERVED = ROOT / "functions" / "alerts_api" / "guides"


def source(name: str) -> Path:
    """Return the Markdown of a guide."""
    beside = ROOT / "docs" / f"{name}.md"
    return beside if beside.exists() else ROOT / "docs" / "guides" / f"{name}.md"


def rendered(name: str) -> str:
    """Return a guide as HTML, with links as they are where it is served."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(source(name).read_text())
    for token in tokens:
        token.children = _with_served_links(token.children or [])
    return str(parser.renderer.render(tokens, parser.options, {}))


def _with_served_links(tokens: Sequence[Token]) -> list[Token]:
    """Return the parts of a paragraph; of a link to a file that is not served, only the text stays."""
    kept, open_links = [], []
    for token in tokens:
        if token.type == "link_open":
            target = _served(str(token.attrGet("href")))
            token.attrSet("href", target)
            open_links.append(target)
        if token.type not in ("link_open", "link_close") or open_links[-1]:
            kept.append(token)
        if token.type == "link_close":
            open_links.pop()
    return kept


def _served(target: str) -> str:
    """Return where the target of a link is served, seen from a guide; empty if it is not."""
    path = Path(target)
    if target.startswith("https://"):
        return target
    if path.name == "openapi.json":
        return "../../openapi.json"
    return path.stem if path.suffix == ".md" and path.stem in GUIDES else ""


def main() -> None:
    """Write every guide."""
    SERVED.mkdir(exist_ok=True)
    for name in GUIDES:
        (SERVED / f"{name}.html").write_text(rendered(name))


if __name__ == "__main__":
    main()
