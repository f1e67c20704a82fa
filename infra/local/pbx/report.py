"""`make report DATE=2026-11-29`: the reports of a day of an account in the running local engine, as text.

python -m infra.local.pbx.report --date=2026-11-29 --tenant demo [--send=1]

It starts itself again with the dependencies layer, as the operator's commands run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import date

from infra.build import BuildFailed, build
from infra.local.commands.keys import by_the_clock_of, operating
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.places import BUILD, ROOT, Places, chosen_home
from infra.local.stack import NAME

_ITSELF = "infra.local.pbx.report"


def main(words: Sequence[str]) -> int:
    """Print the reports. Returns the exit code; 1 if there is no engine, no such account, or no such day."""
    parser = argparse.ArgumentParser(prog="make report", description=__doc__)
    parser.add_argument("--date", default="", help="a day like 2026-11-29; without it yesterday")
    parser.add_argument("--tenant", default="demo")
    parser.add_argument("--send", default="", help="1: mail them too, each once, to those who want them")
    parser.add_argument("--engine", default="", help=argparse.SUPPRESS)
    args = parser.parse_args(words)
    try:
        day = date.fromisoformat(args.date) if args.date else None
    except ValueError:
        return _complaint("say which day: make report DATE=2026-11-29")
    if args.engine:
        return _print(args.engine, args.tenant, day, send=args.send == "1")
    places = Places(chosen_home())
    try:
        engine = noted(places)["engine"]
        layer = build("host", BUILD, lambda line: None).dependencies_layer_zip
    except (Complaint, BuildFailed) as complaint:
        return _complaint(str(complaint))
    again = [*operating(sys.executable, layer, _ITSELF), *words, f"--engine={engine}"]
    return subprocess.run(again, cwd=ROOT, env=by_the_clock_of(places), check=False).returncode


def _print(engine: str, account: str, day: date | None, *, send: bool) -> int:
    from infra.operator.context import queues_of
    from infra.operator.stack import clients_of, found_stack
    from tocsin.bootstrap.reports.use_cases import ReportUseCases
    from tocsin.bootstrap.storage import Storage, StoreClients
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.reports.application.read_reports import DayState
    from tocsin.reports.domain.written_report import as_text

    clients, tenant = clients_of(None, engine), TenantId(account)
    stack = found_stack(NAME, clients)
    stores, names = StoreClients(clients("dynamodb"), clients("kms"), clients("s3")), stack.outputs
    storage = Storage(stores, table_name=names["TableName"], key_id=names["KeyId"], bucket_name=names["BucketName"])
    if storage.tenants.get(tenant) is None:
        return _complaint(f"there is no account {account}")
    use = ReportUseCases(storage)
    shown = use.read(tenant, day)
    for report in shown.reports:
        print(as_text(report))
    if shown.state is not DayState.COMPLETE:
        print(
            {
                DayState.TO_COME: "This day is to come.",
                DayState.UNTIL_NOW: "The reports of this day are not due yet: these are the figures until now.",
                DayState.TOO_MANY: "This day has more events than can be counted while you wait.",
                DayState.FORGOTTEN: f"Figures can be read since {shown.first}.",
            }[shown.state],
            "Nothing is mailed.",
        )
    elif send and (counted := use.read.counted(tenant, shown.day)) is not None:
        use.tell(queues_of(stack, clients), service="report", console=stack.console).tell(counted)
        print("Mailed to those who want them; each report of a day is mailed once.")
    return 0


def _complaint(text: str) -> int:
    print(f"tocsin: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
