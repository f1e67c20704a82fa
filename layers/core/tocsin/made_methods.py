"""The methods of dataclasses, compiled when the layer is built.

A dataclass writes the source of its methods, and Python compiles it each time the class is imported: two fifths of a
cold start. The build writes down what each source compiles to (`layers/core/make_methods.py`). A process that has this
file compiles nothing; one without it, or a class that is not in it, compiles as ever. See ADR 0166.

    length of the index (4 bytes) | index: digest of a source to the place of its code | codes

A start reads the index and the codes of its own classes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import marshal
import os
import sys
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

FILE = f"made_methods.{sys.implementation.cache_tag}.bin"
"""Beside this module, in a built layer only. As with byte code, each version of Python has its own."""

Execute = Callable[[str, dict[str, Any], dict[str, Any]], None]

_FORMAT = 2
"""Version of marshal's format. Later ones depend on reference counts: equal sources would give unequal bytes."""

_LENGTH = 4


def use_made_methods() -> None:
    """Let dataclasses take their methods from the file, if there is one."""
    try:
        file = os.open(f"{os.path.dirname(__file__)}/{FILE}", os.O_RDONLY)
    except FileNotFoundError:
        return  # sources, not a built layer
    # `dataclasses` looks `exec` up here, before the builtin.
    vars(dataclasses)["exec"] = execute_made(file)


def execute_made(file: int) -> Execute:
    """Return an `exec` that does not compile a source whose code is in the file.

    Args:
        file: descriptor of what `file_of` returns; it stays open.
    """
    length = int.from_bytes(os.pread(file, _LENGTH, 0), "big")
    places = marshal.loads(os.pread(file, length, _LENGTH))  # noqa: S302 - from our own layer, as byte code beside it
    codes = _LENGTH + length

    def execute(source: str, names: dict[str, Any], found: dict[str, Any]) -> None:
        place = places.get(_digest(source))
        if place is None:
            exec(source, names, found)  # noqa: S102 - as dataclasses do
        else:
            code = marshal.loads(os.pread(file, place[1], codes + place[0]))  # noqa: S302 - as above
            exec(code, names, found)  # noqa: S102 - as above

    return execute


def file_of(made: Mapping[str, Any]) -> bytes:
    """Return the content of the file: source to its code, in the order in which they are read."""
    codes = [marshal.dumps(code, _FORMAT) for code in made.values()]
    lengths = list(map(len, codes))
    starts = accumulate(lengths, initial=0)
    index = marshal.dumps(dict(zip(map(_digest, made), zip(starts, lengths, strict=False), strict=False)), _FORMAT)
    return b"".join((len(index).to_bytes(_LENGTH, "big"), index, *codes))


def _digest(source: str) -> bytes:
    return hashlib.sha256(source.encode()).digest()
