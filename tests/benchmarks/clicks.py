"""Budget 10: what a short link costs: calls, request units and CPU of a visit, and of a press of the page's button.

    python -m tests.benchmarks.clicks     one alert with a short link for everybody, followed by people and machines

The function is the one that is shipped, called in-process with API Gateway's events, on DynamoDB Local. CPU is taken
in runs without recording, calls and units in one with it.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from tests.benchmarks import ours, processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.prices import PRICES
from tests.benchmarks.recording import Record, recording
from tests.benchmarks.stage import TABLE, Stage, client, numbers, only_set, request

LINKS = 300
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
MACHINE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
TOO_SOON_IS_OVER = 2.5
"""Seconds after the hand-over from which a visit may be a person's."""


def measure(stage: Stage, rounds: int) -> list[Finding]:
    """Count and time both kinds of visits in a child of its own."""
    told = [_child(stage) for _ in range(rounds)]
    found = []
    for who, calls, units in (
        ("a press, first time", 6, 8),
        ("a press again", 6, 8),
        ("a visit", 5, 3),
        ("a machine", 4, 3),
    ):
        runs = [run[who] for run in told]
        made_of = ", ".join(f"{call} {count:g}" for call, count in sorted(runs[0]["by_call"].items()))
        dollars = runs[0]["writes"] * PRICES["WRU"] + runs[0]["reads"] * PRICES["RRU"]
        found += [
            Finding(10, f"click by {who}: calls", [run["calls"] for run in runs], must=calls, steady=True, note=made_of),
            Finding(
                10, "  write units", [run["writes"] for run in runs], must=units, steady=True,
                note=f"read units {runs[0]['reads']:.2f}; DynamoDB ${dollars:.2f} a million",
            ),
            Finding(10, "  CPU per request", [run["cpu"] * 1e3 for run in runs], "ms", must=5, aim=2),
        ]  # fmt: skip
    return found


def _child(stage: Stage) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.clicks"],
        env=only_set({**os.environ, **stage.environment, "BENCH_TOKEN": stage.token}),
        cwd=processes.ROOT,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# --- the child ----------------------------------------------------------------------------------------------------


def _codes() -> list[str]:
    """Send a link to everybody and return the codes, as the table has them."""
    token = os.environ["BENCH_TOKEN"]
    api, worker = importlib.import_module("alerts_api.app").app, importlib.import_module("dispatch_sms.app")
    body = request(numbers(LINKS), token)
    body["alert"][0] |= {
        "content": "Line 7 is down. Are you coming? {shortlink}",
        "lookups": {"shortlink": {"reference": "line-7", "url": "https://www.example.org/line7", "confirm": True}},
    }
    told = ours.call(api, "POST", "/sendalert", json.dumps(body), token)
    assert told["status"] == 200, told["body"]
    ref = json.loads(told["body"])["alertRef"]
    for queue, batch in (("SMS_URGENT_QUEUE_URL", 4), ("SMS_BULK_QUEUE_URL", 10)):
        while ours.poll_once(worker, worker.clients.sqs, os.environ[queue], batch):
            pass
    dynamodb = client("dynamodb", os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=TABLE,
        FilterExpression="begins_with(pk, :links) AND alert = :alert",
        ExpressionAttributeValues={":links": {"S": "L#"}, ":alert": {"S": ref}},
    )
    return [row["pk"]["S"].removeprefix("L#") for page in pages for row in page["Items"]]


def _ask(app: Any, code: str, agent: str, token: str | None = None) -> tuple[float, str]:
    """Visit a link, or press the button of its page; return the CPU seconds it took, and the token of the page."""
    method, body = ("GET", None) if token is None else ("POST", f"token={token}")
    event = ours.rest_event(method, "/l/{code}", body, None, {"code": code})
    event["headers"] |= {"User-Agent": agent}
    event["multiValueHeaders"] |= {"User-Agent": [agent]}
    began = time.process_time()
    response = app(event, None)
    took = time.process_time() - began
    assert response["statusCode"] in (200, 303), response
    found = re.search(r'name="token" value="([^"]+)"', response["body"])
    return took, found[1] if found else ""


def _costs(visit: Callable[[str], float], counted: Sequence[str], timed: Sequence[str]) -> Mapping[str, Any]:
    """Return calls and units per visit of `counted`, and the median CPU of one of `timed`."""
    cpu = [visit(code) for code in timed]
    with recording() as record:
        for code in counted:
            visit(code)
        return _of(record, len(counted)) | {"cpu": median(cpu)}


def _of(record: Record, visits: int) -> dict[str, Any]:
    return {
        "calls": sum(record.calls.values()) / visits,
        "by_call": {call: count / visits for call, count in record.calls.items()},
        "writes": record.writes / visits,
        "reads": record.reads / visits,
    }


def main() -> dict[str, Any]:
    """Send, wait until people may come, and let both kinds come."""
    # What Lambda would take as the log is formatted and written all the same, only nobody reads it.
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    codes = _codes()
    assert len(codes) == LINKS
    app = importlib.import_module("links.app").app
    time.sleep(TOO_SOON_IS_OVER)
    for code in codes[:20]:
        _ask(app, code, MACHINE)
    people, timed = codes[20:60], codes[60:]
    told = {
        "a machine": _costs(lambda code: _ask(app, code, MACHINE)[0], people, timed),
        "a visit": _costs(lambda code: _ask(app, code, PHONE)[0], people, timed),
    }
    # A press at once is asked for once more; the second page's button counts, however many links one phone presses.
    tokens = {code: _ask(app, code, PHONE, _ask(app, code, PHONE)[1])[1] for code in codes[20:]}

    def press(code: str) -> float:
        took, token = _ask(app, code, PHONE, tokens[code])
        assert not token
        return took

    told |= {"a press, first time": _costs(press, people, timed), "a press again": _costs(press, people, timed)}
    os.dup2(out, 1)
    return told


if __name__ == "__main__":
    print("\n" + json.dumps(main()))
