"""The languages that calls are read out in, as people say them, and the voices."""

from __future__ import annotations

from tocsin.voice.domain.voices import LANGUAGES, Gender

_WORDS = """
en-GB English (United Kingdom)
en-US English (United States)
en-AU English (Australia)
en-IE English (Ireland)
en-NZ English (New Zealand)
en-SG English (Singapore)
en-ZA English (South Africa)
en-IN English (India)
en-GB-WLS English (Wales)
cy-GB Welsh
de-DE German
de-AT German (Austria)
de-CH German (Switzerland)
fr-FR French
fr-CA French (Canada)
fr-BE French (Belgium)
es-ES Spanish
es-MX Spanish (Mexico)
es-US Spanish (United States)
it-IT Italian
pt-PT Portuguese
pt-BR Portuguese (Brazil)
nl-NL Dutch
nl-BE Dutch (Belgium)
pl-PL Polish
da-DK Danish
nb-NO Norwegian
sv-SE Swedish
fi-FI Finnish
is-IS Icelandic
ca-ES Catalan
cs-CZ Czech
ro-RO Romanian
ru-RU Russian
tr-TR Turkish
ar-AE Arabic (Gulf)
arb Arabic
hi-IN Hindi
ja-JP Japanese
ko-KR Korean
cmn-CN Chinese (Mandarin)
yue-CN Chinese (Cantonese)
"""

_NAMES = dict(line.split(" ", 1) for line in _WORDS.split("\n") if line)

LANGUAGE_CHOICES = tuple((tag, _NAMES.get(tag, tag)) for tag in LANGUAGES)
"""Tag and name of each language."""

VOICE_CHOICES = ((Gender.FEMALE.value, "A woman"), (Gender.MALE.value, "A man"), (Gender.NEUTRAL.value, "Either"))
"""Value and name of each voice."""
