"""What requests are checked with is built when it is needed, or all of it for a snapshot."""

from __future__ import annotations

import os
import subprocess
import sys

CODE = """
import os
from tocsin.entrypoint.alert_body.alert import StoredAlert
from tocsin.entrypoint.http.late_routes import LateChalice
from tocsin.entrypoint.http.wire import read
assert not StoredAlert.__pydantic_complete__, "a cold start pays for what it serves only"
snapshot = LateChalice("any").make_before_a_snapshot()
assert StoredAlert.__pydantic_complete__ == snapshot == (os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"] == "snap-start")
sms = {"alertType": "sms", "tag": "t", "sender": "Tocsin", "recipients": ["+447700900001"], "content": "x"}
assert read(StoredAlert, {"alert": [sms]}).request("r").elements
assert StoredAlert.__pydantic_complete__
"""


def run(**environ: str) -> None:
    subprocess.run(
        [sys.executable, "-c", CODE],
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **environ},
    )


def test_a_shape_is_built_when_it_is_first_met() -> None:
    run(AWS_LAMBDA_INITIALIZATION_TYPE="on-demand")


def test_every_shape_is_built_before_a_snapshot() -> None:
    run(AWS_LAMBDA_INITIALIZATION_TYPE="snap-start")
