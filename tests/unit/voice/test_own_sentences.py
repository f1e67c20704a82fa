"""What calls say of their own, in every language that is offered (decided 7.14)."""

from __future__ import annotations

import pytest

from tocsin.voice.domain.own_sentences import OwnSentence, own_sentence
from tocsin.voice.domain.voices import LANGUAGES, Gender, choose


@pytest.mark.parametrize("language", LANGUAGES)
def test_decided_7_14_every_language_that_is_offered_has_every_sentence(language: str) -> None:
    chosen = choose(language, Gender.FEMALE)
    assert chosen is not None
    prompts = [own_sentence(name, language, count=3) for name in OwnSentence]
    assert {prompt.voice for prompt in prompts} == {chosen.voice}
    assert len({prompt.text for prompt in prompts}) == len(OwnSentence)
    assert ["3" in prompt.text for prompt in prompts] == [name is OwnSentence.SEVERAL for name in OwnSentence]
    english = [own_sentence(name, "en-GB", count=3).text for name in OwnSentence]
    assert ([prompt.text for prompt in prompts] == english) is language.startswith("en-")


def test_decided_7_14_the_alerts_language_comes_before_the_accounts_and_then_english() -> None:
    assert own_sentence(OwnSentence.WITHDRAWN, "fr-CA", "de-DE").text == "Ce message a été retiré. Merci."
    assert own_sentence(OwnSentence.WITHDRAWN, None, "de-AT").voice.name == "Hannah"
    assert own_sentence(OwnSentence.WITHDRAWN, "tlh", None).text == "This message was withdrawn. Thank you."
    assert own_sentence(OwnSentence.WITHDRAWN).voice.name == "Amy"
