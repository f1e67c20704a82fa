"""Messages that read differently for each receiver, and what happens when somebody follows a link in one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from email import message_from_string, policy

from tests.builders import email, number, sms
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.providers import Accept, LoseReply, Throttle
from tests.fakes.responses import FakeResponses
from tests.fakes.sealer import FakeSealer
from tests.fakes.short_links import FakeVisitorPresses
from tests.scenarios.invariants import check
from tests.scenarios.world import World
from tocsin.content.domain.content import LookupTerms
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.short_links.application.follow import Followed, FollowLink
from tocsin.short_links.application.linked_message import FindMessage, Visit
from tocsin.short_links.application.presses import RecentPresses

ANA, BOB = number(1), number(2)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PHONE = {
    "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
    "accept-language": "en-GB,en;q=0.9",
}
NAMED = LookupTerms("ref-1", frozenset({"firstname"}))
LINKED = LookupTerms("ref-1", shortlink=True)


class Street:
    """A world, and people in it who tap on links."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.responses = FakeResponses()
        self._visits = 0

    def visit(self, url: str, **headers: str) -> Followed | None:
        return self._request(url, "GET", headers, {})

    def press(self, url: str) -> Followed | None:
        """Tap on the link, and two seconds later on the button of its page."""
        shown = self.visit(url)
        assert shown
        assert shown.token
        self.world.fast_forward(2 * SECOND)
        return self._request(url, "POST", {}, {"token": shown.token})

    def _request(self, url: str, method: str, headers: Mapping[str, str], form: Mapping[str, str]) -> Followed | None:
        self._visits += 1
        follow = FollowLink(
            FindMessage(self.world.links, self.world.alerts),
            self.responses,
            FakeEventPublisher(self.world.events),
            FakeSealer(),
            self.world.clock,
            RecentPresses(FakeVisitorPresses()),
        )
        visit = Visit(method, {**PHONE, **headers}, "198.51.100.7", f"r{self._visits}", form)
        return follow(url.rpartition("/")[2], visit)


def links_in(text: str) -> list[str]:
    return re.findall(r"https://t\.example/l/[0-9A-Za-z]{12}", text)


def test_everybody_is_called_by_name_and_a_value_is_never_expanded_again() -> None:
    world = World()
    own = {ANA: {"firstname": "Ana"}, BOB: {"firstname": "{recipient}"}}

    world.accept(sms(ANA, BOB, number(3), text="Dear {firstname}: {foo}"), lookups=NAMED, own=own)
    world.fast_forward(MINUTE)

    assert world.phones == {ANA: ["Dear Ana: {foo}"], BOB: ["Dear {recipient}: {foo}"], number(3): ["Dear : {foo}"]}
    check(world)


def test_ah_77_the_datetime_is_the_moment_of_sending_also_of_a_later_try() -> None:
    world = World()
    world.sms.towards(ANA, Throttle(retry_after=4 * MINUTE), Accept())

    world.accept(sms(ANA, BOB, text="{datetime--HH:mm}"), lookups=LookupTerms("ref-1"))
    world.fast_forward(SECOND)
    assert world.phones == {BOB: ["12:00"]}

    world.until_quiet()
    (text,) = world.phones[ANA]
    assert text == f"{world.sms.calls_to(ANA)[-1].at:%H:%M}" != "12:00"


def test_ah_80_two_recipients_get_two_links_and_one_message_has_one() -> None:
    world = World()

    world.accept(sms(ANA, BOB, text="{shortlink} or {shortlink}"), lookups=LINKED)
    world.fast_forward(MINUTE)

    (to_ana,), (to_bob,) = world.phones[ANA], world.phones[BOB]
    assert len(set(links_in(to_ana))) == len(set(links_in(to_bob))) == 1
    assert len(links_in(to_ana)) == 2
    assert set(links_in(to_ana)) != set(links_in(to_bob))


def test_a_link_works_before_anybody_can_see_it_and_stays_the_same_in_a_later_try() -> None:
    # given a provider that loses replies, so that one message is sent twice
    world = World(silent=True)
    seen: list[bool] = []
    world.sms.on_taken = lambda id, _: seen.append(len(world.links.kept) == 1)
    world.sms.towards(ANA, LoseReply(took=True), Accept())

    world.accept(sms(ANA, text="{shortlink}"), lookups=LINKED)
    world.until_quiet()

    assert len(world.phones[ANA]) == 2
    assert len(set(world.phones[ANA])) == 1
    assert seen == [True, True]


def test_while_links_cannot_be_kept_nothing_is_sent_and_nothing_is_lost() -> None:
    class Flaky:
        def __init__(self, world: World) -> None:
            self.world, self.failures = world, 3

        def add(self, links: object) -> None:
            if self.failures:
                self.failures -= 1
                raise StorageUnavailable("down")
            self.world.links.add(links)  # type: ignore[arg-type]

    world = World()
    flaky = Flaky(world)
    world._wrap = lambda name, port: flaky if name == "links" else port

    world.accept(sms(ANA, text="{shortlink}"), lookups=LINKED)
    world.until_quiet()

    (text,) = world.phones[ANA]
    assert Street(world).visit(text) is not None
    assert len(world.sms.calls_to(ANA)) == 1
    check(world)


def test_ah_81_ah_83_each_visit_is_told_and_the_button_counts_once() -> None:
    world = World()
    terms = LookupTerms("gate", shortlink=True, url="https://x.test/a?b=1", confirm=True)
    alert = world.accept(sms(ANA, text="{shortlink}"), lookups=terms)
    world.fast_forward(MINUTE)
    (link,) = world.phones[ANA]
    world.collect(alert)
    street = Street(world)

    first, second = street.press(link), street.press(link)

    assert first
    assert second
    assert (first.counted, second.counted) == (True, False)
    assert first.url == f"https://x.test/a?b=1&reference=gate&alertid={alert.ref}&contactid=c0&type=sms&tag=t"
    clicks = world.collect(alert)
    assert [(e.event, e.alertee, e.contact_id) for e in clicks] == [("shortlinkClick", ANA, "c0")] * 3
    assert [(e.details["evidence"], e.details["counted"], e.reason) for e in clicks] == [
        ("opened", False, "evidence_too_weak"),
        ("confirmed", True, None),
        ("opened", False, "evidence_too_weak"),
    ]
    assert len({e.event_id for e in clicks}) == 3
    assert clicks[1].details == {
        "shortlinkReference": "gate",
        "browser": "Safari",
        "os": "iOS",
        "device": "phone",
        "language": "en-GB",
        "evidence": "confirmed",
        "counted": True,
        "classification": "human",
        "verdict": "human",
    }

    # and half an hour later it is another answer
    world.fast_forward(timedelta(minutes=31))
    again = street.press(link)
    assert again
    assert again.counted


def test_s12_what_looks_at_links_before_people_do_is_told_and_not_counted() -> None:
    world = World()
    alert = world.accept(sms(ANA, text="{shortlink}"), lookups=LINKED)
    world.fast_forward(SECOND)
    (link,) = world.phones[ANA]
    street = Street(world)

    visits = [
        street.visit(link),  # within two seconds of the hand-over
        street.visit(link, **{"user-agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}),
        street.visit(link, purpose="prefetch"),
    ]

    assert [visit and (visit.classification, visit.counted) for visit in visits] == [("automated", False)] * 3
    told = [e.details["classification"] for e in world.collect(alert) if e.event == "shortlinkClick"]
    assert told == ["automated"] * 3
    assert street.responses.kept == {}


def test_ah_84_a_link_of_an_alert_that_is_over_leads_nowhere_and_tells_nobody() -> None:
    world = World()
    alert = world.accept(sms(ANA, text="{shortlink}"), lookups=LINKED)
    world.fast_forward(MINUTE)
    (link,) = world.phones[ANA]
    assert alert.expires_at
    world.clock.at_least(alert.expires_at)

    assert Street(world).visit(link) is None
    assert Street(world).visit("https://t.example/l/" + "x" * 12) is None


def test_ah_86_subject_and_body_of_a_mail_are_personal() -> None:
    world = World()
    content, to, tag = email("ana@x.test", "bob@x.test", body="Dear {firstname}\n{shortlink}")
    content = type(content)("For {firstname} [r1]", content.body, "text/plain; charset=us-ascii")
    own = {"ana@x.test": {"firstname": "Añá"}, "bob@x.test": {"firstname": "Bob"}}

    world.accept((content, to, tag), lookups=LookupTerms("r", frozenset({"firstname"}), shortlink=True), own=own)
    world.fast_forward(MINUTE)

    read = {to: message_from_string(mail, policy=policy.default) for to, (mail,) in world.email.received.items()}
    assert read["ana@x.test"]["Subject"] == "For Añá [r1]"
    assert read["bob@x.test"]["Subject"] == "For Bob [r1]"
    assert read["ana@x.test"].get_content().startswith("Dear Añá\r\n")
    found = {to: links_in(mail.get_content()) for to, mail in read.items()}
    assert [len(links) for links in found.values()] == [1, 1]
    assert found["ana@x.test"] != found["bob@x.test"]


def test_a_subject_that_a_value_would_break_is_refused_for_this_receiver_alone() -> None:
    world = World()
    content, to, tag = email("ana@x.test", "bob@x.test")
    content = type(content)("For {firstname}", content.body, content.content_type)
    own = {"ana@x.test": {"firstname": "Ana\r\nBcc: eve@x.test"}, "bob@x.test": {"firstname": "Bob"}}

    alert = world.accept((content, to, tag), lookups=NAMED, own=own)
    world.until_quiet()

    assert set(world.mailboxes) == {"bob@x.test"}
    told = {(e.alertee, e.reason) for e in world.collect(alert) if e.event == "failed"}
    assert told == {("ana@x.test", "unsafe_mail_control_character")}
