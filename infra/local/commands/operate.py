"""`make operate ARGS="…"` and `make key`: the operator's commands on the engine of `make run`.

python -m infra.local.commands.operate tenant set --tenant demo --daily-spend 5
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from infra.build import BuildFailed, build
from infra.local.commands.keys import by_the_clock_of, operating
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.places import BUILD, ROOT, Places, chosen_home
from infra.local.stack import NAME


def main(words: Sequence[str]) -> int:
    """Run `infra.operate` with the given arguments. Returns its exit code; 1 if no engine answers."""
    places = Places(chosen_home())
    try:
        engine = noted(places)["engine"]
        layer = build("host", BUILD, lambda line: None).dependencies_layer_zip
    except (Complaint, BuildFailed) as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    where = ["--local", "--endpoint-url", engine, "--stack", NAME]
    command = [*operating(sys.executable, layer), *where, *words]
    return subprocess.run(command, cwd=ROOT, env=by_the_clock_of(places), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
