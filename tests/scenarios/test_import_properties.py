"""What holds for an import of any file: its plan is what it does, once, in whatever order its lines are."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scenarios.import_world import ACME, ImportWorld
from tocsin.directory.application.import_directory import Imported
from tocsin.directory.domain.fields import settable
from tocsin.directory.domain.import_file import COLUMNS, ImportKind, decoded, table_of
from tocsin.directory.domain.natural_keys import kind_of, natural_keys
from tocsin.directory.domain.things import AnyThing, Kind
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User, UserState

_CELLS: dict[str, st.SearchStrategy[str]] = {
    "external_id": st.sampled_from(["", "", "pbx-1", "pbx-2", "x-ana", "é"]),
    "email": st.sampled_from([f"{name}@people.example" for name in ("olivia", "ana", "BOB", "cleo", "dan")]),
    "extension": st.sampled_from(["2001", "2002", "3001", "3002", '="3003"', "SIP/2002"]),
    "e164": st.sampled_from(["+447700900001", "+44 7700 900002", "'+447700900003", "077"]),
    "name": st.sampled_from(["North", "north ", "West", "=1+1", "Zoë", ""]),
    "kind": st.sampled_from(["queue", "Hunt group"]),
    "role": st.sampled_from(["", "user", "Manager", "account_owner", "planet"]),
    "companies": st.sampled_from(["", "North", "north; North", "Nowhere"]),
    "company": st.sampled_from(["", "NORTH", "West"]),
    "user": st.sampled_from(["", "ana@people.example", "x-ana", "bob"]),
    "members": st.sampled_from(["", "bob;x-ana"]),
    "line": st.sampled_from(["", "2001", "pbx-1"]),
    "group": st.sampled_from(["", "", "Sales", "queue:sales"]),
    "aliases": st.sampled_from(["", "a; b", "SIP/2002", "2001"]),
    "fisher_mode": st.sampled_from(["yes", "0", ""]),
}
_ANY = st.sampled_from(["", "Desk", '"><script>', "two\nlines", ";,\t"])


def _rows(kind: ImportKind) -> st.SearchStrategy[list[tuple[str, ...]]]:
    columns = [_CELLS.get(name, _CELLS["external_id"] if name.endswith("_id") else _ANY) for name in COLUMNS[kind]]
    return st.lists(st.tuples(*columns), max_size=4)


FILES = st.sampled_from(list(ImportKind)).flatmap(lambda kind: st.tuples(st.just(kind), _rows(kind)))


def written(kind: ImportKind, rows: Sequence[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS[kind], *rows])
    return text.getvalue()


def said(done: Imported) -> set[tuple[Kind, str, str]]:
    """Return what a plan does, without the ids of what is new."""
    deeds = [*(("add", each.after) for each in done.plan.adds), *(("change", each.after) for each in done.plan.changes)]
    return {(kind_of(thing), deed, natural_keys(thing)[0]) for deed, thing in deeds}


def owners(world: ImportWorld) -> list[Any]:
    people: list[AnyThing] = list(world.directory.all(ACME, Kind.USER))
    return [each for each in people if isinstance(each, User) and each.role == SystemRole.OWNER.value]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES, st.booleans())
def test_a_plan_is_what_the_import_does_and_a_second_one_does_nothing(
    file: tuple[ImportKind, list[tuple[str, ...]]], disable: bool
) -> None:
    kind, rows = file
    world, text = ImportWorld(), written(kind, rows)
    before, owned = dict(world.directory.things), owners(world)
    planned = world.plan(kind, text, disable=disable)
    assert world.directory.things == before
    if planned.plan.faults:
        return

    done = world.apply(kind, text, disable=disable)

    assert said(done) == said(planned)
    assert [user.id for user in done.disables] == [user.id for user in planned.disables]
    after = world.directory.things
    changed = {place for place in after if before.get(place) != after[place]}
    wanted = [each.after for each in (*done.plan.adds, *done.plan.changes)]
    assert {id for _, _, id in changed} == {thing.id for thing in (*wanted, *done.disables)}
    assert all(settable(after[ACME, kind_of(thing), thing.id]) == settable(thing) for thing in wanted)
    assert before.keys() <= after.keys(), "an import deletes nothing"
    assert owners(world) == owned
    again = world.plan(kind, text, disable=disable)
    assert (said(again), again.disables, again.plan.faults) == (set(), [], [])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(file: tuple[ImportKind, list[tuple[str, ...]]], random: Any) -> None:
    kind, rows = file
    mixed = list(rows)
    random.shuffle(mixed)
    one, other = ImportWorld(), ImportWorld()
    planned, turned = one.plan(kind, written(kind, rows)), other.plan(kind, written(kind, mixed))

    assert bool(planned.plan.faults) == bool(turned.plan.faults)
    if planned.plan.faults:
        return
    assert said(planned) == said(turned)
    one.apply(kind, written(kind, rows))
    other.apply(kind, written(kind, mixed))
    assert one.told() == other.told()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["olivia", "ana", "bob", "cleo"]), max_size=4), st.booleans())
def test_no_file_disables_an_owner_or_who_imports(names: list[str], by_ana: bool) -> None:
    world = ImportWorld()
    text = "email,name\n" + "".join(f"{name}@people.example,{name}\n" for name in dict.fromkeys(names))
    planned = world.plan(ImportKind.USER, text, disable=True)
    assert world.owner.id not in [user.id for user in planned.disables]
    if not planned.plan.faults:
        world.apply(ImportKind.USER, text, disable=True)
        assert [owner.state for owner in owners(world)] == [UserState.ACTIVE]


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_fault(raw: bytes) -> None:
    text, encoding = decoded(raw)
    assert encoding in ("utf-8", "utf-16", "cp1252")
    for kind in ImportKind:
        table = table_of(text, kind, {})
        assert table.faults or table.header


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_says_the_same_however_a_spreadsheet_saves_it(end: str, between: str, codec: str) -> None:
    lines = [["Extension", "LABEL", "Aliases", ""], ["2003", '"Zoë\n2"', '"a;b"', ""], ['"=""2004"""', "'=1+1", "", ""]]
    text, _ = decoded((end.join(between.join(line) for line in lines) + end).encode(codec))
    table = table_of(text, ImportKind.LINE, {})

    assert not table.faults
    assert [cells["extension"] for _, cells in table.lines] == ["2003", "2004"]
    assert table.lines[0] == (2, {"extension": "2003", "label": "Zoë\n2", "aliases": ["a", "b"]})
    assert table.lines[1] == (3, {"extension": "2004", "label": "=1+1", "aliases": []})
