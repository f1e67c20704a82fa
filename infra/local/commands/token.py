"""`make token USER=…`: a personal token of a person in the local directory. There is no such command for AWS.

python -m infra.local.commands.token -- olivia@northwater.example
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

_MAKER = "infra.local.commands.token_maker"


def main(words: Sequence[str]) -> int:
    """Print the token. Returns the exit code; 1 if there is no engine or no such person."""
    email = words[-1] if words else ""
    if "@" not in email:
        print("tocsin: say whose token: make token USER=olivia@northwater.example", file=sys.stderr)
        return 1
    places = Places(chosen_home())
    try:
        engine = noted(places)["engine"]
        layer = build("host", BUILD, lambda line: None).dependencies_layer_zip
    except (Complaint, BuildFailed) as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    maker = operating(sys.executable, layer, _MAKER)
    return subprocess.run([*maker, engine, email], cwd=ROOT, env=by_the_clock_of(places), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
