"""Delete a thing of the directory, and take it from the things that name it, after a list of those was confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tocsin.directory.application.entries import Changes, in_parts
from tocsin.directory.application.person_sign_in import PersonSignIn
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.references import References
from tocsin.directory.application.rules_of_directory import RulesOfDirectory
from tocsin.directory.application.write_directory import ROUNDS
from tocsin.directory.domain.authority import check_touch, may_change
from tocsin.directory.domain.detached import without
from tocsin.directory.domain.import_plan import confirmation
from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import WORD, AnyThing, Kind, PhoneNumber
from tocsin.directory.domain.versions import check_match
from tocsin.directory.ports import Directory
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import Fault, Forbidden, InUse, StaleWrite


@dataclass(frozen=True, slots=True)
class Deletion:
    """What a deletion does.

    Attributes:
        holders: things that name it, as they are and as they will be; None = this one is in the way.
        rules: ids of alert rules that name it or, of a person, that the person owns. They stay as they are, and are in
            the way of deleting a person or a number.
    """

    thing: AnyThing
    holders: Sequence[tuple[AnyThing, AnyThing | None]]
    rules: Sequence[str] = ()

    @property
    def in_the_way(self) -> list[AnyThing]:
        """Things that need the deleted one, or that the caller may not change."""
        return [holder for holder, after in self.holders if after is None]

    @property
    def listed(self) -> set[str]:
        """Ids of everything that names it."""
        return {*(holder.id for holder, _ in self.holders), *self.rules}

    @property
    def is_barred(self) -> bool:
        """Whether something is in the way."""
        return bool(self.in_the_way) or bool(self.rules and isinstance(self.thing, User | PhoneNumber))

    @property
    def confirm(self) -> str | None:
        """The token that says that exactly these things were seen; None = there are none, or one is in the way."""
        return None if self.is_barred or not self.listed else confirmation(self.listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteThing:
    """Deletes things for a caller. It may be repeated.

    Attributes:
        rules: returns what alert rules say; they are imported with the first question.
    """

    directory: Directory
    read: ReadDirectory
    references: References
    changes: Changes
    sign_in: PersonSignIn
    rules: Callable[[], RulesOfDirectory]

    def planned(self, caller: Principal, kind: Kind, id: str) -> Deletion:
        """Return what a deletion would do. Raises Forbidden, NotFound."""
        reach = may_change(caller, kind)
        thing = self.read.found(caller, kind, id)
        role = self.references.role(thing.tenant, thing.role) if isinstance(thing, User) else None
        check_touch(caller, thing, reach, role)
        holders = [(each, self._without(caller, each, thing)) for each in self.references.users_of(thing)]
        return Deletion(thing, holders, self.rules().naming(thing))

    def __call__(
        self, caller: Principal, kind: Kind, id: str, if_match: str | None = None, confirm: str | None = None
    ) -> None:
        """Delete a thing.

        Args:
            confirm: says that the list of the things that name it was seen.

        Raises:
            Forbidden, NotFound, PreconditionFailed.
            InUse: other things name it; they are listed. It has `confirm`, unless one of them is in the way.
            LastOwner: the person is the only active owner.
            StaleWrite: the thing kept changing.
        """
        confirmed: set[str] = set()
        for _ in range(ROUNDS):
            deletion = self.planned(caller, kind, id)
            check_match(if_match, deletion.thing)
            if deletion.confirm is not None and deletion.confirm == confirm:
                confirmed = deletion.listed
            if deletion.is_barred or not deletion.listed <= confirmed:
                raise _in_use(deletion)
            if self._done(caller, deletion):
                return
        raise StaleWrite("another call kept changing this thing of the directory")

    def _done(self, caller: Principal, deletion: Deletion) -> bool:
        pairs = [*deletion.holders, (deletion.thing, None)]
        try:
            for part in in_parts([self.changes(caller, before, after)] for before, after in pairs):
                self.directory.commit(part)
        except StaleWrite:
            return False
        if isinstance(deletion.thing, User):
            self.sign_in.ended(deletion.thing)
        return True

    def _without(self, caller: Principal, holder: AnyThing, thing: AnyThing) -> AnyThing | None:
        """Return a holder without the thing; None = it has to name it, or the caller may not change it."""
        try:
            role = self.references.role(holder.tenant, holder.role) if isinstance(holder, User) else None
            check_touch(caller, holder, may_change(caller, kind_of(holder)), role)
        except Forbidden:
            return None
        return without(holder, thing)


def _in_use(deletion: Deletion) -> InUse:
    by_kind: dict[Kind, list[str]] = {}
    for holder, _ in deletion.holders:
        by_kind.setdefault(kind_of(holder), []).append(holder.id)
    faults = [
        Fault("", "IN_USE", counted(len(ids), WORD[kind], kind.value).replace("_", " "), tuple(ids))
        for kind, ids in by_kind.items()
    ]
    if deletion.rules:
        faults.append(Fault("", "IN_USE", counted(len(deletion.rules), "alert rule"), tuple(deletion.rules)))
    return InUse(WORD[kind_of(deletion.thing)].replace("_", " "), faults, deletion.confirm)
