"""The page behind the link of the first text to a number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.sealer import FakeSealer
from tests.functional.console.conftest import ACME, Account, plain
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import UserId
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.sign_in.application.person_links import PersonLinks

NUMBER = "+447700900321"


def linked(account: Account) -> tuple[str, User]:
    """Return the path of the link for a person whose notices go to NUMBER, and the person."""
    found = next(each for each in account.directory.all(ACME, Kind.USER) if isinstance(each, User))
    person = replace(found, id=UserId("dana"), email="dana@example.org", name="Dana", sub=None)
    account.directory.add(person)
    settings = NotificationSettings(
        tenant=ACME, user=person.id, text_on=True, custom_on=True, custom_number=NUMBER, version=1
    )
    account.preferences.add(settings)
    url = PersonLinks(FakeSealer()).stop_texts(person, NUMBER, "https://console.example")
    return url.removeprefix("https://console.example"), person


def test_decided_5_9_the_link_shows_a_button_and_only_the_button_ends_these_texts(account: Account) -> None:
    path, person = linked(account)
    stranger = account.browser()
    for _ in range(2):
        assert "sends notices by text to this number" in plain(stranger.open(path).words)
    assert account.preferences.get(ACME, person.id).text_on

    stranger.send("/console/stop-texts")

    assert stranger.answer.status == 200
    assert "sends no more notices by text" in plain(stranger.page.words)
    settings = account.preferences.get(ACME, person.id)
    assert (settings.text_on, settings.custom_number, settings.version) == (False, NUMBER, 2)
    stranger.open(path)
    assert not any(form.buttons for form in stranger.page.forms)
    ended = [each for each in account.directory.trail.entries.values() if each.action.endswith("texts_stopped")]
    assert [(each.thing.id, each.who.id) for each in ended] == [("dana", "dana")]
    words = plain(account.signed_in().open("/console/audit").words)
    assert "ended the texts of notices to Dana" in words


@pytest.mark.parametrize("change", ["another number", "gone", "wrong", "malformed"])
def test_a_link_of_another_number_or_person_is_over(account: Account, change: str) -> None:
    path, person = linked(account)
    if change == "another number":
        account.preferences.add(replace(account.preferences.get(ACME, person.id), custom_number="+447700900322"))
    if change == "gone":
        del account.directory.things[ACME, Kind.USER, person.id]
    path = {"wrong": path[:-1] + ("0" if path[-1] != "0" else "1"), "malformed": "/console/stop-texts?token=x"}.get(
        change, path
    )
    browser = account.browser()
    browser.open(path)
    assert browser.answer.status == 404
    assert "This link is over" in plain(browser.page.words)
    assert not any(form.buttons for form in browser.page.forms)
