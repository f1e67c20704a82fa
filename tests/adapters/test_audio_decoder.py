"""Recordings of clients become 8 kHz mono µ-law, whatever they were (voice, section 8).

The oracle is a tone of known pitch and loudness, and the library's own reader of µ-law.
"""

from __future__ import annotations

import gc
import math
import struct
from array import array

import miniaudio
import pytest

from tests.adapters.audio_files import AMPLITUDE, HERTZ, aiff, float_wav, mp3, riff, tone, wav
from tocsin.adapters.audio.decoder import decode
from tocsin.adapters.audio.mu_law import encoded, wav_file
from tocsin.voice.domain.recording import AudioForm, Recording, UnusableRecording

RATES = (4_000, 8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000)
SHAPES = [(rate, 16) for rate in RATES] + [(rate, bits) for rate in (8_000, 44_100) for bits in (8, 24, 32)]
"""Samples a second, and bits of a sample."""


def read(recording: Recording) -> list[float]:
    """Return the samples that a telephone plays, from -1 to 1."""
    found = miniaudio.decode(recording.wav, miniaudio.SampleFormat.SIGNED16, 1, 8_000)
    return [sample / 32_768 for sample in found.samples]


def loudness(samples: list[float], hertz: int = HERTZ) -> float:
    """Return the amplitude of one pitch in the middle of a recording."""
    quarter = len(samples) // 4
    middle = samples[quarter : quarter + 2_000]
    turns = [2 * math.pi * hertz * n / 8_000 for n in range(len(middle))]
    both = (sum(s * f(t) for s, t in zip(middle, turns, strict=True)) for f in (math.sin, math.cos))
    return 2 * math.hypot(*both) / len(middle)


def purity(samples: list[float]) -> float:
    """Return the part of the power that is the tone's."""
    quarter = len(samples) // 4
    middle = samples[quarter : quarter + 2_000]
    return loudness(samples) ** 2 / 2 / (sum(s * s for s in middle) / len(middle))


def assert_is_the_tone(recording: Recording, *, longer_by: int = 5) -> None:
    samples = read(recording)
    assert len(samples) == recording.milliseconds * 8 or abs(len(samples) / 8 - recording.milliseconds) < 1
    assert 475 <= recording.milliseconds <= 480 + longer_by
    assert loudness(samples) == pytest.approx(AMPLITUDE, rel=0.08)
    assert purity(samples) > 0.995


@pytest.mark.parametrize(("rate", "bits"), SHAPES)
def test_a_wav_file_of_every_depth_and_rate_sounds_the_same(rate: int, bits: int) -> None:
    assert_is_the_tone(decode(wav(tone(rate), rate, bits), AudioForm.WAV))


@pytest.mark.parametrize(("rate", "bits"), [*SHAPES, (22_050, 12)])
def test_an_aiff_file_of_every_depth_and_rate_sounds_the_same(rate: int, bits: int) -> None:
    assert_is_the_tone(decode(aiff(tone(rate), rate, bits), AudioForm.AIFF))


@pytest.mark.parametrize("kind", [b"NONE", b"twos", b"sowt"])
@pytest.mark.parametrize("bits", [16, 24])
def test_an_uncompressed_aiff_c_file_is_played(kind: bytes, bits: int) -> None:
    assert_is_the_tone(decode(aiff(tone(44_100), 44_100, bits, 2, kind), AudioForm.AIFF))


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_an_mp3_file_of_every_rate_sounds_the_same(rate: int, channels: int) -> None:
    assert_is_the_tone(decode(mp3(tone(rate), rate, channels), AudioForm.MP3), longer_by=220)


@pytest.mark.parametrize("channels", [2, 6, 8])
def test_channels_are_mixed(channels: int) -> None:
    assert_is_the_tone(decode(wav(tone(16_000), 16_000, 16, channels), AudioForm.WAV))


def test_floating_samples_and_mu_law_itself_are_wav_files_too() -> None:
    assert_is_the_tone(decode(float_wav(tone(48_000), 48_000), AudioForm.WAV))
    assert_is_the_tone(decode(decode(wav(tone(8_000), 8_000), AudioForm.WAV).wav, AudioForm.WAV))


def test_a_wav_file_with_other_chunks_first_is_read() -> None:
    data = array("h", [round(sample * 32_767) for sample in tone(8_000)]).tobytes()
    extra = b"JUNK" + struct.pack("<I", 3) + b"abc\0"
    assert_is_the_tone(decode(riff(data, 8_000, 16, 1, 1, extra), AudioForm.WAV))


def test_every_sample_is_within_half_a_step_of_what_g711_can_say() -> None:
    samples = array("h", range(-32_768, 32_768))
    said = miniaudio.decode(wav_file(encoded(samples)), miniaudio.SampleFormat.SIGNED16, 1, 8_000).samples
    for meant, heard in zip(samples, said, strict=True):
        magnitude = min(abs(meant), 32_635) + 132
        step = 1 << magnitude.bit_length() - 5
        assert abs(min(max(meant, -32_635), 32_635) - heard) <= step // 2, meant


GOOD = {
    AudioForm.WAV: wav(tone(16_000), 16_000),
    AudioForm.AIFF: aiff(tone(16_000), 16_000),
    AudioForm.MP3: mp3(tone(16_000), 16_000),
}


@pytest.mark.parametrize("said", list(AudioForm))
@pytest.mark.parametrize("meant", list(AudioForm))
def test_the_bytes_are_what_the_voice_format_says(said: AudioForm, meant: AudioForm) -> None:
    if said is meant:
        decode(GOOD[meant], said)
        return
    with pytest.raises(UnusableRecording, match=f"no {said.value} file") as caught:
        decode(GOOD[meant], said)
    assert caught.value.code == "NOT_AUDIO"


@pytest.mark.parametrize("form", list(AudioForm))
@pytest.mark.parametrize(
    "raw",
    [b"", b"ID3", b"\0" * 999, b"RIFF....WAVE", b"FORM....AIFF", b"plain text, no sound", b"\xff\xfb" + b"x" * 99],
)
def test_no_recording_is_not_audio(form: AudioForm, raw: bytes) -> None:
    with pytest.raises(UnusableRecording) as caught:
        decode(raw, form)
    assert caught.value.code in ("NOT_AUDIO", "EMPTY")


def _noise_floor(rate: int) -> bytes:
    return riff(array("h", [40 + n % 2 * 20 for n in range(rate)]).tobytes(), rate, 16, 1, 1)


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        (AudioForm.WAV, wav([], 8_000)),
        (AudioForm.AIFF, aiff([], 8_000)),
        (AudioForm.WAV, wav(tone(44_100, silent=True), 44_100)),
        (AudioForm.MP3, mp3(tone(16_000, silent=True), 16_000)),
        (AudioForm.AIFF, aiff(tone(8_000, silent=True), 8_000)),
        (AudioForm.WAV, _noise_floor(8_000)),
        (AudioForm.WAV, riff(b"\x79" * 8_000, 8_000, 8, 1, 1)),
    ],
    ids=[
        "no samples",
        "no samples in aiff",
        "silence",
        "silent mp3",
        "silent aiff",
        "a hum nobody hears",
        "a steady voltage",
    ],
)
def test_a_recording_without_any_sound_is_empty(form: AudioForm, raw: bytes) -> None:
    with pytest.raises(UnusableRecording) as caught:
        decode(raw, form)
    assert caught.value.code == "EMPTY"


@pytest.mark.parametrize(
    "raw",
    [wav(tone(8_000), 8_000, 16, 9), wav(tone(4_000), 3_999), wav(tone(4_000), 192_001), riff(b"", 0, 8, 0, 1)],
    ids=["9 channels", "too slow", "too fast", "neither"],
)
def test_a_shape_beyond_the_limits_is_refused(raw: bytes) -> None:
    with pytest.raises(UnusableRecording, match="1 to 8 channels") as caught:
        decode(raw, AudioForm.WAV)
    assert caught.value.code == "AUDIO_UNSUPPORTED"


def test_a_compressed_aiff_file_is_refused_with_the_cure() -> None:
    with pytest.raises(UnusableRecording, match="save it as plain AIFF") as caught:
        decode(aiff(tone(8_000), 8_000, 16, 1, b"ima4"), AudioForm.AIFF)
    assert caught.value.code == "AUDIO_UNSUPPORTED"


@pytest.mark.parametrize(("seconds", "passes"), [pytest.param(240.0, True, marks=pytest.mark.deep), (241.0, False)])
def test_a_recording_may_last_four_minutes(seconds: float, passes: bool) -> None:
    raw = riff(wav(tone(8_000, 0.04), 8_000, 8)[44:] * round(seconds / 0.04), 8_000, 8, 1, 1)
    if passes:
        assert decode(raw, AudioForm.WAV).milliseconds == 240_000
        return
    with pytest.raises(UnusableRecording, match="240 seconds") as caught:
        decode(raw, AudioForm.WAV)
    assert caught.value.code == "TOO_LONG"


@pytest.mark.deep
def test_four_minutes_of_mp3_pass_although_the_encoder_adds_a_little() -> None:
    assert 240_000 < decode(mp3(tone(8_000, 240.0), 8_000, kilobits=8), AudioForm.MP3).milliseconds <= 240_250


@pytest.mark.deep
def test_an_mp3_file_of_fifteen_minutes_is_refused_before_it_is_all_decoded() -> None:
    raw = mp3(tone(8_000, 4.0), 8_000, kilobits=8) * 225
    with pytest.raises(UnusableRecording, match="240 seconds"):
        decode(raw, AudioForm.MP3)


def test_what_is_decoded_stays_in_memory_until_the_end() -> None:
    before = gc.get_threshold()
    gc.set_threshold(1)  # the library holds the file by a cycle, which a collection would free
    try:
        for form, raw in GOOD.items():
            decode(raw, form)
    finally:
        gc.set_threshold(*before)


def test_the_same_recording_has_the_same_name() -> None:
    first, second = (decode(GOOD[AudioForm.WAV], AudioForm.WAV) for _ in range(2))
    assert first.sha256 == second.sha256
    assert first.sha256 != decode(GOOD[AudioForm.MP3], AudioForm.MP3).sha256
