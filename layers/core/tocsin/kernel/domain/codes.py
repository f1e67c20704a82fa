"""Codes of the API: when each is given, and what a client does then.

Each subject has tables of its codes. `docs/codes.md` and the enums of the OpenAPI document are generated from them, see
`entrypoint/http/catalogue.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Code(NamedTuple):
    """One code. Both texts are parts of a sentence: without a capital, a full stop or a person's name.

    Attributes:
        cause: when the code is given; no other code has the same cause.
        cure: what the client does.
    """

    cause: str
    cure: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed set of codes of one kind.

    Attributes:
        name: what the OpenAPI document calls it.
        title: heading of its chapter in `docs/codes.md`.
        about: where the codes occur.
        words: each code with its meaning, in the order of the chapter.
    """

    name: str
    title: str
    about: str
    words: Mapping[str, Code]
