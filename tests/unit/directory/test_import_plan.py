"""The plan of an import brings the directory to what the file says, once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.directory.domain.import_file import ImportKind, table_of
from tocsin.directory.domain.import_plan import ImportPlan, Matcher, Wanted, compared, plan_id
from tocsin.directory.domain.natural_keys import folded, natural_keys
from tocsin.directory.domain.things import AnyThing, Company, Kind
from tocsin.kernel.domain.ids import CompanyId, TenantId

ACME = TenantId("acme")
NAMES = st.sampled_from(["north", "North", "south", "west", "east"])
EXTERNAL = st.one_of(st.none(), st.sampled_from(["x1", "x2", "x3"]))


def directories() -> st.SearchStrategy[list[Company]]:
    """Return directories in which no two companies share a name or an external id."""
    pairs = st.lists(
        st.tuples(NAMES, EXTERNAL),
        max_size=4,
        unique_by=(lambda pair: folded(pair[0]), lambda pair: pair[1] or object()),
    )
    return pairs.map(
        lambda found: [
            Company(tenant=ACME, id=CompanyId(f"c{n}"), name=name, external_id=external)
            for n, (name, external) in enumerate(found)
        ]
    )


def planned(existing: list[Company], file: list[tuple[str, str | None]]) -> ImportPlan:
    match, wanted = Matcher(existing), []
    for line, (name, external) in enumerate(file, 2):
        before = match(external, [folded(name)])
        new = Company(tenant=ACME, id=CompanyId(f"new{line}"), name=name, external_id=external)
        after: AnyThing = new
        if isinstance(before, Company):
            after = replace(before, name=name, external_id=external or before.external_id)
        wanted.append(Wanted(line, before, after))
    return compared(existing, wanted)


def applied(existing: list[Company], plan: ImportPlan) -> list[Company]:
    things = {thing.id: thing for thing in existing}
    things |= {each.after.id: each.after for each in (*plan.changes, *plan.adds)}  # type: ignore[misc]
    return list(things.values())


@settings(max_examples=60)
@given(directories(), st.lists(st.tuples(NAMES, EXTERNAL), max_size=5))
def test_every_line_is_in_one_place_and_a_second_plan_is_empty(
    existing: list[Company], file: list[tuple[str, str | None]]
) -> None:
    plan = planned(existing, file)

    # each line is an addition, a change, unchanged or a fault; each thing is matched or missing
    assert len(plan.adds) + len(plan.changes) + plan.unchanged + len(plan.faults) == len(file)
    touched = {each.before.id for each in plan.changes if each.before}
    assert len(touched) == len(plan.changes)
    assert touched.isdisjoint(thing.id for thing in plan.missing)
    assert len(plan.missing) + len(plan.changes) + plan.unchanged == len(existing)
    if plan.faults:
        return
    # what the file says is there afterwards, and saying it again changes nothing
    after = applied(existing, plan)
    names = [key for thing in after for key in natural_keys(thing)]
    assert len(names) == len(set(names))
    assert {folded(name) for name, _ in file} <= set(names)
    again = planned(after, file)
    assert (list(again.adds), list(again.changes), again.unchanged) == ([], [], len(file))


@settings(max_examples=60)
@given(directories(), st.lists(st.tuples(NAMES, EXTERNAL), max_size=5))
def test_two_lines_never_mean_one_thing(existing: list[Company], file: list[tuple[str, str | None]]) -> None:
    plan = planned(existing, file)

    results = [each.after for each in (*plan.adds, *plan.changes)]
    names = [folded(thing.name) for thing in results if isinstance(thing, Company)]
    assert len(names) == len(set(names))


def test_a_plan_has_another_id_when_file_mapping_or_directory_differ() -> None:
    north = Company(tenant=ACME, id=CompanyId("c"), name="North")
    ids = {
        plan_id(ImportKind.COMPANY, "name\nA\n", ["name"], [north]),
        plan_id(ImportKind.COMPANY, "name\nB\n", ["name"], [north]),
        plan_id(ImportKind.COMPANY, "name\nA\n", [""], [north]),
        plan_id(ImportKind.COMPANY, "name\nA\n", ["name"], [replace(north, version=2)]),
        plan_id(ImportKind.COMPANY, "name\nA\n", ["name"], []),
    }
    assert len(ids) == 5
    assert plan_id(ImportKind.COMPANY, "name\r\nA\r\n", ["name"], [north]) in ids  # a form sends its own line breaks


def test_cells_are_read_by_the_header_whatever_its_case_order_and_marks() -> None:
    table = table_of(
        "\ufeffLabel;EXTENSION;fisher mode;Aliases;Unknown\r\n Hall ;2001;Yes; a ; b ;x\r\n;;;;\r\n",
        ImportKind.LINE,
        {},
    )
    assert [fault.code for fault in table.faults] == ["TOO_MANY"]  # the alias list is not quoted
    assert [line for line, _ in table.lines] == [2]

    table = table_of('Label,EXTENSION,fisher-mode,aliases\nHall,2001,yes,"a; b"\n', ImportKind.LINE, {})
    assert table.faults == []
    assert table.rows(Kind.LINE)[0].cells == {
        "label": "Hall", "extension": "2001", "fisher_mode": True, "aliases": ["a", "b"],
    }  # fmt: skip
