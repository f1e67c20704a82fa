"""Budget 26: a text and a mail to each of 500 people, with their own values, a short link and a callback of each result,
beside a Celery job that renders, signs and posts the same.

One round is: Celery, ours, ours, Celery. A rate counts from the POST to the last callback, and only if every person got
one text and one mail, the client was told of each once, and the final status of each is stored.
"""

from __future__ import annotations

import contextlib
import email.policy
import json
import re
import time
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any
from urllib.parse import parse_qs

from tests.benchmarks import processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.peers import CHANNELS, CeleryStack, celery_stack
from tests.benchmarks.stage import (
    BULK_BATCH,
    CALLBACK_BATCH,
    TABLE,
    Api,
    Stage,
    Worker,
    Wrong,
    api,
    numbers,
    workers,
)
from tocsin.bootstrap.storage import Storage, StoreClients

PEOPLE = 500
REQUESTS = 4 * PEOPLE
"""Texts, mails, and a callback for each of both."""

LANES = {"SMS_BULK": BULK_BATCH, "EMAIL_BULK": BULK_BATCH, "WEBHOOK": CALLBACK_BATCH}
FIRST_LANES = {"WEBHOOK_SLOW": CALLBACK_BATCH}
"""An endpoint that has not answered yet is in the slow lane."""

SUBJECT = "Line 7 is down, {firstname}"
TEXT = "Dear {firstname}, line 7 in {site} is down since 09:41. Next news by 10:30. I come: {shortlink}"
MAIL = "\r\n".join(
    [
        "Dear {firstname},",
        "",
        "line 7 in {site} is down since 09:41. The engineers of {team} are on the way.",
        *("Calls of this site go by the second line until then, as they did in spring. " * 2 for _ in range(4)),
        "",
        "Press here if you come, too: {shortlink}",
    ]
)
ONWARD = "https://www.example.org/line7"


@dataclass
class _Runs:
    """Rates in people per second, and CPU seconds per person."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    engines: list[float] = field(default_factory=list)
    handlers: list[float] = field(default_factory=list)

    def add(self, rate: float, cpu: float, engines: float, handlers: float = 0) -> None:
        self.rates.append(rate)
        self.cpu.append(cpu)
        self.engines.append(engines)
        self.handlers.append(handlers)


class _Open:
    """Tells whether packs or deliveries of callbacks are open."""

    def __init__(self, stage: Stage) -> None:
        clients = StoreClients(stage.client("dynamodb"), stage.client("kms"))
        storage = Storage(clients, table_name=TABLE, key_id=stage.key_id)
        self._lists = (storage.callback_packs.due, storage.webhook_deliveries.due)
        self._clock = storage.clock

    def await_none(self, seconds: float = 20) -> None:
        """Wait until every callback is concluded. Raises Wrong: some are not within `seconds`."""
        end = time.monotonic() + seconds
        while any(due(self._clock() + timedelta(days=8), 1) for due in self._lists):
            if time.monotonic() > end:
                raise Wrong(f"callbacks are not concluded {seconds:.0f} s after the last one")
            time.sleep(0.05)


@dataclass
class _Ours:
    """Our accepting process and our workers, each of which works off all queues."""

    stage: Stage
    api: Api
    crew: Sequence[Worker]
    open: _Open

    def cpu(self) -> float:
        pids = [self.api.process.pid, *(worker.process.pid for worker in self.crew)]
        return sum(processes.cpu_seconds(pid) for pid in pids)

    def run(self, runs: _Runs | None = None) -> None:
        """Send one alert and check everything about it."""
        self.stage.reset()
        for worker in self.crew:
            worker.drain()
        cpu, engines = self.cpu(), self.stage.engine_cpu()
        sent = self.api.send_body(_request(self.stage, self.api.token))
        counts = self.stage.await_distinct(REQUESTS, 60)
        self.api.await_counts(sent["ref"], {"sent": 2 * PEOPLE})
        self.open.await_none()
        cpu, engines = self.cpu() - cpu, self.stage.engine_cpu() - engines
        _once(self.stage)
        if runs is not None:
            batches = [batch for worker in self.crew for batch in worker.drain()]
            handlers = sum(batch["cpu"] for batch in batches) + sent["cpu"]
            runs.add(PEOPLE / (counts["last"] - sent["started"]), cpu / PEOPLE, engines / PEOPLE, handlers / PEOPLE)


def measure(stage: Stage, rounds: int) -> list[Finding]:
    """Run the rounds and return what they came to."""
    ours, peer = _Runs(), _Runs()
    egress = {"OPEN_EGRESS": "true"}  # the receiver of callbacks is on this machine
    with contextlib.ExitStack() as stack:
        accepting = stack.enter_context(api(stage, **egress))
        crew = [stack.enter_context(workers(stage, LANES, **egress)) for _ in "12"]
        us = _Ours(stage, accepting, crew, _Open(stage))
        they = stack.enter_context(celery_stack(stage, CHANNELS))
        with workers(stage, FIRST_LANES, **egress):
            us.run()
        for _ in range(2):
            us.run()
            _celery(they)
        for _ in range(rounds):
            _celery(they, peer)
            us.run(ours)
            us.run(ours)
            _celery(they, peer)
    return _findings(ours, peer)


def _celery(they: CeleryStack, runs: _Runs | None = None) -> None:
    they.stage.reset()
    cpu, engine = they.cpu(), they.engine_cpu()
    started = they.post(_peers_request(they.stage))
    counts = they.stage.await_distinct(REQUESTS, 120)
    they.check(b"told")
    cpu, engine = they.cpu() - cpu, they.engine_cpu() - engine
    _once(they.stage)
    if runs is not None:
        runs.add(PEOPLE / (counts["last"] - started), cpu / PEOPLE, engine / PEOPLE)


def _contacts() -> list[dict[str, Any]]:
    return [
        {
            "id": f"c{n}",
            "sms": number,
            "email": f"p{number[1:]}@example.org",
            "lookups": {"firstname": f"Ana {n}", "site": f"building {n % 7}", "team": f"shift {n % 3}"},
        }
        for n, number in enumerate(numbers(PEOPLE))
    ]


def _request(stage: Stage, token: str) -> dict[str, Any]:
    lookups = {"shortlink": {"reference": "line-7", "url": ONWARD, "confirm": True}}
    everybody = {"contactSets": ["all"], "lookups": lookups}
    return {
        "version": "latest",
        "apiKey": token,
        "clientRef": "bench",
        "contactGroup": {"inlineContactGroup": {"contacts": _contacts()}},
        "options": {"notification": "callback", "callbackURL": _hook(stage)},
        "alert": [
            {"alertType": "sms", "tag": "sms", "sender": "Tocsin", "content": TEXT, **everybody},
            {"alertType": "email", "tag": "mail", "subject": SUBJECT, "content": MAIL, **everybody},
        ],
    }


def _peers_request(stage: Stage) -> dict[str, Any]:
    said = {"text": TEXT, "subject": SUBJECT, "mail": MAIL}
    alert = {name: text.replace("{", "{{ ").replace("}", " }}") for name, text in said.items()}
    return {"contacts": _contacts(), "alert": {**alert, "url": ONWARD, "callback": _hook(stage)}}


def _hook(stage: Stage) -> str:
    return f"{stage.stub}/hook"


def _once(stage: Stage) -> None:
    """Raise Wrong unless each got one text and one mail with their own values, and the client was told of each once."""
    counts = stage.counts()
    wanted = {"sms": PEOPLE, "mail": PEOPLE, "hook": 2 * PEOPLE}
    if (counts["kinds"], counts["distinct"], counts["told"]) != (wanted, REQUESTS, 2 * PEOPLE):
        raise Wrong(f"{PEOPLE} people, but the receivers got {counts}")
    for said in _latest(stage):
        if not re.search(r"Ana \d+,.* in building \d.*https://l\.invalid/l/[\w-]+", said, re.DOTALL):
            raise Wrong("a message has no values of its receiver, or no short link")


def _latest(stage: Stage) -> tuple[str, str]:
    """Return the text and the body of the mail that arrived last."""
    text = parse_qs(stage.last("sms"))["Message"][0]
    raw = b64decode(json.loads(stage.last("mail"))["Content"]["Raw"]["Data"])
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    return text, mail.get_content()


def _findings(ours: _Runs, peer: _Runs) -> list[Finding]:
    rate, cpu, engine = median(peer.rates), median(peer.cpu), median(peer.engines)
    our_cpu, our_engines = median(ours.cpu), median(ours.engines)
    return [
        Finding(
            26, f"{PEOPLE} × text and mail, POST to last callback, over Celery", [one / rate for one in ours.rates], "x",
            must=3, at_least=True,
            ours=f"{median(ours.rates):,.0f} people/s", peer=f"Celery+Redis {rate:,.0f}",
            note="each with values of the person's own, a short link, and a signed callback of its result",
        ),
        Finding(
            26, "  CPU of the processes, over Celery's", [one / cpu for one in ours.cpu], "x",
            ours=f"{our_cpu * 1e3:,.1f} ms/person", peer=f"Celery {cpu * 1e3:,.1f}",
            note=f"in the handlers (what Lambda bills) {median(ours.handlers) * 1e3:,.1f} ms/person",
        ),
        Finding(
            26, "  CPU of the stores, over Redis", [one / engine for one in ours.engines], "x",
            ours=f"{our_engines * 1e3:,.1f} ms/person", peer=f"Redis {engine * 1e3:,.1f}",
            note="DynamoDB Local and the queues' engine take every step as a request of its own; Redis takes commands",
        ),
    ]  # fmt: skip
