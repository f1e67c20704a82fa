"""What a call says of its own before it ends."""

from __future__ import annotations

from dataclasses import replace

from tocsin.calls.domain.call_question import CallAnswer
from tocsin.voice.domain.dialogue import IvrStep, Then
from tocsin.voice.domain.dialogue_state import DialoguePlace, DialogueState
from tocsin.voice.domain.own_sentences import OwnSentence, own_sentence
from tocsin.voice.domain.script import PromptName


def last_words(state: DialogueState, sentence: OwnSentence, *languages: str | None) -> CallAnswer:
    """Return the answer that says a sentence of ours and ends the call.

    Args:
        languages: tags, the alert's before the account's; None = not set.
    """
    over = replace(state, place=DialoguePlace.DONE, steps=state.steps + 1)
    return CallAnswer(over, IvrStep(PromptName.DONE, False, Then.HANG_UP), own_sentence(sentence, *languages))
