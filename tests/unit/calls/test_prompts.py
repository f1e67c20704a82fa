"""What a receiver hears: lookups at each attempt, escaped in SSML; recordings by the key of their file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import a_call, an_acceptance, number, sms
from tests.fakes.time import NOON
from tocsin.alerts.domain.alert import Alert
from tocsin.calls.domain.prompts import prompts_for, recordings
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import LookupTerms
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import AudioFile, PromptName, Replay, SpokenSsml, SpokenText, Voice
from tocsin.voice.domain.speech import Said

AMY = Voice("Amy", "neural")
MAIN, PRE, POST = PromptName.MAIN, PromptName.PRE, PromptName.POST
SIREN = Recording(b"RIFF siren", 4_000)
ANN = Recipient(number(1), "ann", {"name": "Ann & <break time='9s'/>"})
TERMS = LookupTerms("ref-1", custom=frozenset({"name"}), shortlink=True)


def alert(prompts: dict[PromptName, Said], lookups: LookupTerms | None = TERMS) -> Alert:
    return an_acceptance(a_call(ANN.address, script=Replay(), prompts=prompts), lookups=lookups).alert


def test_lookups_are_filled_in_where_they_are_spoken_and_bring_no_tags_into_ssml() -> None:
    made = alert(
        {
            PRE: SpokenText("For {name}, {recipient}, from {sender}", AMY),
            MAIN: SpokenSsml("<speak>Dear {name}</speak>", AMY),
            POST: SpokenText("{type}, {shortlink}", AMY),
        }
    )

    said = prompts_for(made, made.items[0], ANN, NOON, lambda: "https://t.example/l/a")

    assert said[PRE] == SpokenText(
        "For Ann & <break time='9s'/>, 4 4 7 7 0 0 9 0 0 0 0 1, from 4 4 7 7 0 0 9 0 0 9 0 0", AMY
    )
    assert said[MAIN] == SpokenSsml("<speak>Dear Ann &amp; &lt;break time=&apos;9s&apos;/&gt;</speak>", AMY)
    assert said[POST] == SpokenText("call, https://t.example/l/a", AMY)
    assert said[PromptName.DONE] == SpokenText("done: trunk 7 is down", AMY)


def test_the_time_is_that_of_the_attempt() -> None:
    made = alert({MAIN: SpokenText("{datetime--HH:mm}", AMY)})

    first, second = (prompts_for(made, made.items[0], ANN, at)[MAIN] for at in (NOON, NOON + timedelta(minutes=7)))

    assert first != second


def test_a_recording_is_played_from_the_file_that_was_stored_for_it() -> None:
    made = alert({PRE: SIREN, MAIN: Recording(b"RIFF words", 9_000)}, lookups=None)

    said = prompts_for(made, made.items[0], ANN, NOON)
    stored = recordings(made, made.items[0])

    siren = said[PRE]
    assert isinstance(siren, AudioFile)
    assert siren.milliseconds == 4_000
    assert stored[siren.key] == SIREN.wav
    assert len(stored) == 2
    assert all(re.fullmatch(r"prompts/keep-0030/[0-9a-f]{32}\.wav", key) for key in stored)


def test_no_two_items_share_a_file() -> None:
    made = alert({MAIN: SIREN})
    item = made.items[0]
    places = [
        (made, item),
        (made, replace(item, index=1)),
        (replace(made, tenant=TenantId("other")), item),
        (replace(made, ref=AlertRef("other")), item),
    ]

    assert len({key for place in places for key in recordings(*place)}) == len(places)


def test_a_text_message_is_no_call() -> None:
    made = an_acceptance(sms(ANN.address)).alert

    with pytest.raises(ValueError, match="not a call"):
        prompts_for(made, made.items[0], ANN, NOON)
