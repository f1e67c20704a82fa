"""What the simulator answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Response:
    """One response. `headers`: beside those of every response (`site.ALWAYS`)."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] | None = None
