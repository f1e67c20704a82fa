"""Compiles the methods of the layer's dataclasses, for `tocsin.made_methods`.

Runs by itself, on the standard library only, because `sam build` runs it (through the Makefile) in a copy of this
folder.

    python -I -S make_methods.py TREE            TREE: the folder that contains tocsin

Modules that need a package are omitted: their classes compile at the start, as without this file.
"""

from __future__ import annotations

import dataclasses
import importlib
import marshal
import sys
from pathlib import Path
from typing import Any

WITHOUT_REFERENCES = 2
"""Version of marshal's format. Later ones depend on reference counts: equal sources would give unequal bytes."""


def make_methods(tree: Path) -> dict[str, bytes]:
    """Import all modules below `tree`; return each source that dataclasses compiled, with its marshalled code."""
    made: dict[str, bytes] = {}

    def note(source: str, names: dict[str, Any], found: dict[str, Any]) -> None:
        code = compile(source, "<string>", "exec")
        made[source] = marshal.dumps(code, WITHOUT_REFERENCES)
        exec(code, names, found)  # noqa: S102 - as dataclasses do

    vars(dataclasses)["exec"] = note
    sys.path.insert(0, str(tree))
    for path in sorted(tree.rglob("*.py")):
        name = ".".join(path.relative_to(tree).with_suffix("").parts)
        try:
            importlib.import_module(name.removesuffix(".__init__"))
        except ImportError:
            continue  # needs a package
    return dict(sorted(made.items()))


if __name__ == "__main__":
    root = Path(sys.argv[1])
    methods = make_methods(root)
    from tocsin.made_methods import FILE

    (root / "tocsin" / FILE).write_bytes(marshal.dumps(methods, WITHOUT_REFERENCES))
