"""The function of short links, one alert with a link to Ana, and people and machines who follow it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from links.routes import link_routes
from tests.builders import an_acceptance, number, sms
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.escalations import FakeEscalations
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.responses import FakeResponses
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.short_links import FakeShortLinks, FakeVisitorPresses
from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimerQueue
from tests.fakes.triggers import FakeTriggers
from tests.functional.gateway import Answer, Gateway
from tests.unit.short_links.test_click import PEOPLE
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.content.domain.content import LookupTerms
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.http.app import create_app
from tocsin.escalation.application.answers import AnswersEndEscalations, WakeEscalation
from tocsin.results.domain.result_event import ResultEvent
from tocsin.short_links.application.follow import FollowLink
from tocsin.short_links.application.linked_message import FindMessage
from tocsin.short_links.application.message_links import MessageLinks
from tocsin.short_links.application.presses import RecentPresses
from tocsin.triggers.application.fire import FireTrigger

ANA = number(1)
IPHONE = PEOPLE[0][0]


class Site:
    """The public side, and one alert with a link to Ana."""

    def __init__(self, url: str | None = None, *, confirm: bool | None = None, **alert: Any) -> None:
        self.clock = VirtualClock()
        self.alerts = FakeAlertRepository()
        self.kept = FakeShortLinks()
        self.escalations = FakeEscalations(clock=self.clock)
        self.responses = FakeResponses(escalations=self.escalations)
        self.results = FakeResultEvents()
        self.event_publisher = FakeEventPublisher(self.results)
        self.notices = FakeAccountNotices()
        self.presses = FakeVisitorPresses()
        self.triggers = FakeTriggers(self.alerts)
        self.sealer = FakeSealer()
        self._wake = WakeEscalation(self.escalations.timers, FakeTimerQueue(), self.clock)
        self.gateway = self.process()
        self._links = MessageLinks(self.kept, self.sealer, "https://t.example")
        self.alert = self.send(url, confirm=confirm, **alert)
        self.path = self.link(self.alert)
        self.clock.advance(timedelta(minutes=1))

    def process(self) -> Gateway:
        """Start the function once more, as a further process."""
        follow = FollowLink(
            FindMessage(self.kept, self.alerts),
            AnswersEndEscalations(self.responses, self.escalations, self._wake),
            self.event_publisher,
            self.sealer,
            self.clock,
            RecentPresses(self.presses),
            FireTrigger(self.triggers, FakeTimerQueue(), self.notices, self.clock),
            self.notices,
        )
        app = create_app("links")
        app.register_blueprint(link_routes(follow))
        return Gateway(app)

    def send(self, url: str | None, *, confirm: bool | None = None, **alert: Any) -> Alert:
        terms = LookupTerms("gate", shortlink=True, url=url, confirm=confirm)
        acceptance = an_acceptance(sms(ANA, text="{shortlink}"), lookups=terms)
        acceptance = replace(acceptance, alert=replace(acceptance.alert, **alert))
        self.alerts.accept(acceptance)
        return acceptance.alert

    def link(self, alert: Alert) -> str:
        id = MessageId(next(alert.batches()).key, 0, 1)
        self._links.keep(alert, [id], self.clock())
        return urlsplit(self._links.url(id)).path

    def more_links(self, count: int) -> list[str]:
        """Return the paths of further links to the same message, as many people have them."""
        (link,) = self.kept.kept.values()
        codes = [f"code{place:08}" for place in range(count)]
        self.kept.kept |= {code: replace(link, code=code) for code in codes}
        return [f"/l/{code}" for code in codes]

    def visit(self, path: str | None = None, method: str = "GET", agent: str = IPHONE, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.gateway.call(method, path or self.path, None, {"User-Agent": agent, **named})

    def post(self, token: str | None, path: str | None = None, agent: str = IPHONE, **headers: str) -> Answer:
        """Send the form of a page; None = without a token."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"User-Agent": agent, "Content-Type": "application/x-www-form-urlencoded", **named}
        body = urlencode({} if token is None else {"token": token})
        return self.gateway.call("POST", path or self.path, body, named)

    def press(self, path: str | None = None, agent: str = IPHONE, **headers: str) -> Answer:
        """Open the page, and press its button two seconds later."""
        token = token_in(self.visit(path, agent=agent))
        self.clock.advance(timedelta(seconds=2))
        return self.post(token, path, agent, **headers)

    def told(self) -> list[ResultEvent]:
        return list(self.results.collect(self.alert.tenant, self.alert.key_id, None, 1_000, self.clock()))


def token_in(page: Answer) -> str:
    """Return the token of a page with the button."""
    (token,) = re.findall(r'<input type="hidden" name="token" value="([^"]+)">', page.text)
    assert isinstance(token, str)
    return token


def linked(alert: Alert) -> Link:
    """Return a linked set that an alert may be in."""
    return Link(LinkKey(alert.tenant, alert.key_id, "set-1"), alert.ref, None)
