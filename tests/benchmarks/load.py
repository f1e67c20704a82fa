"""Budget 22: sixty-four clients at once on the local engine: senders, pollers, readers, people in the console, events.

Each client does what it does about every two seconds, as people and programs do. Every text must arrive, none twice
without a flag, no answer may be an error of ours, and memory must not grow with time.
"""

from __future__ import annotations

import html
import http.client
import json
import random
import re
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

from infra.local.api import Answer, Api
from infra.local.aws import Aws
from tests.benchmarks.findings import Finding
from tests.benchmarks.local_engine import TENANT, Caller, deployed
from tests.benchmarks.processes import tree
from tests.benchmarks.stage import Wrong, numbers

CLIENTS = 64
PAUSE = (1.0, 3.0)
"""Seconds of thought between two calls of a client."""

MANY = 100
"""Receivers of one send in fifty."""

OWNER, PASSWORD = "olivia@bench.example", "correct horse battery"
SERVER_ERROR = 500
MUST_GROW, WARM_SHARE = 1.15, 0.3
"""Memory at the end over that after the warm-up, which is this share of the time."""


@dataclass
class Seen:
    """What the clients saw. Several threads add to it."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    sent: set[str] = field(default_factory=set)
    refs: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, seconds: float, status: int) -> None:
        with self.lock:
            self.took[what].append(seconds)
            self.statuses[status] += 1


def measure(minutes: float) -> list[Finding]:
    """Let the clients work for so long.

    Raises:
        Wrong: a text was lost.
        NotHere: the engine is not installed or does not start.
    """
    seen, memory = Seen(), []
    with deployed("canSendEvents", "canReadAlerts") as caller:
        cookie = _signed_in(caller)
        end = time.monotonic() + minutes * 60
        clients = [
            threading.Thread(target=_client, args=(caller, cookie, seen, end, random.Random(n)), daemon=True)
            for n in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        while time.monotonic() < end:
            time.sleep(5)
            memory.append(_memory(caller))
        for client in clients:
            client.join(120)
        arrived = len(caller.arrivals(seen.sent))
        copies = _copies(caller, seen.sent)
    return _findings(seen, memory, arrived, copies, minutes)


def _findings(seen: Seen, memory: list[int], arrived: int, copies: int, minutes: float) -> list[Finding]:
    calls = sum(map(len, seen.took.values()))
    warm = memory[int(len(memory) * WARM_SHARE)] if memory else 1
    errors = sum(count for status, count in seen.statuses.items() if status >= SERVER_ERROR)
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(seen.statuses.items()))
    megabytes = f"{warm / 1e6:,.0f} MB after {minutes * WARM_SHARE:.1f} min, {memory[-1] / 1e6:,.0f} at the end"
    found = [
        Finding(22, f"{CLIENTS} clients for {minutes:g} min: answers with an error of ours", [errors], must=0, aim=0, steady=True, note=f"{calls:,} calls; {statuses}"),
        Finding(22, "  texts that were lost", [len(seen.sent) - arrived], must=0, aim=0, steady=True, note=f"{arrived:,} arrived"),
        Finding(22, "  texts that arrived twice", [copies], note="each is flagged as a possible duplicate"),
        Finding(22, "  memory of the engine, end over warm", [memory[-1] / warm], "x", must=MUST_GROW, steady=True, ours=megabytes),
    ]  # fmt: skip
    for what, took in sorted(seen.took.items()):
        ordered = sorted(took)
        p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        found.append(
            Finding(
                22, f"  {what}: p50", [median(took) * 1e3], "ms", note=f"p99 {p99 * 1e3:,.0f} ms, {len(took):,} calls"
            )
        )
    return found


def _client(caller: Caller, cookie: str, seen: Seen, end: float, dice: random.Random) -> None:
    kinds: Mapping[str, Callable[[], int]] = {
        "send to one": lambda: _send(caller.api, seen, 1),
        "send to many": lambda: _send(caller.api, seen, MANY),
        "poll": lambda: _poll(caller.api).status,
        "status": lambda: _status(caller.api, seen, dice),
        "console page": lambda: _page(caller, cookie),
        "event": lambda: _event(caller.api),
    }
    weights = (30, 2, 18, 20, 15, 15)
    time.sleep(dice.uniform(0, PAUSE[1]))
    while time.monotonic() < end:
        (what,) = dice.choices(list(kinds), weights)
        began = time.monotonic()
        try:
            status = kinds[what]()
        except OSError:
            status = 599  # no answer
        seen.add(what, time.monotonic() - began, status)
        time.sleep(dice.uniform(*PAUSE))


def _send(api: Api, seen: Seen, count: int) -> int:
    with seen.lock:
        to = numbers(count)
    text = {"alertType": "sms", "tag": "t", "sender": "Tocsin", "recipients": to, "content": "Pump 7 has stopped."}
    answer = api.post("/sendalert", {"version": "latest", "clientRef": "load", "alert": [text]}, _once())
    if answer.status == http.client.OK and answer.body["success"]:
        with seen.lock:
            seen.sent.update(to)
            seen.refs.append(answer.body["alertRef"])
    return answer.status


def _once() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def _poll(api: Api) -> Answer:
    options = {"maximumItemsToReturn": 100}
    return api.post("/collectevents", {"version": "latest", "all": True, "options": options})


def _status(api: Api, seen: Seen, dice: random.Random) -> int:
    with seen.lock:
        ref = dice.choice(seen.refs[-500:]) if seen.refs else ""
    return api.get(f"/alerts/{ref}" if ref else "/alerts").status


def _event(api: Api) -> int:
    data = {
        "callId": str(uuid.uuid4()), "direction": "incoming", "status": "missed", "durationSeconds": 18, "line": "2010",
        "from": {"number": "+447700900123"}, "to": {"number": "2010"},
    }  # fmt: skip
    event = {"specversion": "1.0", "id": str(uuid.uuid4()), "source": "load", "type": "call.ended", "data": data}
    return api.post("/events", {**event, "time": datetime.now(UTC).isoformat()}).status


# --- a person in the console --------------------------------------------------------------------------------------


def _signed_in(caller: Caller) -> str:
    """Make a person who owns the account, sign them in by the form, and return their cookies."""
    caller.operator.run(
        "user", "create", "--tenant", TENANT, "--email", OWNER, "--name", "Olivia", "--role", "account_owner"
    )
    cognito = Aws(caller.engine_url).client("cognito-idp")
    pool = caller.outputs["UserPoolId"]
    cognito.admin_set_user_password(UserPoolId=pool, Username=OWNER, Password=PASSWORD, Permanent=True)
    address = f"{caller.outputs['ConsoleUrl']}/signin"
    form, page = _called("GET", address)
    token = re.search(r'name="token" value="([^"]+)"', page)
    if token is None:
        raise Wrong(f"the page of the sign-in answered {form.status}")
    typed = urlencode({"token": html.unescape(token[1]), "email": OWNER, "password": PASSWORD})
    answer, _ = _called("POST", address, typed, _cookies(form))
    if answer.status != http.client.SEE_OTHER or not _cookies(answer):
        raise Wrong(f"the sign-in answered {answer.status}")
    return _cookies(answer)


def _cookies(answer: http.client.HTTPResponse) -> str:
    cookies = [value.partition(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    return "; ".join(each for each in cookies if not each.endswith("="))


def _page(caller: Caller, cookie: str) -> int:
    return _called("GET", f"{caller.outputs['ConsoleUrl']}/alerts", cookie=cookie)[0].status


def _called(method: str, url: str, body: str | None = None, cookie: str = "") -> tuple[http.client.HTTPResponse, str]:
    """Call a page as a browser does; return the answer and its text."""
    parts = urlsplit(url)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": cookie,
        "Origin": f"{parts.scheme}://{parts.netloc}",
        "Sec-Fetch-Site": "same-origin",
    }
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        connection.request(method, parts.path, body, headers)
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()


# --- what came of it ----------------------------------------------------------------------------------------------


def _memory(caller: Caller) -> int:
    """Return the bytes in memory of the engine and its functions (Linux)."""
    pid = json.loads(caller.places.pid.read_text())["pid"]
    total = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/statm").read_text().split()
        except OSError:
            continue
        total += int(fields[1]) * 4096
    return total


def _copies(caller: Caller, sent: set[str]) -> int:
    lines: list[dict[str, Any]] = [json.loads(line) for line in caller.places.texts.read_text().splitlines()]
    counted = Counter(line["PhoneNumber"] for line in lines)
    return sum(count - 1 for number, count in counted.items() if number in sent)
