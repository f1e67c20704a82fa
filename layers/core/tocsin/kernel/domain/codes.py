"""What a word on the wire means to a client: when it is given, and what to do then.

Each subject has tables of its words. `docs/codes.md` and the enums of the OpenAPI document are made of them, see
`entrypoint/http/catalogue.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Code(NamedTuple):
    """One word. Both are the inside of a sentence: no capital, no full stop, nobody's name.

    Attributes:
        cause: when it is given; no other word of any kind has the same cause.
        cure: what the client does.
    """

    cause: str
    cure: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed set of words of one kind.

    Attributes:
        name: what the OpenAPI document calls it.
        title: of its chapter.
        about: where the words stand.
        words: each word, in the order of the chapter.
    """

    name: str
    title: str
    about: str
    words: Mapping[str, Code]
