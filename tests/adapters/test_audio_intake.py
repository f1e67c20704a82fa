"""A hostile recording costs no more than its budget, and its fault is always one of ours."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.adapters.audio_files import aiff, mp3, tone, wav
from tocsin.adapters.audio.decoder import decode
from tocsin.adapters.audio.intake import AudioIntake
from tocsin.adapters.bounded_process.caller import Budget
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.voice.domain.recording import LARGEST, AudioForm, UnusableRecording

SOUNDS = {
    AudioForm.WAV: wav(tone(8_000, 0.2), 8_000),
    AudioForm.AIFF: aiff(tone(8_000, 0.2), 8_000, kind=b"sowt"),
    AudioForm.MP3: mp3(tone(16_000, 0.4), 16_000, kilobits=24),
}


@pytest.fixture(scope="module")
def intake() -> Iterator[AudioIntake]:
    found = AudioIntake(Budget(cpu_seconds=1.0, wall_seconds=30))
    yield found
    found.close()


@pytest.mark.parametrize("form", list(AudioForm))
def test_a_recording_is_taken_in_as_it_is_decoded(intake: AudioIntake, form: AudioForm) -> None:
    assert intake(SOUNDS[form], form) == decode(SOUNDS[form], form)


def _mutated(rng: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(min(len(changed), 120) if rng.random() < 0.7 else len(changed))
        match rng.randrange(4):
            case 0:
                changed[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
            case 1:
                changed[at : at + 4] = rng.randbytes(4)
            case 2:
                del changed[at : at + rng.randint(1, 40)]
            case _:
                changed[at:at] = changed[: rng.randint(1, 60)]
        if not changed:
            break
    return bytes(changed)


def _judge(intake: AudioIntake, seed: int, files: int) -> set[str]:
    """Return what became of damaged files: the codes of their faults, and `played`."""
    rng = random.Random(seed)
    found = set()
    for _ in range(files):
        form = rng.choice(list(AudioForm))
        try:
            intake(_mutated(rng, SOUNDS[form]), form)
            found.add("played")
        except UnusableRecording as error:
            found.add(error.code)
    return found


def test_a_damaged_file_is_played_or_has_one_of_our_faults(intake: AudioIntake) -> None:
    assert _judge(intake, seed=1, files=100) >= {"played", "NOT_AUDIO", "AUDIO_UNSUPPORTED"}
    process = intake.process.running
    assert process is not None
    assert process.poll() is None


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(2, 8))
def test_thousands_of_damaged_files_are_played_or_have_one_of_our_faults(intake: AudioIntake, seed: int) -> None:
    assert _judge(intake, seed, files=2_000) <= {"played", "NOT_AUDIO", "EMPTY", "TOO_LONG", "AUDIO_UNSUPPORTED"}


def test_a_file_that_needs_more_time_is_not_audio_and_the_next_one_is_played() -> None:
    long = mp3(tone(8_000, 4.0), 8_000, kilobits=8) * 55
    small = AudioIntake(Budget(cpu_seconds=0.05, wall_seconds=30))
    try:
        with pytest.raises(UnusableRecording) as caught:
            small(long, AudioForm.MP3)
        assert caught.value.code == "NOT_AUDIO"
        assert small(SOUNDS[AudioForm.WAV], AudioForm.WAV).milliseconds == 200
    finally:
        small.close()


def test_a_machine_that_is_too_slow_refuses_no_recording() -> None:
    slow = AudioIntake(Budget(wall_seconds=0.0))
    try:
        with pytest.raises(StorageUnavailable):
            slow(SOUNDS[AudioForm.WAV], AudioForm.WAV)
    finally:
        slow.close()


def test_a_recording_over_a_megabyte_is_refused_with_the_cure_and_not_looked_at() -> None:
    unused = AudioIntake()
    with pytest.raises(UnusableRecording, match="save it as mono mp3, 32 kbit/s") as caught:
        unused(b"\0" * (LARGEST + 1), AudioForm.WAV)
    assert caught.value.code == "TOO_LONG"
    assert unused.process.running is None


def test_nothing_of_the_library_is_loaded_where_recordings_are_taken_in() -> None:
    program = "import sys, tocsin.adapters.audio.intake; print('miniaudio' in sys.modules)"
    paths = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=paths)
    assert done.stdout.strip() == "False", done.stderr
