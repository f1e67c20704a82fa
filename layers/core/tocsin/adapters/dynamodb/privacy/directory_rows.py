"""Erasure in the directory: a thing and its names change in one transaction, with an entry in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.adapters.dynamodb.directory.keys import PREFIX, directory_pk
from tocsin.adapters.dynamodb.directory.rows import thing_of
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import WORD, AnyThing
from tocsin.directory.ports import Directory, DirectoryChange
from tocsin.identity.domain.user import User
from tocsin.identity.ports.people import Sessions
from tocsin.identity.ports.tokens import PersonalTokens
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness, Sealer
from tocsin.privacy.domain.directory_erasure import thing_without
from tocsin.privacy.domain.erasure import Person

_ROUNDS = 5
_KINDS = {prefix: kind for kind, prefix in PREFIX.items()}


@dataclass(frozen=True, slots=True)
class DirectoryRows:
    """Reads and erases things of the directory by their rows."""

    directory: Directory
    sessions: Sessions
    tokens: PersonalTokens
    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def thing(self, tenant: TenantId, row: Item) -> AnyThing | None:
        """Return the thing of a row; None: the row is none of the directory's things."""
        kind = _KINDS.get(row["sk"]["S"].partition("#")[0] + "#")
        if row["pk"]["S"] != directory_pk(tenant) or kind is None:
            return None
        return thing_of(self.sealer, tenant, kind, row)

    def erase(self, thing: AnyThing, person: Person) -> bool:
        """Remove the person from a thing, with names, sessions and tokens. Return whether the thing mentioned them.

        Raises:
            LastOwner: the person is the only active account owner; name another one first.
            StaleWrite: the thing kept changing; erase again.
        """
        for _ in range(_ROUNDS):
            kept = thing_without(thing, person)
            if kept == thing:
                return False
            if isinstance(thing, User) and kept is None:
                self.sessions.end_all(thing.tenant, thing.id)
                self.tokens.delete_all(thing.tenant, thing.id)
            try:
                self.directory.commit([DirectoryChange(thing, kept, self._entry(thing, kept))])
            except StaleWrite:
                again = self.directory.get(thing.tenant, kind_of(thing), thing.id)
                if again is None:
                    return True
                thing = again
            else:
                return True
        raise StaleWrite("a thing of the directory kept changing while a person was erased from it")

    def _entry(self, thing: AnyThing, kept: AnyThing | None) -> AuditEntry:
        now, word = self.clock(), WORD[kind_of(thing)]
        return AuditEntry(
            tenant=thing.tenant,
            id=time_ordered_uuid(now, self.randomness.token(10)),
            at=now,
            who=OPERATOR,
            via=Via.OPERATOR,
            action=f"{word}.erased" if kept is None else f"{word}.redacted",
            thing=Thing(word, thing.id),
        )
