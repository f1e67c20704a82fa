"""The simulator's page of phones that ring: which phones it has, what its buttons do, and whom it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.outside.exchange import WITHHELD
from infra.local.simulator.guard import Guard, Request
from infra.local.simulator.responses import Response
from infra.local.simulator.site import Site
from infra.local.simulator.telephones import LANGUAGES, Telephones
from tests.fakes.simulated_people import SimulatedPeople
from tests.unit.infra.network import HAND, OURS, WAV, Network, ended, until
from tocsin.voice.domain import voices

HOST = "127.0.0.1:8643"
ANA = "+447700900101"
OWN = {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}


class Browser:
    """A browser that shows the page, with Ana's phone and one more."""

    def __init__(self, network: Network) -> None:
        telephones = Telephones(network.exchange, {ANA: "Ana", "ana@example.org": "Ana"}, OURS)
        self.site = Site(SimulatedPeople(), Guard(frozenset({HOST}), "this-run"), {}, telephones=telephones)
        self.after = ""

    def get(self, path: str, **query: str) -> Response:
        return self.site.respond(Request("GET", path, {"host": HOST, "sec-fetch-site": "same-origin"}, query))

    def post(self, path: str, headers: Mapping[str, str] = OWN, /, **form: Any) -> Response:
        return self.site.respond(Request("POST", path, headers, {}, {"token": "this-run", **form}))

    def hears(self, number: str, event: str) -> Mapping[str, Any]:
        """Wait for an event."""
        for _ in range(100):
            found = json.loads(self.get("/phones/events", numbers=f"{ANA},{number}", after=self.after).body)
            self.after = str(found["after"])
            for one in found["events"]:
                if (one["number"], one["event"]) == (number, event):
                    return dict(one)
        raise AssertionError(event)

    def holds(self, number: str) -> None:
        """Ask for events once, which holds the phones."""
        self.after = str(json.loads(self.get("/phones/events", numbers=number, after="999999").body)["after"])


@pytest.fixture
def browser(network: Network, monkeypatch: pytest.MonkeyPatch) -> Browser:
    monkeypatch.setattr("infra.local.simulator.telephones.WAIT", 0.02)
    return Browser(network)


def test_the_page_has_the_phones_of_people_who_are_known_and_those_that_are_asked_for(browser: Browser) -> None:
    page = browser.get("/phones", also=f"{HAND}, <b>, 12").body.decode()

    assert re.findall(r'data-number="([^"]+)"', page) == [HAND, ANA, WITHHELD]
    assert f"<bdi>Ana</bdi><small><bdi>{ANA}</bdi>" in page
    assert f'value="{OURS}"' in page
    assert "<b>" not in page
    assert re.findall(r'data-key="(.)"', page)[:12] == list("123456789*0#")
    assert 'href="phones"' in browser.get("/").body.decode()


def test_a_phone_rings_is_answered_and_its_keys_reach_the_call(browser: Browser, network: Network) -> None:
    browser.holds(HAND)
    contact = network.exchange.dial(OURS, HAND, {"message": "acme.a1.0.0.0.1"}, 40)

    ringing = browser.hears(HAND, "ringing")
    assert (ringing["from"], ringing["call"]) == (OURS, contact.id)
    assert browser.post("/phones/act", call=contact.id, act="answer").status == 200
    saying = browser.hears(HAND, "saying")
    assert (saying["prompt"], saying["lang"]) == ("pre", "en-GB")
    assert browser.post("/phones/act", call=contact.id, act="press", key="2").status == 200

    assert browser.hears(HAND, "ended")["by"] == "system"
    assert network.lines[-1]["keys"] == "2"


@pytest.mark.parametrize(("acts", "by"), [(["busy"], "busy"), (["answer", "hang_up"], "person")])
def test_a_call_is_declined_or_ended(browser: Browser, network: Network, acts: list[str], by: str) -> None:
    browser.holds(HAND)
    contact = network.exchange.dial(OURS, HAND, {"message": "acme.a1.0.0.0.1"}, 40)
    browser.hears(HAND, "ringing")
    for act in acts:
        assert browser.post("/phones/act", call=contact.id, act=act).status == 200

    assert browser.hears(HAND, "ended")["by"] == by
    assert ended(contact).ended


def calling(number: str) -> dict[str, Any]:
    """Return the form of a call to our number."""
    return {"from": number, "to": OURS}


def test_a_phone_calls_in_and_may_withhold_its_number(browser: Browser, network: Network) -> None:
    for number, caller in ((ANA, ANA), (WITHHELD, "")):
        browser.holds(number)
        assert browser.post("/phones/call", **calling(number)).status == 200
        assert browser.hears(number, "answered")["from"] == caller
        until(lambda: network.system.asked)
        call = browser.hears(number, "saying")["call"]
        browser.post("/phones/act", call=call, act="hang_up")
        browser.hears(number, "ended")


@pytest.mark.parametrize(
    ("path", "form", "told"),
    [
        ("/phones/act", {"call": "none", "act": "answer"}, "This call is over."),
        ("/phones/act", {"call": "none", "act": "explode"}, "A phone cannot do that."),
        ("/phones/act", {"call": "none", "act": "press", "key": "x"}, "A phone has the keys 0 to 9, * and #."),
        ("/phones/call", {"from": ANA, "to": "tel:1"}, "Type a number like +447700900100."),
    ],
)
def test_what_cannot_be_done_is_told(browser: Browser, path: str, form: dict[str, Any], told: str) -> None:
    answer = browser.post(path, **form)

    assert (answer.status, json.loads(answer.body)) == (409, {"message": told})


def test_another_website_places_no_call_and_presses_no_key(browser: Browser, network: Network) -> None:
    foreign = {"host": HOST, "origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    for path in ("/phones/call", "/phones/act"):
        assert browser.post(path, foreign, **calling(ANA), act="answer").status == 403
    assert browser.post("/phones/call", token="before", **calling(ANA)).status == 403
    for path in ("/phones", "/phones/events", "/phones/recording"):
        read = Request("GET", path, {"host": HOST, "sec-fetch-site": "cross-site"}, {})
        assert browser.site.respond(read).status == 403
    assert not network.system.asked


def test_a_recording_is_given_as_it_is_and_other_paths_are_none(browser: Browser) -> None:
    found = browser.get("/phones/recording", file="s3://prompts-bucket/prompts/main.wav")
    assert (found.body, (found.headers or {})["Content-Type"]) == (WAV, "audio/wav")
    assert browser.get("/phones/recording", file="s3://none/x").status == 404
    assert browser.get("/phones/act").status == 404
    assert b"AudioContext" in browser.get("/phones/page.js").body


def test_every_voice_has_its_language() -> None:
    rows = [(tag, voice.name) for tag, row in voices._TABLE.items() for voice in row if voice]
    assert {name: LANGUAGES[name] for _, name in rows} == {name: tag for tag, name in reversed(rows)}
