"""The methods of dataclasses, compiled when the layer is built.

A dataclass writes the source of its methods, and Python compiles it each time the class is imported: two fifths of a
cold start. The build writes down each source with what it compiles to (`layers/core/make_methods.py`). A process that
has this file compiles nothing; one without it, or a class that is not in it, compiles as ever. See ADR 0166.
"""

from __future__ import annotations

import dataclasses
import marshal
import sys
from collections.abc import Callable, Mapping
from os.path import dirname
from typing import Any

FILE = f"made_methods.{sys.implementation.cache_tag}.bin"
"""Beside this module, in a built layer only. As with byte code, each version of Python has its own."""

Execute = Callable[[str, dict[str, Any], dict[str, Any]], None]


def use_made_methods() -> None:
    """Let dataclasses take their methods from the file, if there is one."""
    try:
        with open(f"{dirname(__file__)}/{FILE}", "rb") as file:
            made = marshal.load(file)  # noqa: S302 - from our own layer, as the byte code beside it
    except FileNotFoundError:
        return  # sources, not a built layer
    # `dataclasses` looks `exec` up here, before the builtin.
    vars(dataclasses)["exec"] = execute_made(made)


def execute_made(made: Mapping[str, bytes]) -> Execute:
    """Return an `exec` that does not compile a source that is in `made`.

    Args:
        made: source to its marshalled code.
    """

    def execute(source: str, names: dict[str, Any], found: dict[str, Any]) -> None:
        code = made.get(source)
        exec(source if code is None else marshal.loads(code), names, found)  # noqa: S102, S302 - as dataclasses do

    return execute
