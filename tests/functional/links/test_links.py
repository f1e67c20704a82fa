"""Short links as browsers, scanners and people with too much time meet them: AH-81 to AH-84, S11, S12, E3, S7."""

from __future__ import annotations

import base64
import hashlib
import random
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.functional.gateway import Answer
from tests.functional.links.site import ANA, IPHONE, Site, token_in
from tests.unit.short_links.test_click import MACHINES, PEOPLE


@pytest.fixture
def site() -> Site:
    return Site()


class Resources(HTMLParser):
    """Whatever a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe", "object", "a"):
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name in ("src", "href", "action", "style") or name.startswith("on")]


def test_ah_82_without_a_url_somebody_is_asked_and_then_thanked(site: Site) -> None:
    page = site.visit()
    answer = site.press()

    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "I have seen this" in page.text
    assert '<meta name="viewport"' in page.text
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Thank you" in answer.text
    *_, event = site.told()
    assert (event.event, event.alertee, event.details["classification"]) == ("shortlinkClick", ANA, "human")
    assert len(site.responses.kept) == 1


def test_ah_81_with_a_url_somebody_is_sent_on() -> None:
    site = Site("https://x.test/go?campaign=7#top")

    answer = site.visit()

    assert answer.status == 302
    there = urlsplit(answer.headers["Location"])
    assert (there.scheme, there.netloc, there.path, there.fragment) == ("https", "x.test", "/go", "top")
    assert parse_qsl(there.query) == [
        ("campaign", "7"),
        ("reference", "gate"),
        ("alertid", site.alert.ref),
        ("contactid", "c0"),
        ("type", "sms"),
        ("tag", "t"),
    ]


def test_ah_81_a_plain_recipient_goes_by_the_address() -> None:
    site = Site("https://x.test")
    for key, recipients in site.alerts.chunks.items():
        site.alerts.chunks[key] = tuple(replace(recipient, contact_id=None) for recipient in recipients)

    assert dict(parse_qsl(urlsplit(site.visit().headers["Location"]).query))["recipient"] == ANA


def test_s11_an_address_that_got_in_although_it_should_not_is_not_led_to() -> None:
    for url in ("javascript:alert(1)", "https://x.test@evil.test", "//evil.test", "https://x.test/\r\nSet-Cookie: a=b"):
        answer = Site(url).visit()
        assert answer.status == 200
        assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "answer", [Site().visit(), Site().press(), Site("https://x.test").visit(), Site().visit("/l/" + "x" * 12)]
)
def test_s11_answers_leave_no_trace_and_fetch_nothing(answer: Answer) -> None:
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not [name for name in answer.headers if name.lower() == "set-cookie"]
    if answer.text:
        policy = answer.headers["Content-Security-Policy"]
        assert re.fullmatch(
            r"default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; frame-ancestors 'none'",
            policy,
        )
        (style,) = re.findall(r"<style>(.*)</style>", answer.text, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy
        page = Resources()
        page.feed(answer.text)
        assert page.found == []
        assert "http" not in re.sub(r'"no-referrer"', "", answer.text)


def nowheres(site: Site) -> Iterator[Answer]:
    yield site.visit("/l/" + "x" * 12)  # never given out
    yield site.visit("/l/short")  # no code
    yield site.visit(site.path + "x")
    yield site.visit(site.path.swapcase().replace("/L/", "/l/"))
    # of an alert that the store has forgotten
    forgotten = Site()
    forgotten.alerts.alerts.clear()
    yield forgotten.visit()
    # of an alert that is over, whether the link's own row says so or not
    over = Site()
    assert over.alert.expires_at
    over.clock.at_least(over.alert.expires_at)
    yield over.visit()
    over.kept.kept = {code: replace(link, expires_at=None) for code, link in over.kept.kept.items()}
    yield over.visit()
    assert over.told() == []
    # of a link that is over although its alert, for whatever reason, is not
    late = Site()
    late.kept.kept = {code: replace(link, expires_at=late.clock()) for code, link in late.kept.kept.items()}
    yield late.visit()
    assert late.told() == []


def test_ah_84_s11_codes_that_lead_nowhere_cannot_be_told_apart(site: Site) -> None:
    answers = [
        (answer.status, answer.text, {k: v for k, v in answer.headers.items() if k != "X-Request-Id"})
        for answer in nowheres(site)
    ]

    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)
    assert site.told() == []
    assert site.responses.kept == {}


def test_ah_84_a_visit_counts_to_the_last_millisecond_of_the_lifetime_and_not_at_its_end(site: Site) -> None:
    end = site.alert.expires_at
    assert end
    site.clock.at_least(end - timedelta(seconds=2, milliseconds=1))
    token = token_in(site.visit())
    site.clock.at_least(end - timedelta(milliseconds=1))
    assert site.post(token).status == 200
    assert [event.event for event in site.told()] == ["shortlinkClick"] * 2
    assert len(site.responses.kept) == 1

    site.clock.at_least(end)
    assert site.post(token).status == 404

    assert site.visit(agent=PEOPLE[1][0]).status == 404
    assert site.told() == []
    assert len(site.responses.kept) == 1
    page = site.responses.of_alert(site.alert.tenant, site.alert.ref, 10, None, site.clock())
    assert list(page.responses) == []  # what was said is gone for readers at the same instant


@pytest.mark.parametrize(
    "behind",
    [".", "...", "%2E", ";", "'", "%22", "%3E", "&", ")", "%E2%80%9D", "%E3%80%82", "!?", "%20", "*_", ",then"],
)
def test_k14_what_a_text_puts_behind_a_link_does_not_break_it(behind: str) -> None:
    site = Site("https://x.test")
    answer = site.visit(f"{site.path}{behind}")
    assert answer.status == 302
    assert answer.headers["Location"].startswith("https://x.test")


def test_s11_five_hundred_random_paths_lead_nowhere() -> None:
    site = Site("https://x.test")
    rng = random.Random(7)
    letters = string.ascii_letters + string.digits
    odd = letters + "-_.~!$&'()*+,;=:@%#?/\\ é\0\n"

    def path() -> str:
        consumed = "".join(
            rng.choices(letters if rng.random() < 0.5 else odd, k=rng.choice([12, 12, rng.randrange(1, 40)]))
        )
        return "/l/" + quote(consumed, safe=rng.choice(["", "/:@!$&'()*+,;="]))

    for _ in range(500):
        answer = site.visit(path())
        assert answer.status == 404
        assert "Location" not in answer.headers
    for sent in ("https://evil.test", "//evil.test", "evil.test"):
        answer = site.gateway.call("GET", site.path, None, {"User-Agent": IPHONE}, {"url": [sent], "next": [sent]})
        assert urlsplit(answer.headers["Location"]).netloc == "x.test"
    assert {event.event for event in site.told()} == {"shortlinkClick"}


@pytest.mark.parametrize("agent", [agent for agent, _ in PEOPLE])
def test_s12_people_who_press_the_button_are_counted(site: Site, agent: str) -> None:
    site.press(agent=agent)
    assert len(site.responses.kept) == 1


def test_e3_s12_machines_are_told_and_not_counted(site: Site) -> None:
    for agent in MACHINES:
        assert site.visit(agent=agent).status == 200
    for header in ("Sec_Purpose", "Purpose", "X_Purpose", "X_Moz"):
        assert site.visit(**{header: "prefetch"}).status == 200

    assert site.responses.kept == {}
    assert [event.details["classification"] for event in site.told()] == ["automated"] * (len(MACHINES) + 4)


def test_ah_83_head_is_answered_without_a_body_and_leads_nowhere() -> None:
    for site, path, status in ((Site(), None, 200), (Site("https://x.test"), None, 200), (Site(), "/l/nothing", 404)):
        head = site.visit(path, "HEAD")
        assert (head.status, head.text, head.headers.get("Location")) == (status, "", None)
        assert head.headers["Content-Type"] == "text/html; charset=utf-8"
        assert (site.told(), site.responses.kept) == ([], {})


def test_ah_83_visitors_are_told_apart_by_where_and_what_they_are(site: Site) -> None:
    site.press()
    site.press()
    assert len(site.responses.kept) == 1
    site.gateway.source_ip = "203.0.113.9"
    site.press()
    site.press(agent=PEOPLE[1][0])
    assert len(site.responses.kept) == 3
    assert [event.details["evidence"] for event in site.told()].count("confirmed") == 3


def test_a_visit_that_cannot_be_recorded_is_asked_for_again_and_nothing_is_half_done(site: Site) -> None:
    token = token_in(site.visit())
    site.told()
    site.clock.advance(timedelta(seconds=2))
    for part in (site.kept, site.alerts, site.responses, site.triggers, site.event_publisher):
        part.outage.failing = 1
        answer = site.post(token)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert "try again" in answer.text
        assert site.told() == []

    assert site.post(token).status == 200
    assert len(site.responses.kept) == 1
    assert len(site.told()) == 1


def test_s7_the_log_holds_neither_code_nor_visitor(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.visit(agent=IPHONE)
    site.press(agent=IPHONE)
    token = token_in(site.visit())
    site.post(token)  # too fast, so that a doubt is logged too
    site.visit("/l/" + "x" * 12)

    out = capsys.readouterr().out
    assert "GET /l/{code}" in out
    for secret in (token, site.path.rpartition("/")[2], "x" * 12, ANA, "198.51.100.7", "iPhone", "Mozilla"):
        assert secret not in out


@pytest.mark.parametrize("kind", ["text/html", "application/x-www-form-urlencoded", "nonsense", ""])
def test_what_a_visitor_says_it_sends_does_not_matter(site: Site, kind: str) -> None:
    assert site.visit(Content_Type=kind).status == 200


def test_nothing_of_the_network_address_is_kept(site: Site) -> None:
    site.press()
    kept: Any = [*site.responses.kept.values(), *site.told(), *site.presses.kept]
    assert "198.51" not in repr(kept)
