"""Only a press of the button answers (K1, decided 8.9 to 8.13): what a visit may do, and what a press must be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.functional.gateway import Answer
from tests.functional.links.site import ANA, IPHONE, Site, linked, token_in
from tests.unit.short_links.test_click import MACHINES, PEOPLE
from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.kernel.domain.ids import StoreId
from tocsin.notices.domain.account_notice import NoticeQuery
from tocsin.triggers.domain.trigger import Trigger

URL = "https://x.test/go"
SECOND = timedelta(seconds=1)


def escalating(**more: Any) -> Site:
    """Return a site whose alert escalates in a linked set, and whose link's reference is the keyword of a trigger."""
    site = Site(**more)
    site.alerts.alerts.clear()
    site.alerts.chunks.clear()
    site.kept.kept.clear()
    alert = site.alert
    site.alert = site.send(
        more.get("url"), confirm=more.get("confirm"), link=linked(alert), escalation=alert.ref,
        click_counts=more.get("click_counts", False),
    )  # fmt: skip
    site.path = site.link(site.alert)
    arm(site)
    site.clock.advance(timedelta(minutes=1))
    return site


def arm(site: Site) -> None:
    trigger = Trigger(
        site.alert.tenant, site.alert.key_id, StoreId("s1"), "a1", (TriggerWord(TriggerKind.SHORTLINK, "GATE", "t"),),
        SECOND, 0, site.clock(), site.clock() + timedelta(days=300),
    )  # fmt: skip
    site.triggers.standing[trigger.tenant, trigger.key_id, trigger.store_id] = trigger


def clicks(site: Site) -> list[tuple[str, bool, str | None]]:
    """Return evidence, whether it counts and why not, of the events so far."""
    told = [event for event in site.told() if event.event == "shortlinkClick"]
    return [(event.details["evidence"], event.details["counted"], event.reason) for event in told]


def is_page(answer: Answer) -> bool:
    return answer.status == 200 and "I have seen this</button>" in answer.text


HEADERS = st.dictionaries(
    st.sampled_from(
        ["Sec-Fetch-Mode", "Sec-Fetch-User", "Sec-Fetch-Dest", "Sec-Fetch-Site", "Accept", "Accept-Language", "Cookie",
         "Purpose", "Sec-Purpose", "X-Moz", "Content-Type", "Origin", "Referer", "X-HTTP-Method-Override", "X-Method"]
    ),
    st.sampled_from(["navigate", "?1", "document", "none", "text/html", "en-GB", "prefetch", "POST", "a=b", "*/*"]),
)  # fmt: skip


@given(
    headers=HEADERS,
    agent=st.sampled_from([agent for agent, _ in PEOPLE] + MACHINES),
    method=st.sampled_from(["GET", "GET", "HEAD"]),
    url=st.sampled_from([None, URL]),
    confirm=st.sampled_from([None, True]),
    later=st.timedeltas(timedelta(0), timedelta(days=20)),
    body=st.sampled_from([None, "token=1.0." + "0" * 32]),
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_k1_no_get_answers_whatever_its_headers(
    headers: dict[str, str],
    agent: str,
    method: str,
    url: str | None,
    confirm: bool | None,
    later: timedelta,
    body: str | None,
) -> None:
    site = escalating(url=url, confirm=confirm)
    site.clock.advance(later)
    for _ in range(2):
        assert site.gateway.call(method, site.path, body, {"User-Agent": agent, **headers}).status == 200
    # what ends an escalation, counts for previouslySeen and fires a trigger
    assert site.responses.kept == {}
    assert site.triggers.firings == {}
    assert [counted for _, counted, _ in clicks(site)] == [False, False]


def test_k1_the_press_answers_once_in_half_an_hour_and_fires_the_trigger() -> None:
    site = escalating(url=URL)
    assert is_page(site.visit())
    answer = site.press()
    assert answer.status == 303
    assert dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["reference"] == "gate"
    assert site.press().status == 303
    (response,) = site.responses.kept.values()
    assert (response.evidence, response.counted) == (Evidence.CONFIRMED, True)
    assert len(site.responses.marks) == 1
    assert len(site.triggers.firings) == 1
    assert clicks(site).count(("confirmed", True, None)) == 1


@pytest.mark.parametrize(
    ("made", "page"),
    [
        (lambda: Site(), True),
        (lambda: Site(URL), False),
        (lambda: Site(URL, confirm=True), True),
        (lambda: escalating(url=URL), True),
        (lambda: escalating(url=URL, confirm=False), False),
        (lambda: Site(click_counts=True), False),
        (lambda: Site(URL, click_counts=True), False),
        (lambda: Site(URL, confirm=True, click_counts=True), True),
    ],
)
def test_which_link_shows_the_page(made: Any, page: bool) -> None:
    site = made()
    assert is_page(site.visit()) is page


def test_the_keyword_of_a_trigger_is_looked_for_at_the_visit() -> None:
    site = Site(URL)
    assert site.visit().status == 302
    arm(site)
    assert is_page(site.visit())
    site.triggers.standing.clear()
    assert site.visit().status == 302


def test_without_a_page_a_visit_of_a_person_is_opened_and_counts_nothing() -> None:
    site = Site(URL)
    assert site.visit().status == 302
    site.clock.advance(SECOND)
    assert site.visit(agent=MACHINES[0]).status == 302
    assert clicks(site) == [("opened", False, "evidence_too_weak"), ("opened", False, "automatic_visit")]
    assert site.responses.kept == {}


def test_confirm_false_fires_no_trigger_unless_clicks_count() -> None:
    site = escalating(url=URL, confirm=False)
    assert site.visit().status == 302
    assert site.triggers.firings == {}
    # a press that somebody makes up, with the token of a page, is an answer and fires nothing either
    token = token_in(site.post(None))
    site.clock.advance(2 * SECOND)
    assert site.post(token).status == 303
    assert len(site.responses.kept) == 1
    assert site.triggers.firings == {}

    counting = escalating(url=URL, confirm=False, click_counts=True)
    assert counting.visit().status == 302
    assert len(counting.triggers.firings) == 1


def test_click_counts_a_persons_visit_is_opened_and_counts_and_a_machines_does_not() -> None:
    site = escalating(click_counts=True)
    assert "Thank you" in site.visit(agent=MACHINES[0]).text
    assert site.responses.kept == {}
    site.clock.advance(SECOND)
    assert "Thank you" in site.visit().text
    (response,) = site.responses.kept.values()
    assert response.evidence is Evidence.OPENED
    assert len(site.triggers.firings) == 1
    assert clicks(site) == [("opened", False, "automatic_visit"), ("opened", True, None)]


@pytest.mark.parametrize("token", [None, "", "x", "1.0." + "0" * 32])
def test_a_press_without_a_token_of_ours_gets_the_page_and_counts_nothing(token: str | None) -> None:
    site = Site(URL)
    assert is_page(site.post(token))
    assert clicks(site) == []
    assert site.responses.kept == {}


def test_a_token_is_of_one_code_and_good_for_a_day() -> None:
    site = Site(confirm=True)
    (other,) = site.more_links(1)
    token = token_in(site.visit())
    site.clock.advance(2 * SECOND)
    assert is_page(site.post(token, other))
    assert "Thank you" in site.post(token).text
    site.clock.advance(timedelta(days=1))
    assert is_page(site.post(token))
    assert len(site.responses.kept) == 1


@pytest.mark.parametrize("body", ["", "token", "token=%ff", "&" * 50, "token=" + "x" * 5000, "{}", b"\xff\xfe", None])
def test_a_body_that_is_no_form_of_ours_gets_the_page(body: str | bytes | None) -> None:
    site = Site()
    assert is_page(site.gateway.call("POST", site.path, body, {"Content-Type": "text/plain", "User-Agent": IPHONE}))


def test_a_browser_that_sends_its_form_in_base64_is_understood() -> None:
    site = Site()
    token = token_in(site.visit())
    site.clock.advance(2 * SECOND)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert "Thank you" in site.gateway.call("POST", site.path, f"token={token}".encode(), form).text


@pytest.mark.parametrize(
    ("after", "headers"), [(timedelta(milliseconds=900), {}), (2 * SECOND, {"Sec_Fetch_Mode": "cors"})]
)
def test_doubt_asks_once_more_and_then_counts(after: timedelta, headers: dict[str, str]) -> None:
    site = Site()
    token = token_in(site.visit())
    site.clock.advance(after)
    page = site.post(token, **headers)
    assert is_page(page)
    assert "Please press once more" in page.text
    assert site.responses.kept == {}
    assert "Thank you" in site.post(token_in(page), **headers).text
    assert len(site.responses.kept) == 1


def test_the_21st_code_from_one_source_is_asked_once_more_in_whatever_process() -> None:
    site = Site()
    paths = site.more_links(22)
    tokens = [token_in(site.visit(path)) for path in paths]
    site.clock.advance(2 * SECOND)
    gateways = [site.gateway, site.process(), site.process()]

    def post(place: int) -> Answer:
        site.gateway = gateways[place % 3]
        return site.post(tokens[place], paths[place])

    answers = [post(place) for place in range(21)]
    assert [is_page(answer) for answer in answers] == [False] * 20 + [True]
    # a person at the same address with another phone is not asked, and after ten seconds none is
    assert "Thank you" in site.post(tokens[21], paths[21], agent=PEOPLE[1][0]).text
    site.clock.advance(timedelta(seconds=10))
    assert "Thank you" in post(20).text


def test_two_hundred_phones_behind_one_address_all_answer() -> None:
    site = Site()
    paths = site.more_links(200)
    tokens = [token_in(site.visit(path)) for path in paths]
    site.clock.advance(2 * SECOND)
    for path, token in zip(paths, tokens, strict=True):
        answer = site.post(token, path)
        if is_page(answer):
            answer = site.post(token_in(answer), path)
        assert "Thank you" in answer.text
    assert len(site.responses.kept) == 200


def test_the_first_visit_that_did_not_count_is_told_once_a_key() -> None:
    site = Site(URL)
    site.visit(agent=MACHINES[0])
    assert site.notices.told == {}
    site.notices.outage.failing = 1
    assert site.visit().status == 302
    for gateway in (site.gateway, site.process()):
        site.gateway = gateway
        site.visit()
    site.clock.advance(timedelta(days=29))
    site.visit()
    query = NoticeQuery(100)
    (notice,) = site.notices.read(site.alert.tenant, site.alert.key_id, query, site.clock())
    assert (notice.code, notice.alert) == ("visit_not_counted", site.alert.ref)
    assert ANA not in notice.text
    assert Site(URL, click_counts=True).notices.told == {}


def test_the_page_names_nobody_holds_no_script_and_sets_no_cookie() -> None:
    site = Site(URL, confirm=True)
    site.visit()
    page = site.post(None)
    assert is_page(page)
    for word in ("<script", "javascript:", "onload", "onclick", ANA, "gate", "c0", site.alert.ref, "x.test"):
        assert word not in page.text
    assert "form-action" not in page.headers["Content-Security-Policy"]
    assert not [name for name in page.headers if name.lower() == "set-cookie"]
    assert '<html lang="en">' in page.text
    assert '<form method="post">' in page.text  # to the same path, whatever stage or domain serves it
