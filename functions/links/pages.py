"""What a visitor sees. Self-contained pages, made for a phone; no script, nothing from anywhere else."""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_TEMPLATES = Path(__file__).parent / "templates"


class Page(StrEnum):
    """The pages there are; the values are their templates."""

    THANKS = "thanks.html.j2"
    NOWHERE = "nowhere.html.j2"  # unknown, over, somebody else's: one page, so that nobody learns which
    LATER = "later.html.j2"  # nothing was recorded; please try again


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished page and the Content-Security-Policy that lets its own style through and nothing else."""

    html: str
    policy: str


@functools.cache
def rendered(page: Page) -> Rendered:
    """Return a page. They say the same to everybody, so each is made once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # most visits are redirects and need none
    from markupsafe import Markup

    style = (_TEMPLATES / "page.css").read_text()
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    html = templates.get_template(page.value).render(style=Markup(style))  # noqa: S704  our own file
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Rendered(html, policy)
