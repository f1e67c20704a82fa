"""Plays Lambda with nothing but what is shipped: run by a bare Python 3.13 (`-I -S`), without any site-packages.

    python3.13 -I -S bare.py VAR_TASK OPT HANDLER < event.json

prints JSON: the handler's answer (None without an event), what had to be compiled because its byte code was missing,
and modules that came from anywhere else.
"""

import importlib
import json
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any


class Context:
    """What Lambda hands to a handler."""

    aws_request_id = "bare"
    function_name = "bare"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:eu-west-2:123456789012:function:bare"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


def main(task: str, opt: str, handler: str, event: str) -> dict[str, Any]:
    """Load the handler, call it if there is an event, say what happened."""
    compiled: list[str] = []
    compile_source = SourceFileLoader.source_to_code

    def note(self: SourceFileLoader, data: Any, path: Any, **options: Any) -> Any:
        compiled.append(str(path))
        return compile_source(self, data, path, **options)

    SourceFileLoader.source_to_code = note  # type: ignore[assignment, method-assign]
    sys.dont_write_bytecode = True  # /var/task and /opt are read-only
    sys.path[:0] = [task, str(Path(opt) / "python")]
    module, _, name = handler.rpartition(".")
    call = getattr(importlib.import_module(module), name)
    answer = call(json.loads(event), Context()) if event.strip() else None
    foreign = sorted(
        path
        for path in (getattr(loaded, "__file__", None) or "" for loaded in sys.modules.values())
        if path and not path.startswith((task, opt, sys.base_prefix, sys.exec_prefix, __file__))
    )
    return {"answer": answer, "compiled": compiled, "foreign": foreign}


if __name__ == "__main__":
    result = main(sys.argv[1], sys.argv[2], sys.argv[3], sys.stdin.read())
    print("\n" + json.dumps(result))
