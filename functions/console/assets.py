"""Style sheets, scripts and the picture of the console."""

from __future__ import annotations

from pathlib import Path

from tocsin.entrypoint.http.assets import assets_in

ASSETS = assets_in(Path(__file__).parent / "assets", with_tokens={"tocsin.css"})
"""The files by their plain names. They are read at import, so that a snapshot holds them."""

BY_NAME = {asset.name: asset for asset in ASSETS.values()}
"""The same by the names under which they are served."""
