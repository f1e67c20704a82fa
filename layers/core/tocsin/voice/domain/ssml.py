"""SSML that clients give: a small XML document, with the tags of the speech engine only.

The parser is the standard library's. A document without a DTD has no entities of its own, so its size bounds the work
(6,000 characters: 0.2 ms). Source of the tags: Amazon Polly Developer Guide, "Supported SSML tags".
"""

from __future__ import annotations

import html
from xml.parsers import expat

from tocsin.voice.domain.unusable import UnusableSpeech

_TAGS = frozenset({
    "speak", "break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w",
    "amazon:auto-breaths", "amazon:breath", "amazon:domain", "amazon:effect",
})  # fmt: skip
_REFUSED = {
    "audio": "plays sound of elsewhere: give a recording as content",
    "mark": "marks nothing that a call could use",
}
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
"""Characters that no XML document may hold (XML 1.0, 2.2)."""


def without_forbidden_characters(text: str) -> str:
    """Return a text without the characters that no XML document may hold."""
    return text.translate(_NOT_XML)


def written(value: str) -> str:
    """Return a value as it stands in a document, in its text or in an attribute: it can bring no tags."""
    return html.escape(without_forbidden_characters(value)).replace("&#x27;", "&apos;")  # the name that XML has for it


def spoken(document: str) -> str:
    """Return the words of a document, without its tags.

    Raises:
        UnusableSpeech: it is no document that the speech engine reads.
    """
    return _Document(document).words


class _Document:
    """One parse. The handlers raise what is wrong with the document."""

    def __init__(self, document: str) -> None:
        self.words = ""
        self._said: list[str] = []
        self._depth = 0
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said.append
        try:
            parser.Parse(document, True)
        except expat.ExpatError as error:
            where = f"line {error.lineno}, column {error.offset + 1}"
            raise _bad(f"is no well-formed SSML: {expat.errors.messages[error.code]}, {where}") from error
        self.words = "".join(self._said)

    def _doctype(self, *_: object) -> None:
        raise _bad("must have no DOCTYPE")

    def _begin(self, name: str, _: object) -> None:
        if self._depth == 0 and name != "speak":
            raise _bad("must begin with `<speak>`")
        if self._depth and name == "speak":
            raise _bad("has a `<speak>` within another")
        if name in _REFUSED:
            raise _bad(f"has `<{name}>`, which {_REFUSED[name]}")
        if name not in _TAGS:
            raise _bad(f"has a tag that no voice reads; use {', '.join(f'`<{tag}>`' for tag in sorted(_TAGS))}")
        self._depth += 1

    def _end(self, name: str) -> None:
        self._depth -= 1


def _bad(sentence: str) -> UnusableSpeech:
    return UnusableSpeech("BAD_SSML", sentence)
