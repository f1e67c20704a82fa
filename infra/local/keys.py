"""Makes API keys the way an operator does. It runs on the built layers: this environment has none of our packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infra.local.engine import Engine
from infra.local.places import Places
from infra.local.stack import Stack


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key is to be: see `infra.operate`."""

    tenant: str
    kind: str
    name: str
    rights: Sequence[str] = ()


def create_key(engine: Engine, stack: Stack, places: Places, key: NewKey) -> str:
    """Create a key and return its text, which nothing can show again."""
    raise NotImplementedError
