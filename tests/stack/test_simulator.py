"""What is pressed on the simulator's page arrives as from real people: topics, buckets and functions are the real ones."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest

from infra.local.browser.browsers import Browsers
from infra.local.commands.reply import Running
from infra.local.simulator.server import Simulator
from infra.local.simulator.site import Site
from infra.local.simulator.world import LocalEngine
from tests.stack.system import System, email, sms


class Visitor:
    """A browser without script."""

    def __init__(self, url: str) -> None:
        self._port = urlsplit(url).port or 0

    def card(self, address: str) -> str:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as connection:
            connection.request("GET", "/?show=unread")
            page = connection.getresponse().read().decode()
        return next((card for card in re.findall(r"<article.*?</article>", page, re.DOTALL) if address in card), "")

    def press(self, action: str, card: str, **own: str) -> None:
        """Send the form of a card, with its hidden fields and what its user chose."""
        (form,) = [form for form in re.findall(r"<form.*?</form>", card, re.DOTALL) if f'action="{action}"' in form][
            -1:
        ]
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
        body = urlencode({name: unescape(value) for name, value in hidden} | own)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self._port}"}
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as connection:
            connection.request("POST", f"/{action}", body, headers)
            assert connection.getresponse().status == 303


@pytest.fixture
def visitor(lively: System, number: str) -> Iterator[Visitor]:
    outside, places = lively.outside, lively.engine.places
    running = Running(lively.callers["live"], lively.aws, lively.stack.outputs, number)
    browsers = Browsers(places.browsers, places.pushes)
    world = LocalEngine(running, outside.mails, places.texts, outside.phones, browsers)
    with closing(Simulator(0)) as simulator, simulator.serving(lambda guard: Site(world, guard, {})):
        yield Visitor(simulator.url)


def test_people_answer_on_the_page_and_their_client_hears_of_it(lively: System, number: str, visitor: Visitor) -> None:
    # given an alert that asks for an answer
    (phone,), (mailbox,) = lively.phones(1), lively.mailboxes(1)
    ref = lively.sent("live", sms([phone], "Pump 7 stopped. Reply 1 to confirm.", sender=number), email([mailbox]))
    lively.settled("live", ref)
    texted = lively.awaited(lambda: visitor.card(phone), lambda card: "Reply 1 to confirm" in card, 20)
    mailed = lively.awaited(lambda: visitor.card(mailbox), bool, 20)

    # when its receivers answer on the page
    assert 'name="words" value="1">1</button>' in texted
    visitor.press("answer", texted, words="1")
    visitor.press("answer", mailed, words="Zoë is on her way")

    # then the client hears it from both
    found = lively.events("live", ref, 6)
    replies = [(event["type"], event["reply"]) for event in found if event["event"] == "reply"]
    assert sorted(replies) == [("email", "Zoë is on her way"), ("sms", "1")]
    assert "1" not in re.findall(r">(\d+) new<", visitor.card(phone))


def test_a_phone_that_is_off_gets_nothing_and_a_complaint_is_known(
    lively: System, number: str, visitor: Visitor
) -> None:
    (phone,), (mailbox,) = lively.phones(1), lively.mailboxes(1)
    first = lively.sent("live", sms([phone], sender=number), email([mailbox]))
    lively.states("live", first, {phone: "delivered", mailbox: "delivered"})
    texted = lively.awaited(lambda: visitor.card(phone), bool, 20)
    mailed = lively.awaited(lambda: visitor.card(mailbox), bool, 20)

    # when the phone is switched off and the mail is marked as spam
    visitor.press("phone", texted, state="off")
    visitor.press("mail", mailed, event="complaint")

    # then the next text fails, and the client hears of the complaint
    second = lively.sent("live", sms([phone], sender=number))
    assert lively.states("live", second, {phone: "failed"}) == {phone: "handset_off"}
    assert "did not arrive" in visitor.card(phone)
    assert "complaint" in {event["event"] for event in lively.events("live", first, 5)}
