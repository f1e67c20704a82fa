"""The API reference: the viewer's page, the guides, and the files that they load, as they are served."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest

from alerts_api.about import GUIDES
from alerts_api.openapi import document
from infra.guides import SERVED, rendered, source
from tests.functional.alerts_api.conftest import Door
from tocsin.entrypoint.http.catalogue import CATALOGUE

PAGES = ["/docs", *(f"/docs/guides/{name}" for name in GUIDES)]
PREFIXES = ["", "/prod", "/restapis/a1b2/dev/_user_request_"]
"""Where an API may lie: a domain of its own, a stage, the local engine."""


class Page(HTMLParser):
    """Gathers links, tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.inline: list[str] = []
        self._tag = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        for name, value in attrs:
            if name in ("href", "src") and value and not value.startswith(("data:", "https:")):
                self.links.append(value)
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        if self._tag in ("script", "style") and data.strip():
            self.inline.append(f"{self._tag}: {data}")


def policy(text: str) -> dict[str, str]:
    """Return the directives of a Content-Security-Policy."""
    return dict(re.findall(r"([a-z-]+) ([^;]+)", text))


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_to_something_of_the_same_api(path: str, prefix: str, door: Door) -> None:
    page = Page(door.gateway.get(path).text)

    assert page.links
    for link in page.links:
        target = urljoin(f"https://api.example{prefix}{path}", link).removeprefix("https://api.example")
        assert target.startswith(f"{prefix}/"), link
        assert door.gateway.get(target.removeprefix(prefix)).status == 200, target


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_inline_and_its_policy_allows_nothing_inline(path: str, door: Door) -> None:
    answer = door.gateway.get(path)
    allowed = policy(answer.headers["Content-Security-Policy"])

    assert Page(answer.text).inline == []
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert allowed["default-src"] == allowed["base-uri"] == allowed["frame-ancestors"] == "'none'"
    assert set(allowed.values()) <= {"'none'", "'self'", "data:"}
    assert [name for name, value in allowed.items() if value == "data:"] == ["img-src"]


def test_a_guide_has_no_script(door: Door) -> None:
    for name in GUIDES:
        answer = door.gateway.get(f"/docs/guides/{name}")
        assert "<script" not in answer.text
        assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_the_introduction_is_short_and_leads_to_every_guide(door: Door) -> None:
    introduction = document()["info"]["description"]

    assert len(introduction) < 1500
    assert re.findall(r"\]\(([^)]+)\)", introduction) == [f"docs/guides/{name}" for name in GUIDES]
    for name, title in GUIDES.items():
        assert f"<title>{title} · " in door.gateway.get(f"/docs/guides/{name}").text


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_served_as_the_repository_has_it(name: str, door: Door) -> None:
    made = rendered(name)

    assert (SERVED / f"{name}.html").read_text() == made, "run: make docs"
    assert made in door.gateway.get(f"/docs/guides/{name}").text


def test_no_guide_is_forgotten() -> None:
    assert {source(name) for name in GUIDES} >= set(source("calling").parent.glob("*.md"))
    assert {path.stem for path in SERVED.iterdir()} == set(GUIDES)


def test_what_to_do_about_each_code_is_said_where_the_api_is(door: Door) -> None:
    assert CATALOGUE["Reason"].words["number_rate"].cause in door.gateway.get("/docs/guides/codes").text


def test_a_file_is_kept_for_a_year_and_is_named_after_its_bytes(door: Door) -> None:
    files = [link for link in Page(door.gateway.get("/docs").text).links if link.startswith("docs/assets/")]

    assert {re.sub(r"\.[0-9a-f]{16}\.", ".", file.rpartition("/")[2]) for file in files} == {
        "swagger-ui.css",
        "swagger-ui-bundle.js",
        "docs.css",
        "reference.js",
    }
    for file in files:
        answer = door.gateway.get(f"/{file}")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        kind = "text/css" if file.endswith(".css") else "text/javascript"
        assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
        # API Gateway takes 10 MB, and Lambda 6 MB of JSON.
        assert len(answer.text.encode()) < 3_000_000


@pytest.mark.parametrize(
    "path",
    [
        "guides/nothing",
        "guides/..",
        "guides/%2e%2e%2fabout",
        "assets/docs.css",
        "assets/NOTICE",
        "assets/docs.0000000000000000.css",
    ],
)
def test_nothing_else_is_served(path: str, door: Door) -> None:
    answer = door.gateway.get(f"/docs/{path}")

    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"
