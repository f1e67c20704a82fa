"""Style sheet and scripts: named by their content, so that a browser may keep them for a year."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "assets"

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `name` holds a part of its digest."""

    name: str
    text: str
    type: str


def _read(path: Path) -> Asset:
    text = path.read_text()
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Asset(f"{path.stem}.{digest}{path.suffix}", text, _TYPES[path.suffix])


ASSETS = {path.name: _read(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}
"""The files by their plain names. They are read at import, so that a snapshot holds them."""

BY_NAME = {asset.name: asset for asset in ASSETS.values()}
