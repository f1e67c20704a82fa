"""`make report DATE=2026-11-29`: the reports of a day of an account in the running local engine, as text.

python -m infra.local.commands.report --date=2026-11-29 --tenant demo [--send]
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

_PRINTER = "infra.local.commands.report_printer"


def main(words: Sequence[str]) -> int:
    """Print the reports. Returns the exit code; 1 if there is no engine, or no such account."""
    places = Places(chosen_home())
    try:
        engine = noted(places)["engine"]
        layer = build("host", BUILD, lambda line: None).dependencies_layer_zip
    except (Complaint, BuildFailed) as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    printer = operating(sys.executable, layer, _PRINTER)
    return subprocess.run([*printer, engine, *words], cwd=ROOT, env=by_the_clock_of(places), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
