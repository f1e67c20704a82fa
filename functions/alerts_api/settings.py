"""Settings of the alerts API from environment variables."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import AcceptingSettings


@dataclass(frozen=True, slots=True)
class Settings(AcceptingSettings):
    """The environment variables of this function: those of a function that accepts alerts."""
