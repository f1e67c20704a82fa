"""What the directory asks alert rules before things of it are deleted or given to another person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from tocsin.directory.domain.things import AnyThing
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User


class RulesOfDirectory(Protocol):
    """What alert rules say of the directory."""

    def naming(self, thing: AnyThing) -> Sequence[str]:
        """Return the ids of the rules that name a thing, or that a person owns."""
        ...

    def transfer(
        self, caller: Principal, user: User, to: User, moved: Sequence[AnyThing], confirm: str | None
    ) -> Callable[[], None]:
        """Return what gives all rules of a person to another. It may be called again.

        Args:
            moved: things as they will be, which go to the other person too.
            confirm: says that the list of the triggers that stop was seen.

        Raises:
            Forbidden, NotPossible.
            ConfirmFirst: triggers name what the other person may not use.
        """
        ...

    def narrow(self, caller: Principal, after: AnyThing, confirm: str | None) -> Callable[[], None]:
        """Return what cuts all rules to the data scopes of their owners, once a thing has changed.

        Args:
            after: the thing as it will be.
            confirm: as for `transfer`.

        Raises:
            ConfirmFirst: triggers name what the owners of their rules may not use any more; they would be stopped.
        """
        ...
