"""Makes tenants and API keys the way an operator does: by `infra.operate`, on an engine of this machine.

    python -m infra.local.keys [--tenant demo] [--kind live] [--name …] …     a new key in the engine of `make run`

The engine's environment has none of the packages our code imports, so the operator runs with the built dependencies
layer behind it on the path; where both have a package the environment's own is used.
"""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.build import BuildFailed, build
from infra.local.complaint import Complaint
from infra.local.engine import Engine
from infra.local.places import BUILD, ROOT, Places, chosen_home, chosen_port
from infra.local.pointer_layer import unpacked
from infra.local.stack import NAME

_WITH_THE_LAYER_BEHIND = """
import runpy, sys
sys.path.append(sys.argv.pop(1))
runpy.run_module("infra.operate", run_name="__main__", alter_sys=True)
"""

DEFAULTS = {"--tenant": "demo", "--kind": "live", "--name": "made by make key"}


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key is to be. `kind` is live or sandbox, `rights` are the wire's names."""

    tenant: str
    kind: str
    name: str
    rights: Sequence[str] = ()


class Operator:
    """Runs the operator's commands on one engine.

    Args:
        engine: its interpreter runs the commands.
        layer: the built dependencies layer.
    """

    def __init__(self, engine: Engine, layer: Path) -> None:
        self._engine = engine
        self._layer = layer

    def create_tenant(self, tenant: str, name: str, country: str) -> None:
        """Make a tenant; harmless if it is there."""
        self.run("tenant", "create", "--tenant", tenant, "--name", name, "--country", country)

    def create_key(self, key: NewKey) -> str:
        """Create a key and return its token, which nothing can show again."""
        rights = [word for right in key.rights for word in ("--right", right)]
        return self.run(
            "key", "create", "--tenant", key.tenant, "--kind", key.kind, "--name", key.name, *rights
        ).strip()

    def run(self, *words: str) -> str:
        """Run a command of `infra.operate` and return what it prints.

        Raises:
            Complaint: it was refused; says why.
        """
        command = [str(self._engine.python), "-c", _WITH_THE_LAYER_BEHIND, str(unpacked(self._layer))]
        command += ["--endpoint-url", self._engine.url, "--stack", NAME, *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            raise Complaint(f"{' '.join(words[:2])}: {said[-1]}")
        return done.stdout


def main(words: Sequence[str]) -> int:
    """Create a key as the words say and print its token. Returns the exit code."""
    given = list(words)
    for option, value in DEFAULTS.items():
        if option not in given and not any(word.startswith(f"{option}=") for word in given):
            given += [option, value]
    try:
        engine = Engine(Places(chosen_home()), chosen_port())
        try:
            urllib.request.urlopen(f"{engine.url}/_ministack/health", timeout=5).close()
        except urllib.error.URLError as error:
            raise Complaint(f"no engine answers on {engine.url}: start it with make run") from error
        layer = build("host", BUILD, lambda line: None).dependencies_layer_zip
        print(Operator(engine, layer).run("key", "create", *given), end="")
    except (Complaint, BuildFailed) as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
