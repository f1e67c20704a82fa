"""Compiles the methods of the layer's dataclasses, for `tocsin.made_methods`.

Runs by itself, on the standard library only, because `sam build` runs it (through the Makefile) in a copy of this
folder.

    python -I -S make_methods.py TREE            TREE: the folder that contains tocsin

Modules that need a package are omitted: their classes compile at the start, as without this file.
"""

from __future__ import annotations

import dataclasses
import importlib
import sys
from pathlib import Path
from typing import Any


def make_methods(tree: Path) -> dict[str, Any]:
    """Import all modules below `tree`; return each source that dataclasses compiled, with its code, in that order."""
    made: dict[str, Any] = {}

    def note(source: str, names: dict[str, Any], found: dict[str, Any]) -> None:
        code = compile(source, "<string>", "exec")
        made[source] = code
        exec(code, names, found)  # noqa: S102 - as dataclasses do

    vars(dataclasses)["exec"] = note
    sys.path.insert(0, str(tree))
    for path in sorted(tree.rglob("*.py")):
        name = ".".join(path.relative_to(tree).with_suffix("").parts)
        try:
            importlib.import_module(name.removesuffix(".__init__"))
        except ImportError:
            continue  # needs a package
    return made


if __name__ == "__main__":
    root = Path(sys.argv[1])
    methods = make_methods(root)
    from tocsin.made_methods import FILE, file_of

    (root / "tocsin" / FILE).write_bytes(file_of(methods))
