"""The pages for visitors of short links. They are made for phones and load no scripts and no other files."""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_TEMPLATES = Path(__file__).parent / "templates"


class Page(StrEnum):
    """The pages; the values are file names of templates."""

    THANKS = "thanks.html.j2"
    NOWHERE = "nowhere.html.j2"  # unknown or expired code: one page, so that a visitor cannot tell which
    LATER = "later.html.j2"  # the visit was not recorded; the visitor can try again


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered page and its Content-Security-Policy, which allows only the page's own style."""

    html: str
    policy: str


@functools.cache
def rendered(page: Page) -> Rendered:
    """Return a page. A page is the same for every visitor, so it is rendered once."""
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
