"""The pages for visitors of short links. They are made for phones and load no scripts and no other files."""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment as Templates
    from markupsafe import Markup

_TEMPLATES = Path(__file__).parent / "templates"


class Page(StrEnum):
    """The pages; the values are file names of templates."""

    CONFIRM = "confirm.html.j2"  # the page with the button; a form that posts to the same path
    AGAIN = "again.html.j2"  # the page once more, after a press that may be a machine's
    THANKS = "thanks.html.j2"
    NOWHERE = "nowhere.html.j2"  # unknown or expired code: one page, so that a visitor cannot tell which
    LATER = "later.html.j2"  # the visit was not recorded; the visitor can try again


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered page and its Content-Security-Policy, which allows only the page's own style, and no script."""

    html: str
    policy: str


def rendered(page: Page, token: str = "") -> Rendered:
    """Return a page; `token` is that of CONFIRM and AGAIN. The others are equal for all visitors, and made once."""
    return _rendered(page, token) if token else _without_token(page)


@functools.cache
def _without_token(page: Page) -> Rendered:
    return _rendered(page, "")


def _rendered(page: Page, token: str) -> Rendered:
    style = _style()
    html = _templates().get_template(page.value).render(style=style, token=token)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # Without form-action: browsers apply it to every hop of the redirect that answers the form.
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
    return Rendered(html, policy)


@functools.cache
def _style() -> Markup:
    from markupsafe import Markup

    return Markup((_TEMPLATES / "page.css").read_text())  # noqa: S704  our own file


@functools.cache
def _templates() -> Templates:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # a redirect needs none

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
