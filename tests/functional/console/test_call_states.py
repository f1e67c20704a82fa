"""What became of calls, as the page of an alert and its table show it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.functional.alerts_api.conftest import inbound
from tests.functional.console.conftest import NUMBER, Account, Browser, plain
from tests.functional.console.test_calls import CALL
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import (
    Message,
    SendingTerms,
    call_ended,
    called_back,
    claim_message,
    dialled,
    held_back,
    in_call,
)
from tocsin.delivery.domain.progress import BatchProgress, WorkKey
from tocsin.responses.domain.response import Response
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue_state import Heard, KeyMeaning
from tocsin.voice.domain.verdict import CallReason

NUMBERS = [f"+4477009001{n:02}" for n in range(1, 9)]
BUSY = CallFacts(CallEnd.BUSY)
TWO = CallFacts(answered=True, heard=Heard.ALL, keys="12", meaning=KeyMeaning.OK, finished=True, talk_seconds=31.25)
STAR = CallFacts(answered=True, heard=Heard.ALL, keys="*", meaning=KeyMeaning.NOT_OK, finished=True)
HEARD = CallFacts(answered=True, heard=Heard.ALL, finished=True)

Change = Callable[[Account, Message], Message | None]


def ended(facts: CallFacts, reason: CallReason | None = None, again: int | None = None) -> Change:
    """Return the change by the end of a call; `again`: seconds until the next one."""

    def change(account: Account, message: Message) -> Message | None:
        delay = None if again is None else timedelta(seconds=again)
        return call_ended(message, message.attempt, facts, reason, account.clock(), delay)

    return change


def talking(account: Account, message: Message) -> Message | None:
    """Change by an answered call that goes on."""
    return in_call(message, message.attempt, CallFacts(answered=True), account.clock(), timedelta(seconds=9))


def held(account: Account, message: Message) -> Message | None:
    """Change by a limit, before the call is dialled."""
    return held_back(message, "number_rate", account.clock(), account.clock() + timedelta(hours=1))


def back(account: Account, message: Message) -> Message | None:
    """Change by a call of the receiver, after the calls to them."""
    return called_back(message, TWO, account.clock())


def called(account: Account, number: str, *changes: Change) -> None:
    """Call a person of the alert, once for each change. Without any, the phone rings."""
    alert = alert_of(account)
    key, position = place(account, alert, number)
    row: Message | None = None
    for change in changes or (lambda account, message: message,):
        if change is back and row is not None:
            row = account.messages.rows[key, position] = back(account, row) or row
            continue
        terms = SendingTerms(account.clock() + timedelta(hours=1), cancelled=False, claim_for=timedelta(seconds=60))
        claimed = claim_message(row, position, account.clock(), terms)
        assert isinstance(claimed, Message)
        ready = claimed if change is held else dialled(claimed, "contact", account.clock(), timedelta(seconds=40))
        row = change(account, ready)
        assert row is not None
        account.messages.rows[key, position] = row
        account.advance(seconds=90)
    (batch,) = alert.batches()
    found = {at: message for (of, at), message in account.messages.rows.items() if of == key}
    account.work.rows[WorkKey.of(batch)][batch.number] = BatchProgress.of(batch, found)


def alert_of(account: Account) -> Alert:
    """Return the alert that calls people."""
    alerts = account.alerts.alerts.values()
    return next(alert for alert in alerts if any(item.channel is Channel.CALL for item in alert.items))


def place(account: Account, alert: Alert, number: str) -> tuple[ChunkKey, int]:
    """Return chunk and position of a receiver."""
    (key,) = alert.chunks()
    return key, [who.address for who in account.alerts.recipients(key)].index(number)


def pressed(account: Account, number: str, key: str, *, back: bool = False, not_ok: bool = False) -> None:
    """Keep a key as a person's answer. `back`: they called back."""
    chunk, position = place(account, alert_of(account), number)
    evidence = Evidence.PRESSED_IN if back else Evidence.PRESSED
    account.responses.add(
        Response(
            chunk, position, ResponseKind.CALL, number, number, None, account.clock(), key,
            evidence=evidence, not_ok=not_ok,
        )
    )  # fmt: skip


@pytest.fixture
def browser(account: Account) -> Browser:
    """Return the browser of a person who has called eight people."""
    browser = account.signed_in()
    call_all(browser)
    return browser


def call_all(browser: Browser) -> None:
    """Call eight people. The browser then shows the page of the alert."""
    browser.open("/console/alerts/new")
    typed = {**CALL, "receivers": "\n".join(NUMBERS), "dialogue": "choice"}
    browser.send("/console/alerts/new", ("part", "confirm"), **typed)
    browser.send("/console/alerts/new", ("part", "send"))


def row(browser: Browser, number: str) -> str:
    """Return the words of a person's row."""
    (alert,) = [text for text in browser.answer.text.split("<tr ") if f">{number}" in text.partition("</th>")[0]]
    return plain(" ".join(part.partition(">")[2] for part in alert.split("<")))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((), ["calling"]),
        ((talking,), ["in the call"]),
        ((ended(TWO),), ["pressed 2"]),
        ((ended(HEARD),), ["heard it all"]),
        ((ended(STAR),), ["cannot come, pressed star"]),
        ((ended(BUSY, CallReason.BUSY, 60),), ["busy", "again about 12:01"]),
        ((ended(BUSY, CallReason.BUSY, 60), ended(TWO)), ["12:00:00 busy", "12:01:30 pressed 2"]),
        ((ended(HEARD, CallReason.NO_KEY),), ["no key pressed"]),
        ((ended(BUSY, CallReason.BUSY), back), ["called back, pressed 2", "12:00:00 busy"]),
        ((held,), ["waits for its time", "until 13:00"]),
    ],
)
def test_each_person_has_the_state_of_their_call(
    account: Account, browser: Browser, changes: tuple[Change, ...], words: list[str]
) -> None:
    called(account, NUMBERS[0], *changes)
    browser.open(browser.path)

    assert [word for word in words if word not in row(browser, NUMBERS[0])] == []
    assert "waiting" in row(browser, NUMBERS[1])


def test_who_cannot_come_stands_first_and_who_called_back_is_told_apart(account: Account, browser: Browser) -> None:
    called(account, NUMBERS[1], ended(TWO))
    pressed(account, NUMBERS[1], "2")
    pressed(account, NUMBERS[2], "2", back=True)
    called(account, NUMBERS[3], ended(STAR))
    pressed(account, NUMBERS[3], "*", not_ok=True)
    browser.open(browser.path)

    places = [browser.answer.text.index(f">{number}") for number in (NUMBERS[3], NUMBERS[1], NUMBERS[2], NUMBERS[0])]
    assert places == sorted(places)
    assert "Cannot come, pressed star" in row(browser, NUMBERS[3])
    assert "Pressed 2 by phone" in row(browser, NUMBERS[1])
    assert "Pressed 2 called back from their number" in row(browser, NUMBERS[2])
    timeline = browser.page.words
    assert f"{NUMBERS[2]} called and pressed 2" in timeline
    assert f"{NUMBERS[3]} cannot come: pressed star" in timeline
    assert "Keys: 2 yes, star no, 1 again; up to 3 calls to each person." in timeline


def test_the_list_says_how_many_are_being_called(account: Account, browser: Browser) -> None:
    called(account, NUMBERS[0])
    assert "1 being called" in plain(browser.open("/console/alerts").words)


def test_the_table_of_results_has_calls_keys_and_seconds(account: Account, browser: Browser) -> None:
    called(account, NUMBERS[0], ended(BUSY, CallReason.BUSY, 60), ended(TWO))
    browser.open(browser.path.partition("?")[0] + "/export.csv")

    rows = {row["address"].strip("'"): row for row in csv.DictReader(io.StringIO(browser.answer.text.lstrip("\ufeff")))}
    found, other = rows[NUMBERS[0]], rows[NUMBERS[1]]
    assert (found["calls"], found["keys"], found["talk_seconds"]) == ("2", "12", "31.2")
    assert (other["calls"], other["keys"], other["talk_seconds"]) == ("", "", "")


@pytest.mark.parametrize(
    ("receivers", "words"),
    [({"recipients": [NUMBERS[0]]}, NUMBERS[0]), ({}, "anybody who calls")],
)
def test_a_message_for_callers_is_shown_with_who_may_hear_it(
    account: Account, receivers: dict[str, list[str]], words: str
) -> None:
    sent = account.send(inbound(telephoneNumber=NUMBER, content="The hall is closed.", **receivers))
    browser = account.signed_in()

    assert "by message for callers" in browser.open("/console/alerts").words
    page = plain(browser.open(f"/console/alerts/{sent.json['alertRef']}").words)
    assert words in page
    assert f"It waits at {NUMBER} for those who call." in page
