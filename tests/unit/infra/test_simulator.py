"""The simulator's page: what it shows, what each button does, and whom it refuses."""

from __future__ import annotations

import html
import http.client
import re
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from infra.local.browser.browsers import Push
from infra.local.outside.phones import EVENTS, Phones, PhoneState
from infra.local.simulator.checklist import STEPS, Checklist
from infra.local.simulator.guard import Guard, Request
from infra.local.simulator.messages import EMAIL, KEYWORDS, PUSH, SMS, Message, keywords_in, mail_message, push_message
from infra.local.simulator.pages import ASSETS, PHONE_STATES
from infra.local.simulator.people import ENTRIES
from infra.local.simulator.recent import FRESH, Recent
from infra.local.simulator.responses import Response
from infra.local.simulator.server import LONGEST_FORM, Simulator
from infra.local.simulator.site import ALWAYS, AWAY, FILES, MOST_CARDS, Site
from infra.local.simulator.world import AlertSeen
from tests.fakes.simulated_people import SimulatedPeople

AT = datetime(2026, 11, 29, 18, 44, tzinfo=UTC)
HOST = "127.0.0.1:8643"
NUMBER, ANA, BOB, MAILBOX = "+447700900100", "+447700900101", "+447700900102", "ana@example.org"
LINK = "http://127.0.0.1:8642/_aws/execute-api/a/local/l/abcdefABCDEF"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "\u202egnihton\u202c and \u2067more",
    "{{ 7 * 7 }}{% raw %}",
    "n" * 200,
]


def text(
    id: str, to: str = ANA, words: str = "Pump 7 stopped. Reply 1 or 2.", minutes: int = 0, **more: str
) -> Message:
    return Message(id, SMS, to, more.get("sender", NUMBER), words, AT + timedelta(minutes=minutes))


def mail(id: str, to: str = MAILBOX, words: str = "Pump 7 stopped at 08:14.", minutes: int = 0) -> Message:
    at = AT + timedelta(minutes=minutes)
    return Message(id, EMAIL, to, "alerts@alerts.example", words, at, "Pump 7", "r+demo.token@alerts.example")


class Browser:
    """A browser with the page open: it sends what its buttons send."""

    def __init__(self, *messages: Message, console: str | None = None, before: tuple[Message, ...] = ()) -> None:
        self.world = SimulatedPeople(*before)
        self.site = Site(
            self.world,
            Guard(frozenset({HOST, "localhost:8643"}), "this-run"),
            {ANA: "Ana", MAILBOX: "Ana"},
            console,
            lambda: AT + timedelta(hours=1),
        )
        self.world.here += messages

    def get(self, path: str = "/", **headers: str) -> Response:
        asked = urlsplit(path)
        query = dict(pair.split("=") for pair in asked.query.split("&") if pair)
        sent = {"host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.site.respond(Request("GET", asked.path, sent, query))

    def page(self, path: str = "/", **headers: str) -> str:
        response = self.get(path, **headers)
        assert response.status == 200, response
        return response.body.decode()

    def cards(self, path: str = "/") -> list[str]:
        return re.findall(r"<article.*?</article>", self.page(path), re.DOTALL)

    def submit(self, path: str, headers: Mapping[str, str] | None = None, **form: str) -> Response:
        ours = {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
        sent = ours if headers is None else headers
        return self.site.respond(Request("POST", path, sent, {}, {"token": "this-run"} | form))

    def press(self, button: str, card: int = 0, path: str = "/", typed: str | None = None) -> Response:
        """Press a button by what stands on it, with the fields of its form as the page has them."""
        for form in re.findall(r"<form.*?</form>", self.cards(path)[card], re.DOTALL):
            for attributes, shown in re.findall(r"<button([^>]*)>(.*?)</button>", form, re.DOTALL):
                if shown == button:
                    fields = {
                        html.unescape(name): html.unescape(value)
                        for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', form.partition("<button")[0])
                    }
                    own = re.search(r'name="([^"]*)" value="([^"]*)"', attributes)
                    fields |= {own[1]: html.unescape(own[2])} if own else {"words": typed or ""}
                    action = re.search(r'action="([^"]*)"', form)
                    assert action
                    return self.submit(f"/{action[1]}", None, **fields)
        raise AssertionError(f"there is no button {button!r}")


def test_phones_and_mailboxes_are_shown_unread_first_and_then_the_newest() -> None:
    browser = Browser(
        text("t1"), mail("m1", minutes=3), text("t2", BOB, minutes=2), before=(text("t0", "+447700900109"),)
    )

    first, second, third, last = browser.cards()

    assert ["Mailbox of" in first, BOB in second, f"<bdi>Ana</bdi><small><bdi>{ANA}<" in third] == [True] * 3
    assert [">1 new<" in card for card in (first, second, third, last)] == [True, True, True, False]
    assert "+447700900109" in last
    assert len(browser.cards("/?show=unread")) == 3


def test_a_push_is_shown_as_its_browser_shows_it_and_takes_no_answers() -> None:
    at = (AT + timedelta(minutes=1)).isoformat()
    push = Push("p1", MAILBOX, at, "Missed call from Eve", "Line 2001", "/console/me/inbox", "tag")
    browser = Browser(mail("m1"), push_message(push))

    first, second = browser.cards()

    assert "Browser of" in first
    assert "Mailbox of" in second
    assert all(words in first for words in ("Missed call from Eve", "Line 2001", "a click opens", ">1 new<"))
    assert "<footer>" not in first
    assert "On my way" not in first
    for path, form in (("/answer", {"words": "Yes"}), ("/mail", {"event": "bounce"}), ("/phone", {"state": "off"})):
        assert browser.submit(path, None, channel=PUSH, to=MAILBOX, **form).status == 303
    assert browser.cards()[0].count("takes no answers") == 2
    assert browser.world.told == []
    browser.press("Mark as read")
    assert len(browser.cards("/?show=unread")) == 1


def test_a_phone_answers_a_text_by_a_keyword_of_it_and_by_what_is_typed() -> None:
    browser = Browser(text("t1"))

    for button, typed in (("1", None), ("On my way", None), ("STOP", None), ("Send", "  ten minutes ")):
        response = browser.press(button, typed=typed)
        assert (response.status, response.body) == (303, b"")

    assert browser.world.told == [("text", ANA, word) for word in ("1", "On my way", "STOP", "ten minutes")]
    (card,) = browser.cards()
    assert [card.index(f">{word}</p>") for word in ("1", "On my way", "ten minutes")] == sorted(
        card.index(f">{word}</p>") for word in ("1", "On my way", "ten minutes")
    )
    assert "1 new" not in card
    assert f'id="{str((response.headers or {})["Location"]).partition("#")[2]}"' in card


def test_a_mailbox_replies_is_away_bounces_and_complains() -> None:
    browser = Browser(mail("m1"))

    for button in ("On my way", "Out of office", "Bounce", "Spam complaint"):
        assert browser.press(button).status == 303

    assert browser.world.told == [
        ("mail", MAILBOX, "On my way"),
        ("automatic mail", MAILBOX, AWAY),
        ("Bounce", MAILBOX),
        ("Complaint", MAILBOX),
    ]
    assert "marked as spam" in browser.cards()[0]


@pytest.mark.parametrize("state", PhoneState)
def test_a_phone_is_set_and_the_next_text_meets_it_so(state: PhoneState) -> None:
    browser = Browser(text("t1"))

    browser.press(PHONE_STATES[state])

    assert tuple(browser.world.phones.receive(ANA, "t2")) == EVENTS[state]
    browser.world.here.append(text("t2", words="second text", minutes=1))
    (card,) = browser.cards()
    assert f"Phone: <b>{PHONE_STATES[state]}</b>" in card
    assert ("did not arrive" in card) == (state not in (PhoneState.ON, PhoneState.UNREPORTED))
    assert ">1 new<" in card or ">2 new<" in card  # setting a phone is not reading
    assert ("Type an answer" in card) == (state != PhoneState.OFF)


def test_a_phone_that_is_off_sends_nothing_even_if_its_page_is_old() -> None:
    browser = Browser(text("t1"))
    browser.world.set_phone(ANA, PhoneState.OFF)

    assert browser.submit("/answer", channel=SMS, to=ANA, words="1", upto="t1").status == 303

    assert browser.world.told == []
    assert "The phone is off." in browser.cards()[0]


def test_the_number_of_a_phone_decides_until_it_is_set() -> None:
    phones = Phones()
    assert phones.state("+447700900901") == PhoneState.OFF
    assert phones.state("+447700900905") == PhoneState.UNREPORTED
    assert phones.receive("+447700900904", "t1") == ("TEXT_DELIVERED", "TEXT_SENT", "TEXT_DELIVERED")
    assert phones.state("+447700900904") == phones.state(ANA) == PhoneState.ON
    phones.set("+447700900901", PhoneState.ON)
    assert phones.receive("+447700900901", "t2") == ("TEXT_DELIVERED",)


def test_a_link_is_opened_as_the_person_who_got_it_and_no_other_link_is() -> None:
    browser = Browser(text("t1", words=f"Seen it? {LINK} or https://elsewhere.example/l/abcdefABCDEF"), text("t2", BOB))

    browser.press("Open and confirm as Ana")
    assert browser.world.told == [("click", LINK)]
    assert "Pressed the button, and was thanked." in browser.page()
    assert browser.page().count(f'href="{LINK}" target="_blank" rel="noopener noreferrer"') == 1

    for to, link in ((BOB, LINK), (ANA, "https://elsewhere.example/l/abcdefABCDEF"), (ANA, "http://127.0.0.1:8642/x")):
        browser.submit("/link", channel=SMS, to=to, link=link, upto="t1")
    assert browser.world.told == [("click", LINK)]


def test_reading_marks_what_the_page_showed_and_not_what_came_since() -> None:
    browser = Browser(text("t1"), text("t2", minutes=1))
    assert ">2 new<" in browser.cards()[0]
    old_page = browser.cards()[0]
    browser.world.here.append(text("t3", minutes=2))

    assert 'name="upto" value="t2"' in old_page
    browser.submit("/read", channel=SMS, to=ANA, upto="t2")

    assert ">1 new<" in browser.cards()[0]
    browser.press("Mark as read")
    assert " new<" not in browser.cards()[0]
    assert browser.world.told == []


def test_the_filter_stays_and_the_card_that_was_answered_stays_in_it() -> None:
    browser = Browser(text("t1"), text("t2", BOB, minutes=1))

    answered = browser.press("On my way", path="/?show=unread")

    location = (answered.headers or {})["Location"]
    assert re.fullmatch(r"\./\?show=unread&kept=(p-[0-9a-f]{12})#\1", location)
    kept, path = browser.cards("/" + location[2:].partition("#")[0]), browser.cards("/?show=unread")
    assert (len(kept), len(path)) == (2, 1)
    assert BOB not in path[0]


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("/answer", {"words": " "}, "An answer needs a text."),
        ("/answer", {"words": "x" * 1601}, "at most 1600 characters"),
        ("/mail", {"event": "bounce"}, "This is no mailbox."),
        ("/phone", {"state": "exploded"}, "A phone cannot do that."),
        ("/link", {"link": LINK}, "This link is in no message"),
    ],
)
def test_what_cannot_be_done_is_told_on_the_card(path: str, form: dict[str, str], said: str) -> None:
    browser = Browser(text("t1"))

    assert browser.submit(path, channel=SMS, to=ANA, upto="t1", headers=None, **form).status == 303

    assert browser.world.told == []
    (card,) = browser.cards()
    assert said in card
    assert ">1 new<" in card


def test_a_name_takes_no_replies_and_a_mailbox_is_no_phone() -> None:
    browser = Browser(text("t1", sender="Tocsin"), mail("m1"))

    assert "A name takes no replies." in browser.cards()[0] + browser.cards()[0]
    browser.submit("/answer", channel=SMS, to=ANA, words="1", upto="t1")
    browser.submit("/phone", channel=EMAIL, to=MAILBOX, state="off")
    browser.submit("/mail", channel=EMAIL, to=MAILBOX, event="explode")

    assert browser.world.told == []
    page = browser.page()
    assert "which takes no replies" in page
    assert "This is no phone." in page
    assert "A mailbox cannot do that." in page
    assert browser.submit("/answer", channel=SMS, to="+447700900999", words="1").status == 404


class Elements(HTMLParser):
    """Collects the elements of a page, and what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.shown = ""
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self._in_script = tag in ("script", "style")
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.ids += [given["id"] or ""] if "id" in given else []

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.inline.append(data)
        self.shown += data


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_shown_as_they_are_in_every_field(words: str) -> None:
    plain = elements(Browser(text("t1"), mail("m1"), before=()).page())
    browser = Browser(
        Message("t-" + words, SMS, "+44" + words, words, words, AT),
        Message("m-" + words, EMAIL, words + "@example.org", words, words, AT, words, words, (words,)),
        Message("long-" + words, EMAIL, words + "@example.org", NUMBER, words + " reply 1 " + "x" * 500, AT),
    )
    for path, channel, to in (
        ("/answer", EMAIL, words + "@example.org"),
        ("/answer", SMS, "+44" + words),
        ("/mail", EMAIL, words + "@example.org"),
    ):
        assert browser.submit(path, channel=channel, to=to, words=words, event=words).status == 303

    for found in (elements(browser.page()), elements(browser.page("/?show=unread&kept=x"))):
        assert found.tags <= plain.tags | {"details", "summary", "small", "h3", "article"}
        assert found.inline == []
        assert len(found.ids) == len(set(found.ids))
    assert words in elements(browser.page()).shown


def elements(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    return found


def test_every_response_forbids_inline_script_frames_and_caches() -> None:
    policy = ALWAYS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert ALWAYS["Cache-Control"] == "no-store"


REFUSED = [
    (
        "another site's form",
        {"host": HOST, "origin": "http://evil.example", "sec-fetch-site": "cross-site"},
        "this-run",
    ),
    (
        "another port's form",
        {"host": HOST, "origin": "http://127.0.0.1:8642", "sec-fetch-site": "same-site"},
        "this-run",
    ),
    ("an old browser's form from elsewhere", {"host": HOST, "origin": "http://evil.example"}, "this-run"),
    ("a form from a sandbox", {"host": HOST, "origin": "null"}, "this-run"),
    ("a lying origin", {"host": HOST, "origin": "http://evil.example", "sec-fetch-site": "same-origin"}, "this-run"),
    ("no origin at all", {"host": HOST}, "this-run"),
    ("a name that leads here", {"host": "evil.example:8643", "origin": "http://evil.example:8643"}, "this-run"),
    ("no host", {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}, "this-run"),
    ("no token", {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}, ""),
    ("another run's token", {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}, "before"),
    ("a token that is no ASCII", {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}, "ü"),
]


@pytest.mark.parametrize(("headers", "token"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
@pytest.mark.parametrize("path", ["/answer", "/mail", "/link", "/phone", "/read"])
def test_a_form_of_another_website_does_nothing(path: str, headers: dict[str, str], token: str) -> None:
    browser = Browser(text("t1", words=LINK), mail("m1"))
    before = browser.page()
    form = {"to": ANA, "words": "1", "state": "off", "link": LINK, "upto": "t1", "event": "bounce"}

    for channel, to in ((SMS, ANA), (EMAIL, MAILBOX)):
        assert browser.submit(path, headers, **form | {"channel": channel, "to": to, "token": token}).status == 403

    assert browser.world.told == []
    assert browser.page() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:8643"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "script"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors", "sec_fetch_dest": "empty"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
    ],
)
def test_another_website_reads_nothing(headers: dict[str, str]) -> None:
    browser = Browser(text("t1"))
    for path in ("/", "/people", "/simulator.js"):
        response = browser.get(path, **headers)
        assert response.status == 403
        assert b"Pump 7" not in response.body
        assert b"this-run" not in response.body


def test_a_link_of_the_console_and_a_bookmark_lead_here() -> None:
    browser = Browser(text("t1"))
    for site in ("same-site", "cross-site", "none"):
        assert browser.get(sec_fetch_site=site, sec_fetch_mode="navigate", sec_fetch_dest="document").status == 200


def test_a_get_does_nothing_and_unknown_pages_and_verbs_are_refused() -> None:
    browser = Browser(text("t1"))
    assert browser.get("/answer").status == 405
    assert browser.get("/../etc/passwd").status == 404
    assert browser.submit("/people").status == 405
    assert browser.site.respond(Request("DELETE", "/", {"host": HOST})).status == 405
    assert browser.world.told == []


def test_nothing_is_sent_anew_while_nothing_changes() -> None:
    browser = Browser(text("t1"))
    tag = (browser.get("/people").headers or {})["ETag"]

    assert browser.get("/people", if_none_match=tag).status == 304
    browser.world.here.append(text("t2", minutes=1))
    assert browser.get("/people", if_none_match=tag).status == 200


def test_the_page_leads_to_the_console_if_there_is_one_and_takes_its_scheme() -> None:
    assert "Console" not in Browser().page()
    page = Browser(console="http://127.0.0.1:8642/x/console/").page(cookie="a=b; theme=dark")
    assert '<a class="button" href="http://127.0.0.1:8642/x/console/">Console</a>' in page
    assert '<html lang="en" data-theme="dark">' in page
    assert "data-theme" not in Browser().page(cookie='theme="><script>')


def test_every_field_has_a_label_and_the_page_has_one_heading_and_a_way_around() -> None:
    page = Browser(text("t1"), mail("m1")).page()
    fields = re.findall(r'<input class="input" id="([^"]+)"', page)
    assert len(fields) == 2
    assert re.findall(r'<label class="said" for="([^"]+)"', page) == fields
    assert page.count("<h1") == page.count("<main") == page.count('class="skip"') == 1


def test_many_phones_are_counted_and_not_all_shown_and_long_stories_are_cut() -> None:
    browser = Browser(*[text(f"t{n}", f"+4477009{n:05}") for n in range(MOST_CARDS + 3)])
    assert "3 more are not shown." in browser.page()
    assert len(browser.cards()) == MOST_CARDS

    (card,) = Browser(*[text(f"t{n}", minutes=n) for n in range(ENTRIES + 2)]).cards()
    assert "2 earlier" in card
    assert card.count('class="got"') == ENTRIES


def test_events_that_wait_are_counted_and_an_api_that_is_busy_does_not_break_the_page() -> None:
    browser, busy = Browser(text("t1")), Browser(text("t1"))
    browser.world.waiting, busy.world.waiting = 1, TimeoutError()
    assert "1 event waits for a client" in browser.page()
    assert "for a client" not in busy.page()


ALERT = AlertSeen("demo", 0, "")


@pytest.mark.parametrize(
    ("alerts", "done"),
    [
        ([], [False, False, False, False]),
        ([ALERT], [False, False, False, False]),
        ([AlertSeen("pump-7", 0, "")], [True, False, False, False]),
        ([AlertSeen("demo", 1, "")], [False, True, False, False]),
        ([AlertSeen("pump-7", 1, "active")], [True, True, False, False]),
        ([AlertSeen("pump-7", 1, "acknowledged")], [True, True, True, False]),
        ([ALERT, AlertSeen("pump-7", 0, "exhausted")], [True, False, False, True]),
        ([AlertSeen("pump-7", 0, "cancelled")], [True, False, False, False]),
    ],
)
def test_the_checklist_shows_what_really_happened(alerts: list[AlertSeen], done: list[bool]) -> None:
    browser = Browser(text("t1"))
    browser.world.newest = alerts

    page = browser.page()

    assert f"{sum(done)} of {len(STEPS)} done" in page
    assert list(Checklist(Recent(lambda: alerts, [])).done()) == done
    assert page.count("Done:") == sum(done)


def test_what_is_done_stays_done_and_the_api_is_asked_seldom() -> None:
    answers: list[list[AlertSeen] | Exception] = [
        [AlertSeen("x", 1, "acknowledged")],
        OSError(),
        KeyError("info"),
        [AlertSeen("y", 0, "exhausted")],
    ]
    now = [0.0]

    def alerts() -> list[AlertSeen]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    checklist = Checklist(Recent(alerts, [], lambda: now[0]))
    assert sum(checklist.done()) == sum(checklist.done()) == 3
    for done in (3, 3, 4, 4):
        now[0] += FRESH
        assert sum(checklist.done()) == done  # with everything done, there is no further question
    assert answers == []


@pytest.mark.parametrize(
    ("words", "keywords"),
    [
        ("Pump 7 has stopped. Reply 1 if you can come now.", ["1"]),
        ("FIRE in hall 4. Answer YES or NO within 5 minutes", ["YES", "NO"]),
        ('Reply "here" or “late”. STOP to end', ["here", "late"]),
        ("Text 1=yes, 2=no before 8:15, or A1", ["1", "2"]),
        ("Water in the server room since 08:14. Please confirm.", []),
        ("Reply " + " ".join("ABCDEFGHI"[:n] for n in range(2, 10)), ["ABCDEFGHI"[:n] for n in range(2, 2 + KEYWORDS)]),
    ],
)
def test_the_answers_that_a_text_asks_for_become_buttons(words: str, keywords: list[str]) -> None:
    assert keywords_in(words) == keywords


def test_a_mail_is_shown_by_its_words_without_its_scripts(tmp_path: Path) -> None:
    path = tmp_path / "20261129-184400-000001-0001-ana@example.org.eml"
    path.write_bytes(
        b"To: Ana <ana@example.org>\r\nFrom: alerts@alerts.example\r\nReply-To: Room <r@alerts.example>\r\n"
        b"Subject: =?utf-8?q?Gro=C3=9Fe?= Lage\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<head><title>x</title></head><p>Pump 7 &amp; 8</p><script>alert(1)</script><p>stopped "
        b'<a href="http://127.0.0.1:8642/l/abcdefABCDEF">here</a></p>\r\n'
    )

    shown = mail_message(path)

    assert (shown.to, shown.subject, shown.reply_to) == ("ana@example.org", "Große Lage", "r@alerts.example")
    assert shown.at == AT + timedelta(microseconds=1)
    assert shown.text == "Pump 7 & 8\nstopped http://127.0.0.1:8642/l/abcdefABCDEF here"
    path.write_bytes(b"\xff\xfe no mail at all")
    assert mail_message(path).to == ""


def test_the_page_is_served_on_loopback_with_its_files(socket_enabled: None) -> None:
    people = SimulatedPeople(text("t1"))
    with closing(Simulator(0)) as simulator, simulator.serving(lambda guard: Site(people, guard, {})):
        address = urlsplit(simulator.url)
        assert address.hostname == "127.0.0.1"

        def ask(method: str, path: str, body: str = "", **headers: str) -> tuple[http.client.HTTPResponse, str]:
            with closing(http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=5)) as connection:
                connection.request(method, path, body or None, headers)
                reply = connection.getresponse()
                return reply, reply.read().decode()

        reply, page = ask("GET", "/?show=all")
        assert reply.status == 200
        assert {name: reply.getheader(name) for name in ALWAYS} == ALWAYS
        assert "Server" not in reply.headers or "Python" not in reply.headers["Server"]
        for name, (parts, type) in FILES.items():
            assert f'"{name[1:]}"' in page
            reply, body = ask("GET", name)
            assert (body, reply.headers.get_content_type()) == ("".join(part.read_text() for part in parts), type)
        assert ask("HEAD", "/")[1] == ""
        assert ask("PUT", "/", "x")[0].status == 501

        # a form of the page works, and one that is far too long is not read
        (token,) = set(re.findall(r'name="token" value="([^"]+)"', page))
        form = urlencode({"token": token, "channel": SMS, "to": ANA, "words": "größer & <1>", "upto": "t1"})
        origin = {"Origin": simulator.url[:-1], "Content-Type": "application/x-www-form-urlencoded"}
        assert ask("POST", "/answer", form, **origin)[0].status == 303
        assert people.told == [("text", ANA, "größer & <1>")]
        assert ask("POST", "/answer", "x" * (LONGEST_FORM + 1), **origin)[0].status == 413
        assert ask("POST", "/answer", "a&" * 100, **origin)[0].status == 403

        # a second one in the same place takes another port
        with closing(Simulator(address.port or 0)) as second:
            assert second.url != simulator.url


def test_the_script_writes_into_the_page_in_one_place_only() -> None:
    script = (ASSETS / "simulator.js").read_text()
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", script) == []
    assert script.count("parseFromString") == script.count("createHTML(html)") == 1


def test_a_mail_of_the_accounts_own_server_is_shown_and_takes_no_replies(tmp_path: Path) -> None:
    path = tmp_path / "20261121-194501-123456-0001-olivia@northwater.example.eml"
    path.write_bytes(b"To: olivia@northwater.example\r\nSubject: Reminder, 1 hour before: Fire drill\r\n\r\nIn time.")
    shown = mail_message(path, by_own_server=True)
    assert (shown.to, shown.can_be_answered) == ("olivia@northwater.example", False)
    assert mail_message(path).can_be_answered
