"""The answer of `/health`."""

from __future__ import annotations

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict


@with_config(ConfigDict(extra="forbid"))
class Health(TypedDict):
    """It is up."""

    status: str
