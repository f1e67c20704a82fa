"""Write the catalogue of every word a client sees, `docs/codes.md`, from the tables in the code: `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tocsin.entrypoint.http.catalogue import CATALOGUE

_HEAD = """# Codes

Every stable word in answers, events and callbacks: when it is given, and what to do. `make docs` writes this page from
the tables in the code, and the enums of [openapi.json](openapi.json) from the same tables.

A word is contract: it is added, changed or removed only with a line in the [changelog](../CHANGELOG.md). Sentences
(`message`, `text`, `failureReason`) are for people and may change at any time. Words that only name a kind of thing,
like a channel, are in openapi.json alone."""


def page() -> str:
    """Return the page, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    for vocabulary in CATALOGUE.values():
        yield f"\n## {vocabulary.title}\n\n{vocabulary.about}\n\n| word | given when | what to do |\n|---|---|---|"
        for word, code in vocabulary.words.items():
            yield f"| `{word}` | {code.cause} | {code.cure} |"


if __name__ == "__main__":
    sys.stdout.write(page())
