"""What an accepted call element says and asks, for all its receivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName, Script, estimated_seconds
from tocsin.voice.domain.speech import Said, spoken_words
from tocsin.voice.domain.voices import language_of


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

    @property
    def words(self) -> str | None:
        """The words of the message; None if it is a recording."""
        main = self.prompts[PromptName.MAIN]
        return None if isinstance(main, Recording) else spoken_words(main)

    @property
    def language(self) -> str | None:
        """The language of the message, else of the first other prompt that is read out; None if all are recordings."""
        prompts = (self.prompts[PromptName.MAIN], *self.prompts.values())
        return next((language_of(said.voice) for said in prompts if not isinstance(said, Recording)), None)

    @property
    def seconds(self) -> float:
        """How long a call lasts in which every prompt is said once: exact for recordings, estimated for speech."""
        return sum(
            said.milliseconds / 1_000 if isinstance(said, Recording) else estimated_seconds(said)
            for said in self.prompts.values()
        )
