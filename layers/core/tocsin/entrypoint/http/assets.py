"""Files that pages load. Names hold a digest, so a browser may keep a file for a year; texts only, by the gateway.

The colours and sizes of all pages have one home, `tokens.css`. A style sheet of a function begins with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

TOKENS = (Path(__file__).parent / "tokens.css").read_text()

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served. `name` holds a part of its digest."""

    name: str
    text: str
    type: str


def assets_in(folder: Path, with_tokens: Collection[str]) -> Mapping[str, Asset]:
    """Return the style sheets, scripts and pictures of a folder, by their plain names.

    Args:
        with_tokens: style sheets that begin with TOKENS.
    """
    paths = [path for path in sorted(folder.iterdir()) if path.suffix in _TYPES]
    return {path.name: _asset(path, TOKENS if path.name in with_tokens else "") for path in paths}


def _asset(path: Path, before: str) -> Asset:
    text = before + path.read_text()
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Asset(f"{path.stem}.{digest}{path.suffix}", text, _TYPES[path.suffix])
