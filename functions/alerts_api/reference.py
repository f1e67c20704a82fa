"""The API reference: the page of the viewer, the guides, and the files that both load.

The viewer is Swagger UI, from assets.lock (docs/adr/0100). Every link is relative, so the pages work under any prefix.
A file's name has the file's digest, so a browser keeps the file for a year.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from alerts_api.about import GUIDES
from alerts_api.openapi import TITLE
from tocsin.entrypoint.http.assets import Asset, assets_in

if TYPE_CHECKING:
    from jinja2 import Environment as Templates

_HERE = Path(__file__).parent

_SHOWN_ALONE = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

VIEWER_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; {_SHOWN_ALONE}"
)
"""Of the viewer's page: only files of this API, no inline script or style, no eval, no other host. The viewer's
stylesheet has its arrows as `data:`."""

GUIDE_POLICY = f"default-src 'none'; style-src 'self'; img-src data:; {_SHOWN_ALONE}"
"""Of a guide: one stylesheet, no script, and the empty icon, which is `data:` too."""


@functools.cache
def reference_page() -> str:
    """Return the page of the viewer."""
    return _templates().get_template("reference.html.j2").render(title=TITLE, asset=asset_name)


@functools.cache
def guide_page(name: str) -> str:
    """Return the page of a guide.

    Raises:
        KeyError: there is no such guide.
    """
    title = GUIDES[name]
    content = (_HERE / "guides" / f"{name}.html").read_text()
    return (
        _templates()
        .get_template("guide.html.j2")
        .render(title=title, of=TITLE, name=name, guides=GUIDES, content=content, asset=asset_name)
    )


def asset(name: str) -> Asset:
    """Return the file that has this name, which contains its digest.

    Raises:
        KeyError: there is no such file.
    """
    return {found.name: found for found in _assets().values()}[name]


def asset_name(file: str) -> str:
    """Return the name under which a file is served."""
    return _assets()[file].name


@functools.cache
def _assets() -> Mapping[str, Asset]:
    return assets_in(_HERE / "assets", with_tokens={"docs.css"})


@functools.cache
def _templates() -> Templates:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
