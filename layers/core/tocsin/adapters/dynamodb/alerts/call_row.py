"""What a call says, in the form it is sealed in."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName, Replay, Script, Simple, SpokenSsml, SpokenText, Voice
from tocsin.voice.domain.speech import Said


def from_call(content: CallContent) -> list[Any]:
    """Return the content as JSON values."""
    prompts = {name.value: _from_said(said) for name, said in content.prompts.items()}
    return [content.number, content.attempts, _from_script(content.script), prompts]


def to_call(values: Sequence[Any]) -> CallContent:
    """Return the content of `from_call`."""
    number, attempts, script, prompts = values
    said = {name: _to_said(prompts[name.value]) for name in PromptName if name.value in prompts}
    return CallContent(number, _to_script(script), said, attempts)


def _from_script(script: Script) -> list[Any]:
    match script:
        case Simple():
            return ["simple", script.require_full_play, script.require_response]
        case Replay():
            keys = [script.say_again, script.ok, script.not_ok]
            return ["replay", *keys, script.barge_in, script.repeat_pre]


def _to_script(values: Sequence[Any]) -> Script:
    kind, *rest = values
    return Simple(*rest) if kind == "simple" else Replay(*rest)


def _from_said(said: Said) -> list[Any]:
    match said:
        case SpokenText():
            return ["text", said.text, said.voice.name, said.voice.engine]
        case SpokenSsml():
            return ["ssml", said.ssml, said.voice.name, said.voice.engine]
        case Recording():
            return ["wav", base64.b64encode(said.wav).decode(), said.milliseconds]


def _to_said(values: Sequence[Any]) -> Said:
    match values:
        case ["text", text, name, engine]:
            return SpokenText(text, Voice(name, engine))
        case ["ssml", document, name, engine]:
            return SpokenSsml(document, Voice(name, engine))
        case ["wav", wav, milliseconds]:
            return Recording(base64.b64decode(wav), milliseconds)
        case _:
            raise ValueError("a prompt of a kind this code does not know")
