"""What the templates promise, one function each: it returns a line for every place where the promise is broken.

`tests/architecture/test_template.py` holds the templates to them, and shows of each that it can be broken.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.architecture.deployment import Deployment

Promise = Callable[[Deployment], Iterator[str]]

PROMISES: dict[str, Promise] = {}
"""Every promise by its name, those of all modules beside this one."""


def promise(check: Promise) -> Promise:
    """Count a function among the promises."""
    PROMISES[check.__name__] = check
    return check


for _module in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    importlib.import_module(f"{__name__}.{_module.stem}")
