"""The directory in a browser: a file is uploaded and imported, a line is changed, and what was lost is told."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.accessibility import accessible, fits
from tests.browser.people import person, signed_in
from tests.browser.visits import PHONE, Visits
from tests.stack.system import System

FILE = 'Ext;Label;Also\r\n2001;"Köln ""<b>""";SIP/2001\r\n="2002";Lab;\r\n'
"""As a spreadsheet in Germany saves it: semicolons, Windows-1252, a formula that keeps a number as text."""


def test_a_file_is_uploaded_mapped_and_imported_and_a_line_is_changed(
    page: Page, visits: Visits, system: System
) -> None:
    visits.expect("status of (409|422)")
    signed_in(page, person(system, "account_owner", "Olivia Hart"))
    page.get_by_role("link", name="Directory").click()
    page.get_by_role("link", name="Import a file").click()
    sheet = FilePayload(name="pbx.csv", mimeType="text/csv", buffer=FILE.encode("cp1252"))
    page.get_by_label("A CSV file").set_input_files(sheet)
    page.get_by_role("button", name="Check").click()

    expect(page.get_by_text("It was read as Windows-1252")).to_be_visible()
    page.get_by_label("Column Ext is").select_option(label="Extension")
    page.get_by_label("Column Also is").select_option(label="Also known as")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Add 2").click()

    expect(page.get_by_text("What the file says is in the directory now.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(r'2001 Köln "<b>" SIP/2001'))).to_be_visible()
    page.get_by_role("link", name="2001").click()
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Label").fill("Lobby")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("Label").fill("Atrium")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name=re.compile("Changed meanwhile by Olivia Hart"))).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_the_pages_of_the_directory_are_accessible_and_fit(visits: Visits, system: System) -> None:
    visits.expect("status of 422")
    page = visits.open(PHONE, inspected=True)
    signed_in(page, person(system, "account_owner", "Olivia Hart"))
    for path, name in (("lines", "lines"), ("groups/new", "group-new"), ("import", "import")):
        page.goto(f"console/directory/{path}")
        assert fits(page), name
        accessible(page, f"directory-{name}")
    page.get_by_label("The table").fill("extension,user\n3001,none@example.org")
    page.get_by_role("button", name="Check").click()
    assert fits(page)
    accessible(page, "directory-import-faults")
