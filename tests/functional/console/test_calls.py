"""Calls as people write them: who is called, what is said, which keys answer, and what it costs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from console.composing.languages import LANGUAGE_CHOICES
from tests.functional.console.conftest import NUMBER, Account, Browser, plain
from tests.functional.console.test_content import store, typed_in
from tests.functional.console.test_groups import stored
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.script import PromptName, Replay, Simple, SpokenText, Voice
from tocsin.voice.domain.voices import LANGUAGES

CALL = {"title": "Pump 7", "channel": "call", "say": "Pump 7 has stopped.", "receivers": "+447700900101"}
CHOICE = {"dialogue": "choice", "ok": "5", "not_ok": "6", "again": "0", "post": "Press 5 or 6."}


def written(account: Account, button: str, **typed: Any) -> Browser:
    """Write a call, and press a button."""
    browser = account.signed_in()
    browser.open("/console/alerts/new")
    browser.send("/console/alerts/new", ("part", button), **{**CALL, **typed})
    return browser


def sent(account: Account, **typed: Any) -> CallContent:
    """Write a call, send it, and return what it says."""
    browser = written(account, "confirm", **typed)
    assert "Call 1 person?" in browser.page.words, plain(browser.page.words)
    browser.send("/console/alerts/new", ("part", "send"))
    (alert,) = account.alerts.alerts.values()
    (content,) = (item.content for item in alert.items)
    assert isinstance(content, CallContent)
    return content


def test_a_call_asks_for_a_key_unless_a_person_chooses_otherwise(account: Account) -> None:
    said = sent(account)

    assert (said.number, said.attempts) == (NUMBER, 3)
    assert said.script == Simple(require_response=True)
    assert said.prompts == {PromptName.MAIN: SpokenText("Pump 7 has stopped.", Voice("Amy", "neural"))}


def test_a_call_may_ask_for_yes_or_no_in_another_language_and_voice(account: Account) -> None:
    said = sent(account, **CHOICE, language="de-DE", gender="MALE", attempts="2")

    assert said.script == Replay(say_again="0", ok="5", not_ok="6")
    assert said.prompts[PromptName.POST] == SpokenText("Press 5 or 6.", Voice("Daniel", "neural"))
    assert set(said.prompts) == set(PromptName)
    assert said.attempts == 2


def test_a_call_that_needs_no_key_says_that_voicemail_counts(account: Account) -> None:
    browser = written(account, "plan", dialogue="nothing")
    assert "Voicemail counts as reached" in browser.page.words

    assert "oicemail counts" not in written(account, "plan").page.words


def test_the_plan_says_how_long_a_call_is_and_what_all_attempts_cost(account: Account) -> None:
    words = plain(written(account, "plan", say="Pump 7 has stopped. " * 12, attempts="4").page.words)

    assert "1 call, about 22 s each" in words
    now, most = (float(words.partition(label)[2].split()[0].strip("$")) for label in ("Now$", "attempts$"))
    assert now > 0
    assert most == pytest.approx(4 * now, abs=0.03)


def test_what_a_call_says_is_shown_in_its_order_to_be_listened_to(account: Account) -> None:
    browser = written(account, "plan", **CHOICE, language="fr-FR")

    said = browser.answer.text.partition('id="heard"')[2]
    assert said.index("This is an alert.") < said.index("Pump 7 has stopped.") < said.index("Press 5 or 6.")
    assert said.count('lang="fr-FR"') == 4


def test_the_words_of_the_first_person_are_filled_in_and_who_has_no_number_is_named(account: Account) -> None:
    group = stored(account)
    ana = {"id": "Ana", "call": "+447700900101", "lookups": {"firstname": "Ana"}}
    people = {"name": "crew", "contacts": [{"id": "Ben", "sms": "+447700900102"}, ana]}
    account.stores.put(replace(store(account, group), content=json.dumps(people)))
    browser = written(account, "plan", say="Hello {firstname}.", group=group, receivers="")

    assert "Hello Ana." in browser.answer.text.partition('id="heard"')[2]
    words = plain(browser.page.words)
    assert "1 gets no call: the contact has no address on this channelBen" in words
    assert "Call 1 person" in words


def test_a_number_of_another_account_calls_no_one(account: Account) -> None:
    words = plain(written(account, "plan", caller="+447700900999").page.words)

    assert "1 gets no call" in words
    assert "Call 1 person" not in words


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"say": " "}, "say", "Write what the call says"),
        ({"say": "x" * 3001}, "say", "3,000 characters"),
        ({"caller": "Northwater"}, "caller", "E.164"),
        ({**CHOICE, "not_ok": "5"}, "not_ok", "A key has one meaning"),
        ({**CHOICE, "again": "x"}, "again", "keys of a telephone"),
        ({**CHOICE, "post": ""}, "post", "Write what is said there."),
        ({"attempts": "11"}, "attempts", "at most 10"),
    ],
)
def test_faults_of_a_call_stand_at_their_fields(
    account: Account, typed: dict[str, str], field: str, sentence: str
) -> None:
    browser = written(account, "confirm", **typed)

    assert not account.alerts.alerts
    assert browser.answer.status == 422
    assert sentence in plain(browser.page.words)
    assert f'href="#f-{field}"' in browser.answer.text


def test_a_step_calls_with_the_words_of_the_text(account: Account) -> None:
    typed = {"channel": "text", "text": "Pump 7 has stopped.", "say": "", "after__1": "5", "by__1": "call"}
    browser = written(account, "check", **typed, to__1="+447700900102", need="1")

    assert "1 call, about" in browser.page.words
    assert browser.answer.text.count("Pump 7 has stopped.</p>") == 1


def test_an_alert_with_a_call_is_kept_and_fills_in_the_form_again(account: Account) -> None:
    typed = {**CHOICE, "language": "de-DE", "gender": "MALE", "attempts": "2", "caller": NUMBER}
    browser = written(account, "check", **typed)
    browser.send("/console/alerts/new", ("part", "keep"))
    assert CALL["say"] in browser.page.words
    browser.follow("Use it in an alert")

    shown = typed_in(browser)
    assert "more than the form" not in browser.page.words
    assert {name: shown[name] for name in (*typed, "say", "channel")} == {
        **typed,
        "say": CALL["say"],
        "channel": "call",
    }


def test_every_language_that_is_spoken_has_a_name() -> None:
    assert [tag for tag, name in LANGUAGE_CHOICES if name == tag] == []
    assert [tag for tag, _ in LANGUAGE_CHOICES] == list(LANGUAGES)


def test_another_call_like_one_that_was_sent_asks_the_same(account: Account) -> None:
    sent(account, **CHOICE, language="de-DE", attempts="2")
    (alert,) = account.alerts.alerts.values()
    browser = account.signed_in()
    browser.open(f"/console/alerts/new?like={alert.ref}")

    shown = typed_in(browser)
    assert {name: shown[name] for name in CHOICE} == CHOICE
    assert (shown["say"], shown["language"], shown["attempts"]) == (CALL["say"], "de-DE", "2")
