"""The audit log, by the pages."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tocsin.audit.domain.actor import OPERATOR, Actor, ActorKind, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid

HOSTILE = '"><script>alert(1)</script>'
OLIVIA = Actor(ActorKind.USER, "u1", "Olivia")
BEN = Thing("user", "u2", "Ben")


def entered(account: Account, action: str, thing: Thing = BEN, who: Actor = OLIVIA, **more: Any) -> AuditEntry:
    """Add an entry, a second after the one before."""
    account.advance(seconds=1)
    at = more.pop("at", account.clock())
    id = time_ordered_uuid(at, len(account.directory.trail.entries).to_bytes(10))
    tenant = more.pop("tenant", ACME)
    entry = AuditEntry(tenant, id, at, who, Via.CONSOLE, action, thing, **more)
    account.directory.trail.record([entry])
    return entry


def sentences(browser: Browser) -> list[str]:
    """Return the sentence of each row."""
    cells = re.findall(r'<th scope="row">(.*?)</th>', browser.answer.text, re.DOTALL)
    return [plain(re.sub("<[^>]*>", "", cell)).strip() for cell in cells]


@pytest.mark.parametrize(
    ("action", "more", "expected"),
    [
        (
            "user.updated",
            {"before": {"role": "user"}, "after": {"role": "manager"}},
            "Olivia gave Ben the role Manager",
        ),
        ("user.updated", {"before": {"zone": "UTC"}, "after": {"zone": None}}, "Olivia changed Ben"),
        ("user.signed_in", {"thing": Thing("user", "u1", "Olivia")}, "Olivia signed in"),
        ("user.sign_in_refused", {"count": 7}, "Olivia was refused at the sign-in, 7 times"),
        ("user.erased", {"who": OPERATOR, "thing": Thing("user", "u2")}, "The operator erased a former user"),
        ("line.created", {"thing": Thing("line", "l1", "201")}, "Olivia added the line 201"),
        ("phone_number.deleted", {"thing": Thing("phone_number", "n1", "+44 1")}, "Olivia deleted the number +44 1"),
        ("trunk.re_routed", {"thing": Thing("trunk", "t1", "North")}, "Olivia re routed the trunk North"),
        ("api_key.rotated", {"thing": Thing("api_key", "k", "Pump")}, "Olivia gave the key Pump a new token"),
        ("alert.stopped", {"who": Actor(ActorKind.USER, "u9")}, "A former user stopped the alert Ben"),
        ("user.created", {"who": Actor(ActorKind.KEY, "k1", "PBX")}, "The key PBX added Ben"),
        ("role.created", {"thing": Thing("role", "r1", "{} of {}")}, "Olivia added the role {} of {}"),
    ],
)
def test_an_entry_is_one_sentence(account: Account, action: str, more: dict[str, Any], expected: str) -> None:
    browser = account.signed_in()
    entered(account, action, **more)
    browser.open("/console/audit")

    assert sentences(browser)[0] == expected


def test_before_and_after_are_in_words(account: Account) -> None:
    browser = account.signed_in()
    before = {"companies": [], "billing": False, "target": {"kind": "line", "id": "l1"}}
    entered(account, "user.updated", before=before, after={"companies": ["c1", "c2"], "billing": True, "target": None})
    browser.open("/console/audit")

    assert "<dt>Companies</dt><dd><del>none</del> <ins>c1, c2</ins></dd>" in browser.answer.text
    assert "<dt>Billing</dt><dd><del>no</del> <ins>yes</ins></dd>" in browser.answer.text
    assert "<del>kind: line, id: l1</del>" in browser.answer.text


def test_entries_are_filtered_by_the_address(account: Account) -> None:
    browser = account.signed_in()
    entered(account, "user.disabled")
    entered(account, "user.enabled", who=OPERATOR)
    entered(account, "role.created", Thing("role", "r1", "Clerk"))
    for query, expected in {
        "person=user:u1": ["Olivia added the role Clerk", "Olivia disabled Ben"],
        "person=operator": ["The operator enabled Ben"],
        "thing=role": ["Olivia added the role Clerk"],
        "thing=user:u2": ["The operator enabled Ben", "Olivia disabled Ben"],
        "action=user.disabled": ["Olivia disabled Ben"],
        "person=operator&thing=role": [],
    }.items():
        browser.open(f"/console/audit?{query}")
        assert sentences(browser) == expected
    assert "Show everything" in browser.page.words


def test_days_are_those_of_the_person_and_both_are_included(account: Account) -> None:
    account.clock.now = datetime(2026, 7, 3, 12, tzinfo=UTC)  # London is an hour ahead
    browser = account.signed_in()
    for name, at in {
        "Ann": datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC),
        "Bo": datetime(2026, 7, 1, 23, 0, tzinfo=UTC),
        "Cy": datetime(2026, 7, 2, 22, 59, 59, tzinfo=UTC),
        "Dan": datetime(2026, 7, 2, 23, 0, tzinfo=UTC),
    }.items():
        entered(account, "user.disabled", Thing("user", name, name), at=at)
    browser.open("/console/audit?from=2026-07-02&to=2026-07-02")

    assert sentences(browser) == ["Olivia disabled Cy", "Olivia disabled Bo"]


@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "0001-01-01", "9999-12-31", "2026-11-29T10:00"])
def test_a_day_that_is_none_is_told_at_its_field(account: Account, typed: str) -> None:
    browser = account.signed_in()
    browser.open(f"/console/audit?to={typed}")

    assert re.search(r'name="to"[^>]*aria-invalid', browser.answer.text)
    assert sentences(browser) == []
    browser.open(f"/console/audit/export.csv?to={typed}")
    assert browser.path.startswith("/console/audit?")


def test_older_entries_are_on_the_next_page_under_the_same_filter(account: Account) -> None:
    browser = account.signed_in()
    for _ in range(52):
        entered(account, "user.disabled")
        entered(account, "user.enabled")
    browser.open("/console/audit?action=user.disabled")
    first = sentences(browser)
    browser.follow("Older")

    assert (first, sentences(browser)) == (["Olivia disabled Ben"] * 50, ["Olivia disabled Ben"] * 2)
    assert "These are all." in browser.page.words


def test_the_table_opens_in_a_spreadsheet_as_text(account: Account) -> None:
    browser = account.signed_in()
    entered(account, "user.updated", Thing("user", "u2", "=1+1"), after={"name": '@SUM("x")'}, before={"name": "B"})
    entered(account, "user.disabled")
    browser.open("/console/audit?action=user.updated")
    browser.follow("Download as CSV")
    rows = list(csv.DictReader(io.StringIO(browser.answer.text.removeprefix("\ufeff"))))

    assert browser.answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in browser.answer.headers["Content-Disposition"]
    assert [row["action"] for row in rows] == ["user.updated"]
    assert rows[0]["thing_name"] == "'=1+1"
    assert rows[0]["after"] == '{"name": "@SUM(\\"x\\")"}'
    assert rows[0]["who"] == "user:u1"


def test_a_long_table_is_cut_and_goes_on(account: Account) -> None:
    browser = account.signed_in()
    for _ in range(501):
        entered(account, "user.updated", after={"name": "x" * 10_000})
    browser.open("/console/audit/export.csv?action=user.updated")
    first = browser.answer.text.count("user.updated")
    found = re.fullmatch(r'<(.*)>; rel="next"', browser.answer.headers["Link"])
    assert found is not None
    browser.open(urljoin("/console/audit/export.csv", found[1]))

    assert (first, browser.answer.text.count("user.updated")) == (500, 1)
    assert "Link" not in browser.answer.headers


def test_a_foreign_cursor_is_refused(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/audit?cursor=x")
    assert browser.answer.status == 400


def test_entries_of_another_account_are_not_there_and_names_are_words(account: Account) -> None:
    browser = account.signed_in()
    entered(account, "user.disabled", Thing("user", "x", "Theirs"), tenant=TenantId("other"))
    entered(
        account, "user.updated", Thing("user", "y", HOSTILE), Actor(ActorKind.USER, "z", HOSTILE), after={"n": HOSTILE}
    )
    browser.open("/console/audit")

    assert "Theirs" not in browser.answer.text
    assert "<script>alert" not in browser.answer.text
    browser.open("/console/audit?thing=user:y")
    assert "<script>alert" not in browser.answer.text
    assert HOSTILE in browser.page.words


@pytest.mark.parametrize("role", list(SystemRole))
@pytest.mark.parametrize("path", ["audit", "audit/export.csv"])
def test_only_owners_and_admins_read_the_log(account: Account, role: SystemRole, path: str) -> None:
    browser = account.signed_in(role)
    browser.open(f"/console/{path}")

    assert browser.answer.status == (200 if role in (SystemRole.OWNER, SystemRole.ADMIN) else 403)
