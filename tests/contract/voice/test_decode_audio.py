"""What every decoder of recordings does."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest

from tests.adapters.audio_files import tone, wav
from tests.fakes.audio import FakeDecodeAudio, a_sound
from tocsin.adapters.audio.intake import AudioIntake
from tocsin.voice.domain.recording import AudioForm, UnusableRecording
from tocsin.voice.ports import DecodeAudio

Sound = Callable[[int], bytes]
"""Returns a recording of so many milliseconds."""


@pytest.fixture(params=["fake", "real"], scope="module")
def decoder(request: pytest.FixtureRequest) -> Iterator[tuple[DecodeAudio, Sound]]:
    if request.param == "fake":
        yield FakeDecodeAudio(), lambda milliseconds: base64.b64decode(a_sound(milliseconds))
        return
    real = AudioIntake()
    yield real, lambda milliseconds: wav(tone(8_000, milliseconds / 1_000), 8_000)
    real.close()


def test_a_recording_keeps_its_length_and_is_always_the_same(decoder: tuple[DecodeAudio, Sound]) -> None:
    decode, sound = decoder
    found = decode(sound(400), AudioForm.WAV)
    assert found.milliseconds == 400
    assert decode(sound(400), AudioForm.WAV).sha256 == found.sha256
    assert decode(sound(800), AudioForm.WAV).sha256 != found.sha256


@pytest.mark.parametrize("form", list(AudioForm))
def test_what_is_no_recording_is_refused_by_its_name(decoder: tuple[DecodeAudio, Sound], form: AudioForm) -> None:
    decode, sound = decoder
    with pytest.raises(UnusableRecording, match=f"no {form.value} file"):
        decode(b"plain text", form)
    assert decode(sound(400), AudioForm.WAV).milliseconds == 400
