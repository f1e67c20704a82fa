"""The voices that texts are read out with, by language and gender.

The ids are those of Amazon Polly, which Amazon Connect speaks with. Source: Polly Developer Guide, "Available voices".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tocsin.voice.domain.script import Voice

DEFAULT_LANGUAGE = "en-GB"


class Gender(StrEnum):
    """The gender of a voice, as `tts.gender` names it."""

    FEMALE = "FEMALE"
    MALE = "MALE"
    NEUTRAL = "NEUTRAL"


@dataclass(frozen=True, slots=True)
class ChosenVoice:
    """The voice for what was asked.

    Attributes:
        language: a language of the table.
        other_region: the language is spoken, and not as in the region that was asked for.
        other_gender: there is no voice of the gender that was asked for.
    """

    voice: Voice
    language: str
    other_region: bool = False
    other_gender: bool = False


_ROWS = """
en-GB      Amy:n        Arthur:n
en-US      Joanna:n     Matthew:n
en-AU      Olivia:n     Russell:s
en-IE      Niamh:n      -
en-NZ      Aria:n       -
en-SG      Jasmine:n    -
en-ZA      Ayanda:n     -
en-IN      Kajal:n      -
en-GB-WLS  -            Geraint:s
cy-GB      Gwyneth:s    -
de-DE      Vicki:n      Daniel:n
de-AT      Hannah:n     -
de-CH      Sabrina:n    -
fr-FR      Lea:n        Remi:n
fr-CA      Gabrielle:n  Liam:n
fr-BE      Isabelle:n   -
es-ES      Lucia:n      Sergio:n
es-MX      Mia:n        Andres:n
es-US      Lupe:n       Pedro:n
it-IT      Bianca:n     Adriano:n
pt-PT      Ines:n       Cristiano:s
pt-BR      Camila:n     Thiago:n
nl-NL      Laura:n      Ruben:s
nl-BE      Lisa:n       -
pl-PL      Ola:n        Jacek:s
da-DK      Sofie:n      Mads:s
nb-NO      Ida:n        -
sv-SE      Elin:n       -
fi-FI      Suvi:n       -
is-IS      Dora:s       Karl:s
ca-ES      Arlet:n      -
cs-CZ      Jitka:n      -
ro-RO      Carmen:s     -
ru-RU      Tatyana:s    Maxim:s
tr-TR      Burcu:n      -
ar-AE      Hala:n       Zayd:n
arb        Zeina:s      -
hi-IN      Kajal:n      -
ja-JP      Kazuha:n     Takumi:n
ko-KR      Seoyeon:n    -
cmn-CN     Zhiyu:n      -
yue-CN     Hiujin:n     -
"""
"""Language, female voice, male voice; n = neural engine, s = standard. A first row serves all regions."""

_ALIASES = {"zh": "cmn", "zh-hk": "yue-cn", "no": "nb"}
"""Other tags of the same languages (RFC 5646: macrolanguages)."""


def _voice(cell: str) -> Voice | None:
    name, _, engine = cell.partition(":")
    return None if cell == "-" else Voice(name, "neural" if engine == "n" else "standard")


_TABLE: Mapping[str, tuple[Voice | None, Voice | None]] = {
    tag: (_voice(female), _voice(male)) for tag, female, male in (row.split() for row in _ROWS.split("\n") if row)
}

LANGUAGES = tuple(_TABLE)
"""The languages that texts are read out in, as BCP 47 tags."""

_SPOKEN_BY = {voice: tag for tag, row in reversed(list(_TABLE.items())) for voice in row if voice}

_TAGS = {tag.lower(): tag for tag in reversed(LANGUAGES)}
_FIRST = {tag.partition("-")[0]: tag for tag in reversed(LANGUAGES)}


def primary(language: str) -> str:
    """Return the language of a tag without its region, e.g. `en`."""
    tag = language.lower()
    tag = _ALIASES.get(tag, tag).partition("-")[0]
    return _ALIASES.get(tag, tag)


def choose(language: str, gender: Gender) -> ChosenVoice | None:
    """Return the voice for a language tag in any case, with or without region; None = no voice speaks the language."""
    tag = language.lower()
    tag = _ALIASES.get(tag, tag)
    found = _TAGS.get(tag) or _FIRST.get(primary(tag))
    if found is None:
        return None
    female, male = _TABLE[found]
    wanted, other = (male, female) if gender is Gender.MALE else (female, male)
    voice = wanted or other
    assert voice is not None
    other_gender = wanted is None and gender is not Gender.NEUTRAL
    other_region = "-" in tag and found.lower().partition("-")[2] != tag.partition("-")[2]
    return ChosenVoice(voice, found, other_region, other_gender)


def language_of(voice: Voice) -> str | None:
    """Return the first language of a voice; None for a voice that is not in the table."""
    return _SPOKEN_BY.get(voice)
