"""Decode a recording in pieces of a second, so that no file is longer in memory than a call may play it."""

from __future__ import annotations

import io
import struct
from array import array
from collections.abc import Iterator
from contextlib import closing

import miniaudio

from tocsin.adapters.audio.aiff import CompressedAiff, as_wav
from tocsin.adapters.audio.mu_law import RATE, encoded, wav_file
from tocsin.voice.domain.recording import LONGEST, AudioForm, Recording, RecordingFault, UnusableRecording, audio_form

_CHANNELS = range(1, 9)
_RATES = range(4_000, 192_001)

_PADDING = RATE // 4
"""Samples beyond LONGEST that pass: an mp3 encoder adds up to 0.2 s, and no player plays it."""

_PAUSE = 64
"""Distance of the loudest from the softest sample of 16 bits in what is a pause: 54 dB below full scale."""

_WHOLE = miniaudio.SampleFormat.SIGNED16
_FRACTION = miniaudio.SampleFormat.FLOAT32


class _Bytes(miniaudio.StreamableSource):  # type: ignore[misc]
    """A file in memory; only a source may be decoded as the format that it is said to have."""

    def __init__(self, raw: bytes) -> None:
        self._file = io.BytesIO(raw)

    def read(self, num_bytes: int) -> bytes:
        return self._file.read(num_bytes)

    def seek(self, offset: int, origin: miniaudio.SeekOrigin) -> bool:
        whence = {miniaudio.SeekOrigin.START: 0, miniaudio.SeekOrigin.CURRENT: 1, miniaudio.SeekOrigin.END: 2}
        self._file.seek(offset, whence[origin])
        return True


def decode(raw: bytes, form: AudioForm) -> Recording:
    """Return a recording as calls play it: WAV, µ-law, 8 kHz, mono.

    Raises:
        UnusableRecording: it cannot be played.
    """
    try:
        return _recording(_sound(raw, form), form)
    except UnusableRecording:
        raise
    except CompressedAiff as error:
        raise UnusableRecording(RecordingFault.COMPRESSED, form) from error
    except Exception as error:  # the library has errors of its own, and passes on those of others
        raise UnusableRecording(RecordingFault.NOT_AUDIO, form) from error


def _sound(raw: bytes, form: AudioForm) -> Iterator[array[int]]:
    """Yield pieces of a second: mono, 16 bits with sign, RATE samples a second."""
    if form is AudioForm.MP3:
        if audio_form(raw) is not AudioForm.MP3:
            raise UnusableRecording(RecordingFault.NOT_AUDIO, form)
        kind, channels = miniaudio.FileFormat.MP3, 2
    else:
        kind = miniaudio.FileFormat.WAV
        raw = as_wav(raw) if form is AudioForm.AIFF else raw
        channels = _channels(raw, form)
    # The library mixes 3, 5, 6 or 7 channels of whole numbers wrongly: the sums run over. Of fractions they do not.
    sample = _WHOLE if channels <= 2 else _FRACTION
    source = _Bytes(raw)  # the library does not keep it alive before the first piece
    with closing(
        miniaudio.stream_any(source, kind, sample, nchannels=1, sample_rate=RATE, frames_to_read=RATE)
    ) as pieces:
        for piece in pieces:
            yield (
                piece
                if sample is _WHOLE
                else array("h", bytes(miniaudio.convert_sample_format(_FRACTION, piece.tobytes(), _WHOLE)))
            )


def _recording(pieces: Iterator[array[int]], form: AudioForm) -> Recording:
    codes = bytearray()
    extremes: list[int] = []
    for piece in pieces:
        codes += encoded(piece)
        if len(codes) > LONGEST * RATE + _PADDING:
            raise UnusableRecording(RecordingFault.TOO_LONG, form)
        extremes += min(piece), max(piece)
    if not extremes or max(extremes) - min(extremes) <= _PAUSE:
        raise UnusableRecording(RecordingFault.NO_SOUND, form)
    return Recording(wav_file(bytes(codes)), len(codes) * 1_000 // RATE)


def _channels(wav: bytes, form: AudioForm) -> int:
    """Return the number of channels that the `fmt ` chunk of a WAV file names."""
    at = 12
    while at + 16 <= len(wav) and wav[:4] == b"RIFF" and wav[8:12] == b"WAVE":
        size: int = struct.unpack_from("<I", wav, at + 4)[0]
        if wav[at : at + 4] == b"fmt ":
            channels, rate = struct.unpack_from("<HI", wav, at + 10)
            if channels in _CHANNELS and rate in _RATES:
                return int(channels)
            raise UnusableRecording(RecordingFault.SHAPE, form)
        at += 8 + size + size % 2
    raise UnusableRecording(RecordingFault.NOT_AUDIO, form)
