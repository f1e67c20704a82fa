"""Names pass from thing to thing within one import: each is one thing's at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.directory.domain.import_plan import Wanted, compared
from tocsin.directory.domain.natural_keys import natural_keys
from tocsin.directory.domain.things import Line
from tocsin.directory.domain.write_order import in_write_order, rings_too_big
from tocsin.kernel.domain.ids import TenantId

ACME = TenantId("acme")


def a_line(number: int, *names: str) -> Line:
    return Line(tenant=ACME, id=f"l{number}", extension=names[0], aliases=names[1:], external_id=f"x{number}")


def moved(lines: Sequence[Line], names: Sequence[Sequence[str]]) -> list[Wanted]:
    return [
        Wanted(n + 2, line, replace(line, extension=to[0], aliases=tuple(to[1:]), version=line.version + 1))
        for n, (line, to) in enumerate(zip(lines, names, strict=True))
    ]


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[list[Line], list[Wanted]]:
    """Return lines with one to three names, and lines of a file that deal the names out anew, with some new ones."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=7))
    names = [str(n) for n in range(sum(sizes))]
    dealt = draw(st.permutations([*names, "new 1", "new 2"]))

    def hands(cards: Sequence[str]) -> list[Sequence[str]]:
        return [cards[sum(sizes[:n]) : sum(sizes[: n + 1])] for n in range(len(sizes))]

    lines = [a_line(n, *hand) for n, hand in enumerate(hands(names))]
    return lines, moved(lines, hands(dealt))


@settings(max_examples=100)
@given(exchanges())
def test_no_name_is_two_things_after_any_write_and_each_comes_to_who_wants_it(
    found: tuple[list[Line], list[Wanted]],
) -> None:
    lines, wanted = found
    plan = compared(lines, wanted)
    assert not plan.faults
    things = {line.id: line for line in lines}
    written = in_write_order(plan)
    for group in written:
        things |= {each.after.id: each.after for each in group}  # type: ignore[misc]
        names = [key for line in things.values() for key in natural_keys(line)]
        assert len(names) == len(set(names)), written
    assert list(things.values()) == [each.after for each in wanted]
    assert sum(map(len, written)) == len(plan.changes)


def test_a_row_of_things_moves_up_one_by_one_and_a_ring_together() -> None:
    lines = [a_line(n, str(n)) for n in range(1000)]
    row = compared(lines, moved(lines, [[str(n + 1)] for n in range(1000)]))
    assert [[each.after.id for each in group] for group in in_write_order(row)] == [
        [f"l{n}"] for n in reversed(range(1000))
    ]

    pairs = compared(lines, moved(lines, [[str(n ^ 1)] for n in range(1000)]))
    assert {len(group) for group in in_write_order(pairs)} == {2}
    assert not rings_too_big(pairs)


def test_a_ring_that_no_transaction_holds_is_a_fault_of_its_first_line() -> None:
    lines = [a_line(n, str(n)) for n in range(37)]
    to = [[str((n + 1) % 18)] for n in range(18)] + [[str(18 + (n + 1) % 19)] for n in range(19)]

    faults = rings_too_big(compared(lines, moved(lines, to)))
    assert [(fault.line, fault.code) for fault in faults] == [(20, "TOO_MANY")]
