"""Who did something: a person, an API key, the operator or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """Kinds of actors; the values are the words in the API."""

    USER = "user"  # a signed-in person, or one of their tokens
    KEY = "key"  # an API key
    OPERATOR = "operator"  # the operator's commands
    SYSTEM = "system"  # timers, rules and repairs


class Via(StrEnum):
    """How a change came in."""

    CONSOLE = "console"
    API = "api"
    IMPORT = "import"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        id: the user's or key's id; empty for the operator and the system.
        name: display name at that time; personal, so it is sealed wherever it is stored.
    """

    kind: ActorKind
    id: str = ""
    name: str = ""

    def __str__(self) -> str:
        """Return `user:<id>`, `key:<id>`, `operator` or `system`: the form in the API and in rows."""
        return f"{self.kind.value}:{self.id}" if self.id else self.kind.value


OPERATOR = Actor(ActorKind.OPERATOR)
SYSTEM = Actor(ActorKind.SYSTEM)
