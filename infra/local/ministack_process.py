"""The engine's own process: MiniStack, living no longer than whoever started it.

Its standard input is a pipe from the runner. When the runner goes, however it goes, the pipe closes and the engine
stops the way it does on SIGTERM: state saved, functions gone. Nothing is ever left behind on a port.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any


def _stop_when_the_pipe_closes(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _keep_attributes_of_unchanged_resources() -> None:
    """Mend MiniStack 1.5.33: updating a nested stack loses the attributes of those of its resources that stay the same.

    The stack's own outputs then fail with "Requested attribute Arn does not exist in schema". It hands the old
    attributes on for root stacks and forgets to for nested ones.
    """
    from ministack.services.cloudformation import _stacks, provisioners

    update = provisioners._update_resource

    def mended(kind: str, id: str, old: Any, new: Any, stack: str, name: str | None = None, was: Any = None) -> Any:
        if was is None and stack in _stacks and name is not None:
            was = _stacks[stack].get("_resources", {}).get(name, {}).get("Attributes")
        return update(kind, id, old, new, stack, name, was)

    provisioners._update_resource = mended


def main() -> None:
    """Serve until SIGTERM, or until standard input ends."""
    pipe = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    threading.Thread(target=_stop_when_the_pipe_closes, args=(pipe,), daemon=True).start()
    sys.argv = ["ministack"]

    from ministack.app import main as serve

    _keep_attributes_of_unchanged_resources()
    serve()


if __name__ == "__main__":
    main()
