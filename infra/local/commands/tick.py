"""`make tick BY=7d`: move the clock of the running local engine forward, and let happen what becomes due. ADR 0141.

python -m infra.local.commands.tick -- 7d
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Sequence

from infra.build import BuildFailed, build
from infra.local.clock import span_of
from infra.local.commands.keys import by_the_clock_of, operating
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.places import BUILD, ROOT, Places, chosen_home

_MOVER = "infra.local.commands.tick_mover"


def main(words: Sequence[str]) -> int:
    """Move the clock. Returns the exit code; 1 if it was not moved, or workers stay busy."""
    places = Places(chosen_home())
    try:
        span_of(words[-1] if words else "")
        engine = noted(places)["engine"]
        layer = build("host", BUILD, lambda line: None).dependencies_layer_zip
        with places.clock.with_suffix(".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Complaint("another make tick moves the clock") from error
            mover = operating(sys.executable, layer, _MOVER)
            return subprocess.run(
                [*mover, engine, words[-1]], cwd=ROOT, env=by_the_clock_of(places), check=False
            ).returncode
    except (Complaint, BuildFailed) as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
