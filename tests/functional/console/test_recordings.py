"""Recordings and texts of calls that are stored: uploaded, listened to, replaced and used."""

from __future__ import annotations

import base64
import re
from array import array
from dataclasses import replace

import pytest

from tests.functional.console.conftest import Account, Browser, plain
from tests.functional.console.test_calls import CALL
from tests.functional.console.test_content import made, store, typed_in
from tests.functional.console.test_groups import actions
from tocsin.adapters.audio.decoder import decode
from tocsin.adapters.audio.mu_law import RATE, encoded, wav_file
from tocsin.kernel.domain.ids import ApiKeyId, StoreId
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import AudioForm, Recording
from tocsin.voice.domain.script import PromptName


def a_wav(seconds: float, loud: int = 9_000) -> bytes:
    """Return a recording of a buzz."""
    return wav_file(encoded(array("h", [loud, -loud] * int(seconds * RATE / 2))))


@pytest.fixture
def browser(account: Account) -> Browser:
    """Return a browser in an account that decodes recordings as the real one does."""
    account.decode = decode
    account.console = account.process()
    return account.signed_in()


def uploaded(browser: Browser, file: bytes, **typed: str) -> str:
    """Upload a recording, and return its id."""
    browser.attached = file
    return made(browser, **{"name": "Siren", "kind": "call", "content": "", **typed})


def test_a_recording_is_uploaded_played_replaced_and_used(account: Account, browser: Browser) -> None:
    store_id = uploaded(browser, a_wav(1.5))

    (sound,) = re.findall(r'<audio controls src="data:audio/wav;base64,([^"]+)"', browser.answer.text)
    assert base64.b64decode(sound) == a_wav(1.5)
    assert "1.5 seconds" in browser.page.words

    browser.attached = a_wav(2.0)
    browser.send(f"/console/content/{store_id}")
    assert "2.0 seconds" in browser.page.words
    assert actions(account)[1:] == ["stored_content.created", "stored_content.updated"]

    browser.follow("Use it in an alert")
    assert typed_in(browser)["recording"] == store_id
    browser.send("/console/alerts/new", ("part", "confirm"), **{**CALL, "channel": "call", "say": ""})
    browser.send("/console/alerts/new", ("part", "send"))
    (alert,) = account.alerts.alerts.values()
    (item,) = alert.items
    assert isinstance(item.content, CallContent)
    assert item.content.prompts[PromptName.MAIN] == Recording(a_wav(2.0), 2_000)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"OggS and more", "This is no mp3, wav or aiff file."),
        (b"RIFF\0\0\0\0WAVEfmt", "It is no wav file that can be played."),
        (a_wav(1, loud=0), "It has no sound: record it again."),
        (b"FORM\0\0\0\x20AIFCCOMM\0\0\0\x16\0\1\0\0\0\1\0\x10\x40\x0b\xfa\0\0\0\0\0\0\0ima4", "It is compressed"),
    ],
)
def test_what_cannot_be_played_is_refused_at_its_field_and_nothing_is_kept(
    account: Account, browser: Browser, file: bytes, sentence: str
) -> None:
    uploaded(browser, file)

    assert browser.answer.status == 422
    assert sentence in browser.page.words
    assert 'href="#f-file"' in browser.answer.text
    assert "stored_content.created" not in actions(account)


def test_a_recording_is_decoded_once_when_it_is_kept(account: Account) -> None:
    decoded: list[AudioForm] = []

    def noted(raw: bytes, form: AudioForm) -> Recording:
        decoded.append(form)
        return decode(raw, form)

    account.decode = noted
    account.console = account.process()
    uploaded(account.signed_in(), a_wav(1.0))

    assert decoded == [AudioForm.WAV]


def test_a_recording_that_is_too_big_is_told_how_to_make_it_smaller(account: Account, browser: Browser) -> None:
    uploaded(browser, bytes(1_048_577))

    assert browser.answer.status == 413
    assert "save it as mono mp3, 32 kbit/s: 1 MB is four minutes" in browser.page.words


def test_a_text_of_a_call_keeps_its_language_and_voice(account: Account, browser: Browser) -> None:
    store_id = made(browser, kind="call", content="Pumpe 7 steht.", language="de-DE", gender="MALE")
    assert store(account, store_id).extras["tts"] == {"language": "de-DE", "gender": "MALE"}

    browser.send(f"/console/content/{store_id}", content="Pumpe 7 läuft.", gender="FEMALE")
    found = store(account, store_id)
    assert (found.content, found.extras["tts"]) == ("Pumpe 7 läuft.", {"language": "de-DE", "gender": "FEMALE"})

    browser.follow("Use it in an alert")
    shown = typed_in(browser)
    assert (shown["say"], shown["language"], shown["gender"]) == ("Pumpe 7 läuft.", "de-DE", "FEMALE")
    assert "Calls" in plain(browser.open("/console/content").words)


def test_a_recording_of_a_key_is_played_and_copied_as_it_is(account: Account, browser: Browser) -> None:
    mine = store(account, uploaded(browser, a_wav(1.0)))
    of_key = replace(mine, key_id=ApiKeyId("k1"), store_id=StoreId("01a1ffa6-0000-7000-8000-000000000009"))
    account.stores.put(of_key)
    browser.open(f"/console/content/{of_key.store_id}?key=k1")
    assert "data:audio/wav;base64," in browser.answer.text

    browser.send("/copy")
    copied = store(account, browser.path.split("/")[-1].split("?")[0])
    assert (copied.content, copied.extras) == (mine.content, mine.extras)
    assert copied.store_id != mine.store_id
