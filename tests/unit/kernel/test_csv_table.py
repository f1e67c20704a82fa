"""CSV that a spreadsheet opens as text (reliability 5.4, S10)."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.kernel.domain.csv_table import csv_line, guarded, unguarded


@pytest.mark.parametrize(
    "field",
    ["=1+1", "+447700900001", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\0x", "＝1", "＋1", "－1", "＠x"],
)
def test_s10_a_field_that_might_be_a_formula_begins_with_an_apostrophe_and_is_quoted(field: str) -> None:
    assert guarded(field) == f"'{field}"
    (line,) = csv.reader(io.StringIO(csv_line(["a", field]), newline=""))
    assert line == ["a", f"'{field}"]
    assert csv_line(["a", field]).startswith('"a","\'')


@pytest.mark.parametrize("field", ["", "a", "1", "a=b", "'quoted", " +1", "#", "é"])
def test_other_fields_stay_as_they_are(field: str) -> None:
    assert guarded(field) == field


@given(st.text())
def test_s10_an_import_gets_back_what_was_exported(field: str) -> None:
    if field[:1] != "'" or not guarded(field[1:]).startswith("'"):
        assert unguarded(guarded(field)) == field


def test_a_line_is_that_of_rfc_4180() -> None:
    assert csv_line(["a", 'say "x", please', "two\nlines", ""]) == 'a,"say ""x"", please","two\nlines",\r\n'
