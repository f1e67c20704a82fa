"""docs/security.md: every trust decision names a test, and each of these tests exists."""

from __future__ import annotations

import re

from tests.architecture.deployment import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = re.compile(r"`(test_\w+)`")


def test_every_test_that_the_page_names_exists() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^\s*(?:async )?def (test_\w+)\(", sources, re.MULTILINE))
    named = set(NAMED.findall(PAGE))
    assert named
    assert named <= there, sorted(named - there)


def test_every_decision_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| decision")]
    assert rows
    assert [row for row in rows if not NAMED.search(row.rsplit("|", 2)[1])] == []


def test_every_part_has_a_section() -> None:
    for part in ("inbound", "short_links", "webhooks", "authorizer", "sign_in"):
        assert re.search(rf"^## .*`{part}`", PAGE, re.MULTILINE), part
