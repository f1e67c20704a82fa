"""In which order an import writes, so that no two things have one name at any time.

a thing takes a name that another thing gives up      it is written after that thing
things pass their names on in a ring                  they are written together, in one transaction
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

from tocsin.directory.domain.import_file import ImportFault
from tocsin.directory.domain.import_plan import ImportPlan, Wanted, names_of
from tocsin.directory.domain.natural_keys import kind_of, natural_keys
from tocsin.directory.domain.things import AnyThing, Kind

ROWS_AT_ONCE = 90
"""Rows of one transaction, of the 100 that there may be."""


def in_write_order(plan: ImportPlan) -> list[list[Wanted]]:
    """Return what a plan writes, in order. What stands in one list is written together."""
    together: list[list[Wanted]] = []
    for kind in Kind:
        together += _in_order([each for each in (*plan.changes, *plan.adds) if kind_of(each.after) is kind])
    return together


def rings_too_big(plan: ImportPlan) -> list[ImportFault]:
    """Return a fault for each ring of names that one transaction cannot hold: 18 things with a name each."""
    message = "passes names on in a ring of too many things; import the names of some of them first"
    rings = [ring for ring in in_write_order(plan) if len(ring) > 1]
    too_big = [ring for ring in rings if rows_of((each.before, each.after) for each in ring) > ROWS_AT_ONCE]
    return [ImportFault(min(each.line for each in ring), "", "TOO_MANY", message) for ring in too_big]


def rows_of(changes: Iterable[tuple[AnyThing | None, AnyThing | None]]) -> int:
    """Return the most rows that changes of one kind need, each before and after.

    Each has a thing, an entry, an external id and a sign-in; a name that passes from one to another has one row. The
    rest of the 100 is for the settings of a person who is deleted, and for the list of owners.
    """
    pairs = list(changes)
    things = [each for pair in pairs for each in pair if each is not None]
    return 4 * len(pairs) + len({key for thing in things for key in natural_keys(thing)})


def _in_order(wanted: Sequence[Wanted]) -> list[list[Wanted]]:
    holders = {name: place for place, each in enumerate(wanted) for name in names_of(each.before)}
    first = {
        place: {holders[name] for name in names_of(each.after) if name in holders} - {place}
        for place, each in enumerate(wanted)
    }
    sorter, ordered = TopologicalSorter(first), list[int]()
    with suppress(CycleError):  # what is in no ring, and waits for none, comes all the same
        sorter.prepare()
    while ready := sorter.get_ready():
        ordered += ready
        sorter.done(*ready)
    left = first.keys() - set(ordered)
    rings = _connected({place: first[place] & left for place in sorted(left)})
    return [[wanted[place] for place in part] for part in (*([place] for place in ordered), *rings)]


def _connected(links: dict[int, set[int]]) -> list[list[int]]:
    """Return the places in groups, of which no link leads to another group."""
    both = {place: set(others) for place, others in links.items()}
    for place, others in links.items():
        for other in others:
            both[other].add(place)
    groups: list[list[int]] = []
    while both:
        group, reached = [], [next(iter(both))]
        while reached:
            place = reached.pop()
            if place in both:
                group.append(place)
                reached += both.pop(place)
        groups.append(sorted(group))
    return groups
