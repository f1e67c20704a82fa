"""One caller of an engine that is deployed as `make run` deploys it, with the simulated carrier and its receipts."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.api import Api
from infra.local.aws import Aws
from infra.local.commands.keys import NewKey, Operator
from infra.local.complaint import Complaint
from infra.local.engine import Engine
from infra.local.outside.world import Outside
from infra.local.places import Places, free_port
from infra.local.stack import stand_up
from tests.benchmarks import processes
from tests.benchmarks.stage import ENGINE_PYTHON, Wrong

TENANT = "bench"
LONGEST = 600.0
"""Seconds after which texts that are still missing are lost."""


@dataclass(frozen=True)
class Caller:
    """The caller, with the live key `api` of TENANT. `outputs` of the deployed stack."""

    places: Places
    api: Api
    operator: Operator
    outside: Outside
    engine_url: str
    outputs: Mapping[str, str]

    def arrivals(self, wanted: Collection[str], pause: float = 0.05) -> Mapping[str, float]:
        """Return when the provider got the text to each number, in seconds of the epoch, to `pause` seconds.

        Raises:
            Wrong: a text was lost.
        """
        found: dict[str, float] = {}
        end = time.monotonic() + LONGEST
        with self.places.texts.open("rb") as file:
            rest = b""
            while len(found) < len(wanted):
                if time.monotonic() > end:
                    raise Wrong(f"{len(found)} of {len(wanted)} texts went out within {LONGEST:.0f} s")
                time.sleep(pause)
                *lines, rest = (rest + file.read()).split(b"\n")
                for text in map(json.loads, lines):
                    if text["PhoneNumber"] in wanted:
                        found.setdefault(text["PhoneNumber"], time.time())
        return found


@contextlib.contextmanager
def deployed(*rights: str, calls: bool = False) -> Iterator[Caller]:
    """Yield a caller, whose key has these rights, of a new engine.

    Args:
        calls: whether calls can be placed.

    Raises:
        NotHere: the engine is not installed or does not start.
    """
    if not ENGINE_PYTHON.exists():
        raise processes.NotHere("the engine environment is not there (make run builds it)")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as home:
        places = Places(Path(home))
        outside = Outside(places, lambda line: None)
        outside.open()
        engine = Engine(places, free_port(), ENGINE_PYTHON, outside.mail_server)
        try:
            engine.start()
            stack = stand_up(engine, lambda line: None, connect=outside.telephones.url if calls else "")
            operator = Operator(engine, stack.artefacts.dependencies_layer_zip)
            operator.create_tenant(TENANT, "Bench", "anywhere")
            operator.run("tenant", "set", "--tenant", TENANT, "--daily-spend", "off")  # ten minutes of load are dearer
            api = Api(stack.api, operator.create_key(NewKey(TENANT, "live", TENANT, rights)))
            with outside.playing_along(lambda: Aws(engine.url), stack.outputs):
                yield Caller(places, api, operator, outside, engine.url, stack.outputs)
        except Complaint as complaint:
            raise processes.NotHere(str(complaint)) from complaint
        finally:
            engine.stop()
            outside.close()
