"""Tables of people that are pasted into a contact group: what is understood, and what is refused."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.groups.people_csv import plan_of
from tocsin.contacts.domain.contact import Contact, ContactGroup

ANA = Contact("Ana", sms="+447700900101", email="ana@example.org", lookups={"shift": "night"})
GROUP = ContactGroup("crew", {"Ana": ANA})


@pytest.mark.parametrize(
    "table",
    [
        "name,text\nIvo,+447700900103",
        "\ufeffName;Mobile Number\r\n\r\nIvo;+44 7700 900103\r\n",
        "NAME\tphone\nIvo\t+447700900103",
        'id,sms\n"Ivo","+447700900103"',
    ],
)
def test_a_table_of_any_sheet_is_understood(table: str) -> None:
    plan = plan_of(table, GROUP)

    assert plan.faults == ()
    assert [contact.id for contact in plan.contacts] == ["Ivo"]
    assert plan.absent == 1


def test_columns_that_the_table_lacks_stay_and_an_empty_cell_empties() -> None:
    plan = plan_of("name,email,shift\nAna,,day", GROUP)

    assert plan.contacts == (Contact("Ana", sms="+447700900101", lookups={"shift": "day"}),)
    assert [(each.field, each.before, each.after) for each in plan.changes] == [
        ("email", "ana@example.org", ""),
        ("shift", "night", "day"),
    ]


@pytest.mark.parametrize(
    ("table", "line", "column", "message"),
    [
        ("", 1, "", "There is no table here."),
        ("Ivo,+447700900103", 1, "", "one of them must be “name”"),
        ("name,text,sms\nIvo,,", 1, "sms", "This column is there twice."),
        ('name,text\n"Ivo,+447700900103', 2, "", "A quotation mark is missing"),
        ("name,firstname\n\nIvo," + "x" * 1025, 3, "firstname", "1024 characters"),
        ("name,quiet\nIvo,22:00-22:00", 2, "quiet", "quiet hours end"),
        ("name,recipient\nIvo,x", 2, "recipient", "a meaning of its own"),
        ("name,text", 1, "", "No row names a person."),
    ],
)
def test_a_fault_names_its_line_and_column(table: str, line: int, column: str, message: str) -> None:
    (fault, *_) = plan_of(table, GROUP).faults

    assert (fault.line, fault.column) == (line, column)
    assert message in fault.message
    assert plan_of(table, GROUP).contacts == ()


_NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12)


@settings(max_examples=40)
@given(st.dictionaries(_NAMES, st.integers(0, 99_999), min_size=1, max_size=8))
def test_what_a_plan_says_is_what_it_does_and_a_second_time_there_is_nothing_to_do(people: dict[str, int]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["name", "text"], *([name, f"+4477009{n:05}"] for name, n in people.items())])
    plan = plan_of(text.getvalue(), GROUP)
    if plan.faults:  # two spellings of one name
        return
    after = ContactGroup("crew", {**GROUP.contacts, **{contact.id: contact for contact in plan.contacts}})

    assert len(after.contacts) == len(GROUP.contacts) + len(plan.added)
    again = plan_of(text.getvalue(), after)
    assert (again.contacts, again.same) == ((), len(plan.contacts) + plan.same)
