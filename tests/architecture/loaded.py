"""What a function turns out to be when Lambda loads it: run by itself, with the function's own environment and no more.

    python -m tests.architecture.loaded alerts_api.app.app

prints JSON: whether the handler can be called, the fields of its settings, the modules that it imports at the start,
the routes it serves, and those that no request would make.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
from typing import Any

from tocsin.entrypoint.http.late_routes import LateChalice


def describe(handler: str) -> dict[str, Any]:
    """Import a handler and say what it is."""
    module_name, _, name = handler.rpartition(".")
    found = getattr(importlib.import_module(module_name), name)
    modules_at_start = list(sys.modules)
    astray = _made_astray(found) if isinstance(found, LateChalice) else []
    environment = importlib.import_module("tocsin.entrypoint.process.environment")
    package = module_name.partition(".")[0]
    settings = [
        found_class
        for found_class in _below(environment.Environment)
        # a dataclass with slots is made twice; the module keeps the second
        if getattr(sys.modules[found_class.__module__], found_class.__name__) is found_class
        and found_class.__module__.partition(".")[0] == package
    ]
    return {
        "callable": callable(found),
        "settings": [sorted(field.name for field in dataclasses.fields(c)) for c in settings],
        "at_start": sorted(modules_at_start),
        "astray": astray,
        "routes": sorted(
            [method, path] for path, methods in getattr(found, "routes", {}).items() for method in methods
        ),
    }


def _made_astray(app: LateChalice) -> list[str]:
    """Make all routes; return those that lie beyond the paths of their group: no request for them would make them."""
    astray = []
    while app.late:
        group, before = app.late.pop(), set(app.routes)
        app.add(group.make())
        astray += [path for path in app.routes if path not in before and not group.has(path)]
    return astray


def _below(base: type[Any]) -> list[type[Any]]:
    """Return all classes that are made from a class, however many lie between."""
    return [each for child in base.__subclasses__() for each in (child, *_below(child))]


if __name__ == "__main__":
    print(json.dumps(describe(sys.argv[1])))
