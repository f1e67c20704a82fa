"""Writes `docs/codes.md`, the catalogue of all codes that clients see, from the tables in the code: `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tocsin.entrypoint.http.catalogue import CATALOGUE

_HEAD = """# Codes

This page lists every code in responses, events and webhooks: when the code is given, and what to do. `make docs`
writes this page from the tables in the code, and the enums of [openapi.json](openapi.json) from the same tables.

Codes are part of the contract: each change has a line in the [changelog](../CHANGELOG.md). Sentences (`message`,
`text`, `failureReason`) are for people and may change at any time. Codes that only name a kind, such as a channel, are
in openapi.json alone."""


def page() -> str:
    """Return the page, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    for vocabulary in CATALOGUE.values():
        yield f"\n## {vocabulary.title}\n\n{vocabulary.about}\n\n| code | given when | what to do |\n|---|---|---|"
        for word, code in vocabulary.words.items():
            yield f"| `{word}` | {code.cause} | {code.cure} |"


if __name__ == "__main__":
    sys.stdout.write(page())
