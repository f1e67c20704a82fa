"""Pages from templates: links that hold under any prefix, times in the reader's zone, and what a page may load."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from console.assets import ASSETS
from console.words import ago, counted, number

if TYPE_CHECKING:
    from jinja2 import Environment as Templates

ROOT = "console"
"""First segment of every path of the console."""

_PAGES = Path(__file__).parent / "pages"

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types tocsin tocsin-push"
)
"""Content-Security-Policy of every page."""

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}


def link(path: str, to: str, query: Mapping[str, Any] | None = None) -> str:
    """Return the relative address of a page of the console, as seen from the page `path`.

    The gateway puts a stage, and the local engine a longer prefix, before every path, and no function sees either. Only
    relative addresses hold under all of them.

    Args:
        path: path of the present page, for example `/console/alerts/new`; or of a page of ours elsewhere.
        to: the page below the console, for example `users`; each segment is percent-encoded.
        query: parameters; those that are None or "" are omitted.
    """
    segments = path.strip("/").split("/")
    depth = len(segments) - 1
    to = to.lstrip("/")  # an address that begins with slashes would lead to another host
    given = {name: value for name, value in (query or {}).items() if value not in (None, "")}
    if segments[0] != ROOT:
        found = "../" * depth + f"{ROOT}/{quote(to, safe='/')}".rstrip("/")
    elif not to:  # the console itself, whose path has no slash at its end
        found = "../" * depth + ROOT
    else:
        found = (f"{ROOT}/" if depth == 0 else "../" * (depth - 1)) + quote(to, safe="/")
    return found + (f"?{urlencode(given)}" if given else "")


def render(name: str, path: str, zone: str, now: datetime, values: Mapping[str, Any]) -> str:
    """Return a page.

    Args:
        name: of the template, without its ending.
        path: of the present page, for links.
        zone: IANA name of the reader's time zone.
        now: for "7 min ago".
        values: what the template uses.
    """
    place = ZoneInfo(zone)

    def local(at: datetime, form: str) -> str:
        return at.astimezone(place).strftime(form)

    return (
        templates()
        .get_template(f"{name}.j2")
        .render(
            link=functools.partial(link, path),
            asset=lambda file: link(path, f"assets/{ASSETS[file].name}"),
            clock=lambda at: local(at, "%H:%M:%S"),
            minute=lambda at: local(at, "%H:%M"),
            day=lambda at: local(at, "%a %-d %b %Y"),
            full=lambda at: f"{local(at, '%a %-d %b %Y %H:%M:%S')} {zone}",
            ago=lambda at: ago(now - at),
            when=lambda at: local(at, "%H:%M" if abs(now - at) < timedelta(hours=18) else "%-d %b %H:%M"),
            now=now,
            zone=zone,
            **values,
        )
    )


def load_templates() -> None:
    """Load every template, for a snapshot of the process."""
    for name in templates().list_templates():
        templates().get_template(name)


@functools.cache
def templates() -> Templates:
    """Return the templates, made at the first page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    made.filters["iso"] = lambda at: at.isoformat(timespec="seconds").replace("+00:00", "Z")
    made.filters["number"] = number
    made.filters["counted"] = counted
    return made
