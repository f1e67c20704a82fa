"""Entries of the audit trail about changes of the directory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tocsin.audit.domain.entry import Thing, changes
from tocsin.directory.domain.fields import resource
from tocsin.directory.domain.natural_keys import kind_of, natural_keys
from tocsin.directory.domain.things import WORD, AnyThing
from tocsin.directory.domain.write_order import ROWS_AT_ONCE, rows_of
from tocsin.directory.ports import DirectoryChange
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.ports import Clock, Randomness


@dataclass(frozen=True, slots=True)
class Changes:
    """Makes changes of the directory with the entry that tells of them."""

    clock: Clock
    randomness: Randomness

    def __call__(
        self, caller: Principal, before: AnyThing | None, after: AnyThing | None, verb: str | None = None
    ) -> DirectoryChange:
        """Return a change.

        Args:
            verb: past participle of the action; None = created, updated or deleted.
        """
        thing = after or before
        assert thing is not None
        kind = WORD[kind_of(thing)]
        was, became = changes(*(_told(each) for each in (before, after)))
        entry = audit_entry(
            caller,
            f"{kind}.{verb or _verb(before, after)}",
            Thing(kind, thing.id, thing.name if isinstance(thing, User) else natural_keys(thing)[0]),
            was,
            became,
            at=self.clock(),
            randomness=self.randomness,
        )
        return DirectoryChange(before, after, entry)


def in_parts(together: Iterable[Sequence[DirectoryChange]]) -> Iterator[list[DirectoryChange]]:
    """Yield changes in parts that fit into one transaction each. What stands in one list stays together."""
    part: list[DirectoryChange] = []
    rows = 0
    for group in together:
        needs = rows_of((change.before, change.after) for change in group)
        if part and rows + needs > ROWS_AT_ONCE:
            yield part
            part, rows = [], 0
        part += group
        rows += needs
    if part:
        yield part


def _verb(before: AnyThing | None, after: AnyThing | None) -> str:
    return "created" if before is None else "deleted" if after is None else "updated"


def _told(thing: AnyThing | None) -> dict[str, object]:
    told = {} if thing is None else resource(thing)
    return {name: value for name, value in told.items() if name not in ("id", "version", "last_seen_at")}
