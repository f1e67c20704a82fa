"""Every regular expression of the code as it is compiled; run as a program, because modules are imported once."""

from __future__ import annotations

import ast
import functools
import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
METHODS = ("match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")


class Expression(NamedTuple):
    """One expression.

    Attributes:
        place: file and line of the call that compiles it.
        methods: how it is applied.
    """

    place: str
    pattern: str
    octets: bool
    flags: int
    methods: tuple[str, ...]

    def compiled(self) -> re.Pattern[Any]:
        """Return the pattern."""
        return re.compile(self.pattern.encode("latin-1") if self.octets else self.pattern, self.flags)


def sources() -> Iterator[Path]:
    """Yield the modules that meet text from outside."""
    for folder in ("layers/core", "functions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "templates" not in path.parts:
                yield path


@functools.cache
def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


def calls(path: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Yield (place, method, call) of each use of the module `re`."""
    for node in _nodes(path):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in ("compile", *METHODS)
        ):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", node.func.attr, node


def _named(path: Path) -> dict[int, str]:
    """Return the names of compiled expressions by line."""
    return {
        node.value.lineno: target.id
        for node in _nodes(path)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _uses(path: Path, name: str) -> tuple[str, ...]:
    found = re.findall(rf"(?<![\w.]){re.escape(name)}\.({'|'.join(METHODS)})\b", path.read_text())
    return tuple(sorted(set(found))) or METHODS[:3]


def _uses_of_any(path: Path) -> tuple[str, ...]:
    """Return how a module applies expressions without a name, as in a table."""
    found = set(re.findall(rf"\.({'|'.join(METHODS[:3])})\(", path.read_text()))
    return tuple(sorted(found)) or METHODS[:3]


def _recorded() -> dict[str, list[tuple[str, bool, int]]]:
    """Import everything; return what `re.compile` was given, by place."""
    found: dict[str, list[tuple[str, bool, int]]] = {}
    known = {str(path) for path in sources()}
    compile_ = re.compile

    def recording(pattern: Any, flags: Any = 0) -> Any:
        caller = sys._getframe(1)
        if caller.f_code.co_filename in known and not isinstance(pattern, re.Pattern):
            octets = isinstance(pattern, bytes)
            text = pattern.decode("latin-1") if octets else pattern
            place = f"{Path(caller.f_code.co_filename).relative_to(ROOT)}:{caller.f_lineno}"
            found.setdefault(place, []).append((text, octets, int(flags)))
        return compile_(pattern, flags)

    re.compile = recording
    for path in sources():
        base = "layers/core" if path.is_relative_to(ROOT / "layers") else "functions"
        name = ".".join(path.relative_to(ROOT / base).with_suffix("").parts).removesuffix(".__init__")
        if not name.endswith(".app") and name != "app":  # an app reads its environment
            importlib.import_module(name)
    importlib.import_module("tocsin.entrypoint.http.wire").build_all()
    importlib.import_module("tocsin.contacts.domain.phone_region").region_of("+447700900001")
    return found


def every_expression() -> tuple[list[Expression], list[str]]:
    """Return all expressions, and the places of calls whose expression is made of values that are known later."""
    recorded = _recorded()
    found: list[Expression] = []
    unknown: list[str] = []
    for path in sources():
        names = _named(path)
        for place, method, node in calls(path):
            if method != "compile":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    octets = isinstance(first.value, bytes)
                    text = first.value.decode("latin-1") if isinstance(first.value, bytes) else str(first.value)
                    found.append(Expression(place, text, octets, 0, (method,)))
                else:
                    unknown.append(place)
                continue
            given = recorded.get(place)
            if given is None:
                unknown.append(place)
                continue
            uses = _uses(path, names[node.lineno]) if node.lineno in names else _uses_of_any(path)
            if names.get(node.lineno) == "whole":  # `Form` of `words.py`
                uses = ("fullmatch",)
            found += [Expression(place, text, octets, flags, uses) for text, octets, flags in dict.fromkeys(given)]
    return found, unknown


if __name__ == "__main__":
    expressions, later = every_expression()
    print(json.dumps({"expressions": expressions, "later": later}))
