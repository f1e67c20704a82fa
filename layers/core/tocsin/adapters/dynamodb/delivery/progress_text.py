"""Progress counts as text: `0*20,2,3*4;q20t5`: versions with repeats folded, then the count per state letter.

Equal counts have equal texts, so that a write can be conditional on the text.
"""

from __future__ import annotations

import re
from itertools import groupby

from tocsin.adapters.dynamodb.delivery.message_row import LETTERS, STATES
from tocsin.delivery.domain.progress import BatchProgress

_COUNT = re.compile(r"([a-z])(\d+)")


def to_text(progress: BatchProgress) -> str:
    """Return the text of a batch's progress, without the states whose count is zero."""
    runs = ((version, sum(1 for _ in run)) for version, run in groupby(progress.versions))
    versions = ",".join(str(version) if length == 1 else f"{version}*{length}" for version, length in runs)
    counts = sorted((LETTERS[state], count) for state, count in progress.counts.items() if count)
    return f"{versions};{''.join(f'{letter}{count}' for letter, count in counts)}"


def from_text(text: str) -> BatchProgress:
    """Return the progress that a text stands for."""
    runs, _, counts = text.partition(";")
    versions: list[int] = []
    for run in runs.split(",") if runs else ():
        version, _, length = run.partition("*")
        versions += [int(version)] * int(length or 1)
    return BatchProgress(tuple(versions), {STATES[letter]: int(count) for letter, count in _COUNT.findall(counts)})
