"""Numbers of the account itself. A text to one of them would come back as a text of a customer (UP-28)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tocsin.directory.domain.things import AnyThing, Kind, PhoneNumber
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """Knows the numbers of accounts.

    Attributes:
        given: returns the numbers that the operator gave to an account, in E.164.
    """

    directory: Directory
    given: Callable[[TenantId], Iterable[str]]

    def has(self, tenant: TenantId, number: str) -> bool:
        """Whether a number in E.164 is one of the account's."""
        return bool(self.among(tenant, [number]))

    def among(self, tenant: TenantId, numbers: Sequence[str]) -> frozenset[str]:
        """Return those of some numbers that are the account's, in E.164."""
        given = frozenset(self.given(tenant))
        return frozenset(number for number in numbers if number in given or self._is_listed(tenant, number))

    def all(self, tenant: TenantId) -> frozenset[str]:
        """Return all numbers of the account, in E.164."""
        listed = self.directory.all(tenant, Kind.PHONE_NUMBER)
        return frozenset([*(each.e164 for each in listed if isinstance(each, PhoneNumber)), *self.given(tenant)])

    def _is_listed(self, tenant: TenantId, number: str) -> bool:
        return self.directory.by_natural_key(tenant, Kind.PHONE_NUMBER, number) is not None


def check_backup_phone(before: AnyThing | None, after: AnyThing, is_ours: Callable[[TenantId, str], bool]) -> None:
    """Raise InvalidRequest if a person gets a backup phone that is a number of the account.

    One that the account acquired later stays; no text goes there.
    """
    if not isinstance(after, User) or after.backup_phone is None:
        return
    had = before.backup_phone if isinstance(before, User) else None
    if after.backup_phone != had and is_ours(after.tenant, after.backup_phone):
        raise InvalidRequest([Fault("/backup_phone", "OWN_NUMBER", OWN_NUMBER)])


OWN_NUMBER = "is a number of the account itself; give one at which the person answers"
"""What is said of a number for texts to a person that is one of the account's."""
