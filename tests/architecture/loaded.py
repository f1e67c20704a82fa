"""What functions turn out to be when Lambda loads them: each in a process of its own, with its environment and no more.

    python -m tests.architecture.loaded < environments.json

reads the variables of each handler by its name, and prints by name: whether the handler can be called, the fields of its
settings, the modules that it imports at the start, the routes it serves, and those that no request would make. All
processes are forks of one that has imported what many of them need.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import sys
from typing import Any

PACKAGES = ("aws_lambda_powertools", "chalice", "cryptography")


def describe(handler: str) -> dict[str, Any]:
    """Import a handler and say what it is."""
    module_name, _, name = handler.rpartition(".")
    found = getattr(importlib.import_module(module_name), name)
    modules_at_start = list(sys.modules)
    late_routes = importlib.import_module("tocsin.entrypoint.http.late_routes")
    astray = _made_astray(found) if isinstance(found, late_routes.LateChalice) else []
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


def _made_astray(app: Any) -> list[str]:
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


def described(handler: str, variables: dict[str, str]) -> dict[str, Any]:
    """Describe a handler in a fork of this process; what goes wrong in it stands on standard error.

    Raises:
        ChildProcessError: the handler cannot be loaded.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.environ.clear()
        os.environ.update(variables)
        with open(writing, "w") as answer:
            json.dump(describe(handler), answer)
        os._exit(0)  # nothing is left to tidy up
    os.close(writing)
    with open(reading) as answer:
        said = answer.read()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise ChildProcessError(handler)
    found: dict[str, Any] = json.loads(said)
    return found


if __name__ == "__main__":
    for module in PACKAGES:
        importlib.import_module(module)
    print(json.dumps({name: described(name, variables) for name, variables in json.load(sys.stdin).items()}))
