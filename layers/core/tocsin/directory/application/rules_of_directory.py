"""What the directory asks alert rules before things of it are deleted or given to another person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tocsin.directory.domain.import_plan import confirmation
from tocsin.directory.domain.things import AnyThing
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import ConfirmFirst


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a change of things does to rules whose owners may use less then.

    Attributes:
        stops: triggers that name what the owners of their rules may not use any more, as `<rule>/<trigger>`.
        cut: stops them, and mails who has to do with them. It may be called again.
    """

    stops: Sequence[str] = ()
    cut: Callable[[], None] = lambda: None

    def check(self, confirm: str | None) -> None:
        """Raise ConfirmFirst unless no trigger is stopped, or `confirm` says that this list of them was seen."""
        if self.stops and confirm != (token := confirmation(self.stops)):
            raise ConfirmFirst(STOPS, self.stops, token)


STOPS = "triggers of rules name what their owners could not use any more, and would stop"


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

    def narrow(self, caller: Principal, after: Sequence[AnyThing]) -> Narrowed:
        """Return what cuts all rules to the data scopes of their owners, once things have changed.

        Args:
            after: the things as they will be.
        """
        ...
