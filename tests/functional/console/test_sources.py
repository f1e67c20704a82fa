"""Event sources by the pages: a new one, its secret, its settings, its last payloads, its end."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.test_alerts import HOSTILE
from tocsin.identity.domain.permissions import SystemRole
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.ports.source_samples import SampledEvent, SourceSample


def sources_of(account: Account) -> list[EventSource]:
    return list(account.sources.all(ACME))


def secret_of(browser: Browser) -> str:
    found = re.search(r'id="secret">([^<]+)<', browser.answer.text)
    assert found is not None
    return found[1]


def connected(account: Account, browser: Browser, **typed: Any) -> EventSource:
    """Make a source by its form; the browser shows its secret then."""
    browser.open("/console/sources/new")
    browser.send("/sources/new", **{"name": "Hall PBX", "kind": "freeswitch", **typed})
    return sources_of(account)[-1]


def test_a_source_is_made_once_and_its_secret_stands_in_the_text_to_paste(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/sources/new")
    once = dict(browser.page.forms[1].fields)["once"]
    source = connected(account, browser, once=once)
    secret = secret_of(browser)
    assert f'name="cred" value="{source.id}:{secret}"' in browser.page.words
    assert f"/events/{source.id}" in browser.page.words

    connected(account, browser, once=once)
    assert secret_of(browser) == secret
    assert sources_of(account) == [source]
    browser.open(f"/console/sources/{source.id}")
    assert secret not in browser.answer.text
    assert "PASTE-THE-SECRET-HERE" in browser.page.words


def test_one_more_secret_is_shown_once_and_the_first_stays(account: Account) -> None:
    browser = account.signed_in()
    source = connected(account, browser)
    first = secret_of(browser)
    browser.open(f"/console/sources/{source.id}")
    browser.send(source.id, ("act", "secret"))

    assert secret_of(browser) != first
    assert sources_of(account)[0].secret_hashes[1:] == source.secret_hashes
    assert "The secret before is accepted too" in browser.page.words


def test_settings_are_saved_and_faults_stand_at_their_fields(account: Account) -> None:
    browser = account.signed_in()
    source = connected(account, browser)
    browser.open(f"/console/sources/{source.id}")
    browser.send(
        source.id,
        ("act", "save"),
        region="gb",
        internal="2XXX\n30XX",
        enabled=None,
        refreshes="keep",
        expect_every="30m",
    )
    (saved,) = sources_of(account)
    assert (saved.region, saved.internal, saved.enabled) == ("GB", ("2XXX", "30XX"), False)
    assert saved.expect_every == timedelta(minutes=30)

    browser.open(f"/console/sources/{source.id}")
    browser.send(source.id, ("act", "save"), region="ZZ", settle_seconds="soon", expect_every="soon", name="Kept")
    assert browser.answer.status == 422
    for field in ("region", "settle_seconds", "expect_every"):
        assert re.search(rf'name="{field}"[^>]*aria-invalid', browser.answer.text)
    assert ("name", "Kept") in [field for form in browser.page.forms for field in form.fields]


def test_a_signing_key_is_written_kept_and_never_shown(account: Account) -> None:
    browser = account.signed_in()
    source = connected(account, browser, kind="twilio")
    browser.open(f"/console/sources/{source.id}")
    browser.send(source.id, ("act", "save"), signature="twilio", signing_key="canary-key")
    browser.open(f"/console/sources/{source.id}")
    assert "canary" not in browser.answer.text

    browser.send(source.id, ("act", "save"), name="Twilio")
    assert [(each.name, each.signing_keys) for each in sources_of(account)] == [("Twilio", ("canary-key",))]


def test_a_mapping_that_is_no_json_is_told_at_its_field(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/sources/new")
    browser.send("/sources/new", name="Own", kind="generic", mapping="{emit:")

    assert browser.answer.status == 422
    assert re.search(r'name="mapping"[^>]*aria-invalid', browser.answer.text)
    assert ("mapping", "{emit:") in [field for form in browser.page.forms for field in form.fields]


def test_of_two_who_change_a_source_the_second_sees_both(account: Account) -> None:
    browser, other = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    source = connected(account, browser)
    for each in (browser, other):
        each.open(f"/console/sources/{source.id}")
    other.send(source.id, ("act", "save"), name="Theirs")
    browser.send(source.id, ("act", "save"), name="Mine")

    assert browser.answer.status == 409
    assert "Name Theirs Mine" in plain(browser.page.words)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_last_payloads_are_shown_with_what_became_of_them(account: Account, text: str) -> None:
    browser = account.signed_in()
    source = connected(account, browser)
    events = (SampledEvent("call.ended", "e1", "accepted"), SampledEvent(text, None, "refused"))
    at = account.clock()
    samples = [
        SourceSample("1", at, json.dumps({"uuid": text}), events),
        SourceSample("2", at, text, (), "required_field_missing"),
    ]
    account.samples.keep(ACME, source.id, samples)
    words = plain(browser.open(f"/console/sources/{source.id}/samples").words)

    assert "accepted call.ended" in words
    assert "No event came of it" in words
    assert "Required field missing." in words
    assert words.count(plain(text)) >= 3
    assert "<script>alert" not in browser.answer.text


def test_a_source_is_deleted_in_the_version_that_was_shown(account: Account) -> None:
    browser = account.signed_in()
    source = connected(account, browser)
    browser.open(f"/console/sources/{source.id}/delete")
    browser.send("/delete", version="9")
    assert browser.answer.status == 409
    assert sources_of(account)

    browser.send("/delete")
    assert sources_of(account) == []
    assert "No telephone system is connected yet" in browser.page.words
