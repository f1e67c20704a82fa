"""What the forms of stored content send: a text, or a recording."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.composing.elements import plain_utf8, voice_extras
from console.visit import Form
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.stored_content.domain.stored_content import ContentType
from tocsin.voice.domain.recording import audio_form
from tocsin.voice.domain.voices import DEFAULT_LANGUAGE, Gender


@dataclass(frozen=True, slots=True)
class Written:
    """What is stored: content and extras as in `StoredContent`. `source`: the field that the content comes from."""

    content: str
    extras: Mapping[str, Any] = field(default_factory=dict)
    source: str = "content"

    def faults(self, error: InvalidRequest) -> list[Fault]:
        """Return the faults of a store at the fields that they come from."""
        return [
            Fault(self.source if each.pointer == "content" else each.pointer, each.code, each.message)
            for each in error.faults
        ]


def written(form: Form, kind: ContentType, extras: Mapping[str, Any]) -> Written:
    """Return what a form says.

    Args:
        extras: those of the store that is replaced.

    Raises:
        InvalidRequest: the file is no recording.
    """
    content = form.text("content")
    if kind is ContentType.EMAIL:
        return Written(content, {**extras, **plain_utf8(content)})
    if kind is not ContentType.CALL:
        return Written(content, extras)
    if (file := form.files.get("file")) is None:
        return Written(content, voice_extras(form.get("language", DEFAULT_LANGUAGE), form.get("gender", Gender.FEMALE)))
    if (form_of_file := audio_form(file)) is None:
        raise InvalidRequest([Fault("file", "NOT_AUDIO", "This is no mp3, wav or aiff file.")])
    return Written(base64.b64encode(file).decode(), {"voiceFormat": form_of_file.value}, "file")
