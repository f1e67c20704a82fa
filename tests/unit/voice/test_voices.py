"""A language and a gender become a voice (voice, section 8; decided 7.13)."""

from __future__ import annotations

import pytest

from tocsin.voice.domain.voices import LANGUAGES, ChosenVoice, Gender, choose


def voice(language: str, gender: Gender = Gender.FEMALE) -> str:
    chosen = choose(language, gender)
    assert chosen is not None
    return f"{chosen.voice.name} {chosen.voice.engine}"


def warned(language: str, gender: Gender = Gender.FEMALE) -> tuple[bool, bool]:
    chosen = choose(language, gender)
    assert chosen is not None
    return chosen.other_region, chosen.other_gender


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("gender", list(Gender))
def test_every_language_has_a_voice_for_every_gender(language: str, gender: Gender) -> None:
    chosen = choose(language, gender)
    assert isinstance(chosen, ChosenVoice)
    assert chosen.language == language
    assert chosen.voice.engine in ("neural", "standard")
    assert not chosen.other_region


@pytest.mark.parametrize(
    ("language", "gender", "said"),
    [
        ("en-GB", Gender.FEMALE, "Amy neural"),
        ("en-GB", Gender.MALE, "Arthur neural"),
        ("en-GB", Gender.NEUTRAL, "Amy neural"),
        ("en-AU", Gender.MALE, "Russell standard"),
        ("EN-gb-wls", Gender.FEMALE, "Geraint standard"),
        ("pt-PT", Gender.MALE, "Cristiano standard"),
        ("arb", Gender.FEMALE, "Zeina standard"),
        ("zh-CN", Gender.FEMALE, "Zhiyu neural"),
        ("zh-HK", Gender.FEMALE, "Hiujin neural"),
        ("no-NO", Gender.MALE, "Ida neural"),
    ],
)
def test_a_voice_is_found_whatever_the_case_and_the_older_name(language: str, gender: Gender, said: str) -> None:
    assert voice(language, gender) == said


def test_a_missing_gender_takes_the_other_and_says_so() -> None:
    assert (voice("hi-IN", Gender.MALE), warned("hi-IN", Gender.MALE)) == ("Kajal neural", (False, True))
    assert (voice("en-GB-WLS"), warned("en-GB-WLS")) == ("Geraint standard", (False, True))


def test_neutral_takes_whatever_there_is_and_nothing_is_said() -> None:
    assert warned("en-GB-WLS", Gender.NEUTRAL) == (False, False)


@pytest.mark.parametrize(("language", "said"), [("de-LI", "Vicki neural"), ("en-JM", "Amy neural"), ("ar-SA", "Hala neural")])  # fmt: skip
def test_an_unknown_region_takes_the_first_row_and_says_so(language: str, said: str) -> None:
    assert (voice(language), warned(language)) == (said, (True, False))


@pytest.mark.parametrize("language", ["en", "de", "zh", "cmn", "zh-CN", "no-NO"])
def test_no_region_and_an_older_name_are_no_other_region(language: str) -> None:
    assert warned(language) == (False, False)


@pytest.mark.parametrize("language", ["xx", "tlh-QO", "ga-IE", "", "-", "e"])
def test_an_unknown_language_has_no_voice(language: str) -> None:
    assert choose(language, Gender.FEMALE) is None
