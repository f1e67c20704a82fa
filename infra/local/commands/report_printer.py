"""Prints the reports for `report.py`. It runs with the dependencies layer, and on the local engine only."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from infra.local.stack import NAME
from infra.operator.context import queues_of
from infra.operator.stack import clients_of, found_stack
from tocsin.bootstrap.reports.use_cases import ReportUseCases
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.kernel.domain.ids import TenantId
from tocsin.reports.domain.written_report import as_text


def main(words: Sequence[str]) -> int:
    """Print the four reports of a day, and mail them to those who want them if that is asked. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make report")
    parser.add_argument("engine")
    parser.add_argument("--date", default="", help="a day like 2026-11-29; without it yesterday")
    parser.add_argument("--tenant", default="demo")
    parser.add_argument("--send", default="", help="1: mail them too, each once")
    args = parser.parse_args(words)
    clients = clients_of(None, args.engine)
    stack = found_stack(NAME, clients)
    stores = StoreClients(clients("dynamodb"), clients("kms"), clients("s3"))
    names = stack.outputs
    storage = Storage(stores, table_name=names["TableName"], key_id=names["KeyId"], bucket_name=names["BucketName"])
    tenant = TenantId(args.tenant)
    if storage.tenants.get(tenant) is None:
        print(f"tocsin: there is no account {tenant}", file=sys.stderr)
        return 1
    use = ReportUseCases(storage)
    try:
        day = date.fromisoformat(args.date) if args.date else None
    except ValueError:
        print("tocsin: say which day: make report DATE=2026-11-29", file=sys.stderr)
        return 1
    shown = use.read(tenant, day)
    for report in shown.reports:
        print(as_text(report))
    if not shown.complete:
        print("The reports of this day are not due yet: these are the figures until now, and nothing is mailed.")
    elif args.send == "1" and (counted := use.read.counted(tenant, shown.day)) is not None:
        use.tell(queues_of(stack, clients), service="report").tell(counted)
        print("Mailed to those who want them; each report of a day is mailed once.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
