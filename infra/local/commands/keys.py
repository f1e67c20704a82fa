"""Creates tenants and API keys as an operator does: by `infra.operate`, on the local engine.

The engine's environment lacks the packages of the layers. So `infra.operate` runs with the built dependencies layer and
the code of the core layer at the end of the path; a package of the environment comes first.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.complaint import Complaint
from infra.local.engine import Engine
from infra.local.places import ROOT, Places
from infra.local.pointer_layer import unpacked
from infra.local.stack import NAME

_WITH_THE_LAYERS_BEHIND = """
import runpy, sys
sys.path += [sys.argv.pop(1), sys.argv.pop(1)]
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


CORE = ROOT / "layers" / "core"


def operating(python: str | Path, layer: Path, module: str = "infra.operate") -> list[str]:
    """Return the command line of the operator's commands, to which arguments are appended.

    Args:
        layer: the built dependencies layer, for this machine.
        module: what runs.
    """
    return [str(python), "-c", _WITH_THE_LAYERS_BEHIND, str(unpacked(layer)), str(CORE), module]


def by_the_clock_of(places: Places) -> Mapping[str, str]:
    """Return the environment in which such a command goes by the engine's clock."""
    return os.environ | {"CLOCK_FILE": str(places.clock)}


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to create. `kind`: live or sandbox. `rights`: their names in the API."""

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
        """Create a tenant. No effect if the tenant exists."""
        self.run("tenant", "create", "--tenant", tenant, "--name", name, "--country", country)

    def create_key(self, key: NewKey) -> str:
        """Create a key and return its token. No other command shows the token."""
        rights = [word for right in key.rights for word in ("--right", right)]
        return self.run(
            "key", "create", "--tenant", key.tenant, "--kind", key.kind, "--name", key.name, *rights
        ).strip()

    def give_number(self, tenant: str, token: str, number: str) -> None:
        """Assign a two-way number to the key of `token`. No effect if it is assigned already."""
        key_id = token.split("_")[3]
        self.run("number", "add", "--tenant", tenant, "--key", key_id, "--number", number)

    def token_of(self, email: str) -> str:
        """Return a personal token of a person. Raises Complaint."""
        return self._run("infra.local.commands.token_maker", self._engine.url, email).strip()

    def run(self, *words: str) -> str:
        """Run a command of `infra.operate` and return its output.

        Raises:
            Complaint: the command failed; the text has the reason.
        """
        return self._run("infra.operate", "--endpoint-url", self._engine.url, "--stack", NAME, *words)

    def _run(self, module: str, *words: str) -> str:
        command = [*operating(self._engine.python, self._layer, module), *words]
        environ = by_the_clock_of(self._engine.places)
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["no output"]
            raise Complaint(f"{module} {' '.join(words)}: {said[-1]}")
        return done.stdout
