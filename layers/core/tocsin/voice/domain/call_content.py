"""What an accepted call element says and asks, for all its receivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.voice.domain.script import PromptName, Script
from tocsin.voice.domain.speech import Said


@dataclass(frozen=True, slots=True)
class CallContent:
    """A call out, or a message for those who call in.

    Attributes:
        number: E.164: of a call out the number that calls, of a call in the number that is called.
        prompts: what is said, one for each of `script.prompts`. Texts may hold lookups.
        attempts: calls to one receiver until one succeeds, 1..10.
    """

    number: str
    script: Script
    prompts: Mapping[PromptName, Said]
    attempts: int = 1
