"""Import a CSV file into the directory: plan it, or apply it.

Nothing is applied while a line has a fault. What is applied is written in transactions of some rows each, for a while;
the same import goes on with what is left, and what was written is then unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.audit.domain.actor import Via
from tocsin.directory.application.entries import Changes, in_parts
from tocsin.directory.application.import_rows import Known, RowReader
from tocsin.directory.application.own_numbers import OwnNumbers
from tocsin.directory.application.person_sign_in import PersonSignIn
from tocsin.directory.application.person_states import PersonStates
from tocsin.directory.application.references import References
from tocsin.directory.application.rules_of_directory import RulesOfDirectory
from tocsin.directory.application.write_directory import ReadFields
from tocsin.directory.domain.authority import in_reach, may_change
from tocsin.directory.domain.import_file import ImportFault, ImportKind, ImportTable, table_of
from tocsin.directory.domain.import_plan import ImportPlan, Wanted, compared, confirmation, joined, plan_id
from tocsin.directory.domain.natural_keys import FIELD, kind_of
from tocsin.directory.domain.things import MOST, AnyThing, Kind
from tocsin.directory.domain.write_order import in_write_order, rings_too_big
from tocsin.directory.ports import Directory, DirectoryChange
from tocsin.identity.domain.permissions import Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import (
    ConfirmFirst,
    Fault,
    ImportRefused,
    StorageUnavailable,
    Superseded,
    TooManyRequests,
    WrongState,
)
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Randomness

WRITES_FOR = timedelta(seconds=18)
"""How long one call reads and writes: API Gateway hangs up after 29 s, and the last part takes a second or two."""

ImportFinished = Callable[[TenantId, str, bool, Mapping[str, int]], None]
"""Tells an account that an import is over: its id, whether it was applied, and what it did. Never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """An import.

    Attributes:
        mapping: field by column name; "" ignores a column.
        disable_missing: of users: disable who is missing in the file.
        plan_id: apply this plan only.
        confirm: says that the lists of people to be disabled and of triggers that stop were seen.
        invite: people of the file who never got an invitation get one; it is where the console is, as
                `console_link` takes it. None = no mail.
    """

    kind: ImportKind
    csv: str
    apply: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    disable_missing: bool = False
    plan_id: str | None = None
    confirm: str | None = None
    invite: str | None = None


class ImportState(StrEnum):
    """What became of an import; the values are words of the API."""

    PLANNED = "planned"
    APPLIED = "applied"
    PARTIAL = "partial"  # the call's time was over, or the store was busy: the same import, with the new id, goes on


@dataclass(frozen=True, slots=True)
class Imported:
    """A plan, and what became of it.

    Attributes:
        id: `plan_id` of a call that applies it, or of the call that goes on with what is left.
        table: the file as it was understood.
        stops: triggers of rules that stop, because the owners of the rules may use less then, as `<rule>/<trigger>`.
        confirm: token of the people who are disabled and the triggers that stop; None = there are none.
        remaining: things that are not written and people who are not invited yet; 0 unless the state is PARTIAL.
    """

    id: str
    plan: ImportPlan
    table: ImportTable
    disables: Sequence[User]
    stops: Sequence[str]
    confirm: str | None
    state: ImportState
    remaining: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDirectory:
    """Plans and applies imports for a caller.

    Attributes:
        rules: that of WriteDirectory.
        finished: tells the account of an import that was applied, or could not be; None = it is not told.
    """

    directory: Directory
    references: References
    own_numbers: OwnNumbers
    changes: Changes
    sign_in: PersonSignIn
    states: PersonStates
    fields: ReadFields
    rules: Callable[[], RulesOfDirectory]
    clock: Clock
    randomness: Randomness
    finished: ImportFinished | None = None

    def __call__(self, caller: Principal, request: ImportRequest) -> Imported:
        """Plan an import, or apply it.

        Raises:
            Forbidden: the caller may not change things of this kind.
            ImportRefused: something in the file is wrong, and it was to be applied.
            Superseded: file or directory are not those of the plan.
            ConfirmFirst: people are to be disabled, or triggers stop, and the list of them was not confirmed.
            AlreadyExists, StaleWrite: the directory changed meanwhile; repeat the import.
        """
        ends = self.clock() + WRITES_FOR
        caller = replace(caller, via=Via.IMPORT)
        reaches = {kind: may_change(caller, kind) for kind in request.kind.kinds}
        table, known = table_of(request.csv, request.kind, request.mapping), Known(self.directory, caller.tenant)
        plan = self._plan(caller, table, known, reaches)
        planned = _plan_id(request, table, known, ())
        gone = _to_disable(caller, plan) if request.disable_missing and request.kind is ImportKind.USER else []
        rules = self.rules().narrow(caller, [each.after for each in plan.changes])
        confirm = _token(gone, rules.stops)
        done = Imported(planned, plan, table, gone, rules.stops, confirm, ImportState.PLANNED)
        if not request.apply:
            return done
        if plan.faults:
            self._tell(caller, planned, ok=False, counts={"lines with a fault": len({f.line for f in plan.faults})})
            raise ImportRefused([Fault(f"/csv/{f.line}/{f.column}", f.code, f.message) for f in plan.faults])
        if request.plan_id is not None and request.plan_id != planned:
            raise Superseded("the file or the directory is not that of the plan; plan it again")
        if confirm is not None and request.confirm != confirm:
            people, triggers = counted(len(gone), "person", "people"), counted(len(rules.stops), "trigger")
            sentence = f"{people} would be disabled, and {triggers} of rules would stop"
            raise ConfirmFirst(sentence, [*(user.id for user in gone), *rules.stops], confirm)
        written: list[AnyThing] = []
        try:
            for things in self._written(caller, plan, gone):
                written += things
                if self.clock() >= ends:
                    break
        except StorageUnavailable:  # a store that is too busy for a long import gets a pause
            if not written:
                raise
        remaining = len(plan.adds) + len(plan.changes) + len(gone) - len(written)
        if request.invite is not None and not remaining:
            remaining = self._invite(caller, plan.never_invited, request.invite, ends, written)
        if not remaining:
            rules.cut()
            counts = {"added": len(plan.adds), "changed": len(plan.changes), "disabled": len(gone)}
            self._tell(caller, planned, ok=True, counts=counts)
            return replace(done, state=ImportState.APPLIED)
        ids = {thing.id for thing in written}
        confirm = _token([user for user in gone if user.id not in ids], rules.stops)
        going_on = _plan_id(request, table, known, written)
        return replace(done, id=going_on, confirm=confirm, state=ImportState.PARTIAL, remaining=remaining)

    def _tell(self, caller: Principal, id: str, *, ok: bool, counts: Mapping[str, int]) -> None:
        if self.finished is not None:
            self.finished(caller.tenant, id, ok, counts)

    def _plan(self, caller: Principal, table: ImportTable, known: Known, reaches: Mapping[Kind, Reach]) -> ImportPlan:
        plans, faults = [], [*table.faults]
        for kind, reach in reaches.items():
            mine = [each for each in known.things(kind) if in_reach(caller, each, reach)]
            others = [each for each in known.things(kind) if not in_reach(caller, each, reach)]
            reader = RowReader(
                caller, table, kind, reach, mine, known, faults,
                fields=self.fields, references=self.references, own_numbers=self.own_numbers, sign_in=self.sign_in,
                clock=self.clock, randomness=self.randomness,
            )  # fmt: skip
            wrong = {fault.line for fault in faults}
            rows = [row for row in table.rows(kind) if row.line not in wrong or table.kind is not ImportKind.JOINED]
            if table.kind is ImportKind.JOINED and kind is Kind.COMPANY:  # named by its id, or there already
                rows = [row for row in rows if known.id_of(kind, row.cells["name"]) is None]
            wanted = [found for row in rows if (found := reader.read(row)) is not None]
            plan = compared(mine, wanted, others)
            if len(known.things(kind)) + len(plan.adds) > MOST[kind]:
                message = f"an account has at most {MOST[kind]:,} {kind.value.replace('_', ' ')}"
                faults.append(ImportFault(0, "", "TOO_MANY", message))
            if table.kind is ImportKind.JOINED and not _is_listed(table, kind):
                plan = replace(plan, missing=())
            faults += rings_too_big(plan)
            known.learn(kind, wanted)
            plans.append(plan)
        plan = joined(plans)
        return replace(plan, faults=sorted([*faults, *plan.faults], key=lambda fault: (fault.line, fault.column)))

    def _written(self, caller: Principal, plan: ImportPlan, gone: Sequence[User]) -> Iterator[list[AnyThing]]:
        """Write what a plan says, and yield what was written with each transaction."""
        for part in in_parts([self._change(caller, each) for each in group] for group in in_write_order(plan)):
            self.directory.commit(part)
            yield [change.after for change in part if change.after is not None]
        for user in gone:
            self.sign_in.disabled(user)  # first: if the call dies here, the repeated import finds the person again
            yield [self.states.disable(caller, user.id)]

    def _invite(
        self, caller: Principal, people: Sequence[User], console: str, ends: datetime, written: list[AnyThing]
    ) -> int:
        """Invite people until the time is over, and add them to `written`. Return how many are left."""
        for done, user in enumerate(people):
            if self.clock() >= ends:
                return len(people) - done
            with suppress(WrongState, TooManyRequests):  # invited or disabled a moment ago, or invited too often
                written.append(self.states.invite(caller, user.id, console))
        return 0

    def _change(self, caller: Principal, wanted: Wanted) -> DirectoryChange:
        if isinstance(wanted.before, User) and isinstance(wanted.after, User):
            self.sign_in.move(wanted.before, wanted.after)
        return self.changes(caller, wanted.before, wanted.after)


def _token(gone: Sequence[User], stops: Sequence[str]) -> str | None:
    return confirmation([*(user.id for user in gone), *stops]) if gone or stops else None


def _plan_id(request: ImportRequest, table: ImportTable, known: Known, written: Sequence[AnyThing]) -> str:
    now = {(kind_of(thing), thing.id): thing for thing in (*known.read, *written)}
    return plan_id(request.kind, request.csv, [name for _, name in table.header], now.values())


def _is_listed(table: ImportTable, kind: Kind) -> bool:
    """Whether a joined file lists the things of a kind, so that some may be missing. It names companies only."""
    return kind is not Kind.COMPANY and any(name == FIELD[kind] for _, name in table.header)


def _to_disable(caller: Principal, plan: ImportPlan) -> list[User]:
    """Return the people who are missing, but for owners, the caller, and those who are disabled already."""
    return [
        thing
        for thing in plan.missing
        if isinstance(thing, User)
        and thing.state is not UserState.DISABLED
        and thing.role != SystemRole.OWNER.value
        and (caller.user is None or thing.id != caller.user.id)
    ]
