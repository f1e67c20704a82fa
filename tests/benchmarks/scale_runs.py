"""Real runs whose statements `scale.py` scales up: on DynamoDB Local, by the functions that are shipped.

    python -m tests.benchmarks.scale_runs     (run by `scale.py` in a child; prints JSON)

Each phase says what was called, and which partition of the table or an index took how many request units.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.provider_events import inbound_text, notification, text_event
from tests.benchmarks import ours
from tests.benchmarks.partitions import pattern
from tests.benchmarks.recording import Record, recording
from tests.benchmarks.stage import EVENTS_BATCH, REGION, SMS_TOPIC, TENANT, client, numbers, request
from tocsin.alerts.domain.alert import Alert
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process.clock import utc_now
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.responses.domain.two_way import TwoWayNumber

MANY = 10_000
ANSWERS, EVENTS, MATCHES, SCHEDULES = 20, 500, 20, 5
OURS = "+447700900060"
TEXTS_TOPIC = f"arn:aws:sns:{REGION}:000000000000:sms-inbound"
SOON = timedelta(minutes=10)

Phase = Mapping[str, Any]


class Runs:
    """The functions, and what each phase asked of AWS."""

    def __init__(self) -> None:
        self.api: Any = importlib.import_module("alerts_api.app")
        self.texts: Any = importlib.import_module("dispatch_sms.app")
        self.receipts: Any = importlib.import_module("track_events.app")
        self.answers: Any = importlib.import_module("receive_texts.app")
        self.timers: Any = importlib.import_module("run_timers.app")
        self.ingest: Any = importlib.import_module("ingest_events.app")
        self.acts: Any = importlib.import_module("act_on_events.app")
        self.sqs = self.texts.clients.sqs
        self.topic = client("sqs", os.environ["AWS_ENDPOINT_URL"])  # puts what providers publish, and is not counted
        self.token = os.environ["BENCH_TOKEN"]
        storage = self.texts.storage
        (key,) = storage.api_keys.list(TenantId(TENANT))
        storage.two_way_numbers.add(TwoWayNumber(OURS, key.tenant, key.id))
        storage.limit_settings.set(
            key.tenant, SendingLimits(daily_spend=10**12)
        )  # the others are those of a new account

    def send(self, size: int, **more: Any) -> str:
        body = request(numbers(size), self.token)
        body["alert"][0]["sender"] = OURS
        return str(self.post("/sendalert", {**body, **more})["alertRef"])

    def post(self, path: str, body: Any) -> Mapping[str, Any]:
        told = ours.call(self.api.app, "POST", path, json.dumps(body), self.token)
        assert told["status"] == 200, told["body"][:500]
        answer: Mapping[str, Any] = json.loads(told["body"])
        return answer

    def work(self, app: Any, queue: str, batch: int, record: Record) -> int:
        """Work a queue off; returns the number of invocations. The last look, which is idleness, is not counted."""
        invocations = 0
        while told := ours.poll_once(app, self.sqs, os.environ[queue], batch):
            assert not told["failed"], queue
            invocations += 1
        record.calls["AmazonSQS.ReceiveMessage"] -= 1
        return invocations

    def dispatch(self, record: Record) -> int:
        lanes = (("SMS_URGENT_QUEUE_URL", 4), ("SMS_BULK_QUEUE_URL", 10))
        return sum(self.work(self.texts, queue, batch, record) for queue, batch in lanes)

    def put(self, queue: str, bodies: list[str]) -> None:
        for first in range(0, len(bodies), 10):
            entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[first : first + 10])]
            self.topic.send_message_batch(QueueUrl=os.environ[queue], Entries=entries)

    def alert(self, ref: str) -> Alert:
        alert = self.texts.storage.alerts.get(TenantId(TENANT), AlertRef(ref))
        assert isinstance(alert, Alert)
        return alert

    def report(self, ref: str, record: Record) -> int:
        """Let the provider report each text of an alert as delivered."""
        now, alert = utc_now(), self.alert(ref)
        ids = [MessageId(batch.key, position, 1) for batch in alert.batches() for position in batch.positions]
        events = [text_event("TEXT_DELIVERED", str(id), "+447700900001", now) for id in ids]
        self.put("EVENTS_QUEUE_URL", [notification(SMS_TOPIC, event, now) for event in events])
        return self.work(self.receipts, "EVENTS_QUEUE_URL", EVENTS_BATCH, record)

    # --- the runs -----------------------------------------------------------------------------------------------------

    def all(self) -> Iterator[tuple[str, Phase]]:
        """Do every run; yields each phase by name."""
        with recording() as record:
            self.report(self._sent(25, record), record)  # keys, connections and caches are warm now
            yield from self._alert("broadcast", MANY, record)
            yield from self._alert("one", 1, record)
            yield "answer", self._answers(record)
            yield from self._schedules(record)
            yield from self._events(record)

    def _sent(self, size: int, record: Record) -> str:
        ref = self.send(size)
        self.dispatch(record)
        return ref

    def _alert(self, name: str, size: int, record: Record) -> Iterator[tuple[str, Phase]]:
        phase(record)
        ref = self.send(size)
        yield f"{name}, accepted", phase(record, invocations=1)
        invocations = self.dispatch(record)
        yield f"{name}, sent", phase(record, size, invocations)
        invocations = self.report(ref, record)
        yield f"{name}, receipts", phase(record, size, invocations)
        asked = {"version": "latest", "apiKey": self.token, "all": True, "options": {"maximumItemsToReturn": 100}}
        collects = 1
        while self.post("/collectevents", asked)["events"]:
            collects += 1
        yield f"{name}, collected", phase(record, size, collects)

    def _answers(self, record: Record) -> Phase:
        """Let people answer an alert that escalates until more have answered than will."""
        people = numbers(2 * ANSWERS)
        body = request(people, self.token)
        body["alert"][0]["sender"] = OURS
        step = {"after": "30m", "alert": [{**body["alert"][0], "content": "Line 7 is still down."}]}
        body["escalation"] = {"steps": [step], "stopWhen": {"count": 2 * ANSWERS}}
        ref = self.post("/sendalert", body)["alertRef"]
        self.dispatch(record)
        phase(record)
        now = utc_now() + timedelta(seconds=1)
        texts = [inbound_text(people[n], OURS, "on my way", f"in-{ref}-{n}") for n in range(ANSWERS)]
        self.put("TEXTS_QUEUE_URL", [notification(TEXTS_TOPIC, text, now) for text in texts])
        invocations = self.work(self.answers, "TEXTS_QUEUE_URL", 10, record)
        return phase(record, ANSWERS, invocations)

    def _schedules(self, record: Record) -> Iterator[tuple[str, Phase]]:
        from run_timers.handler import timer_worker
        from tocsin.kernel.domain.ids import ApiKeyId
        from tocsin.schedules.domain.schedule import ScheduleId
        from tocsin.timers.domain.timer import TimerKind, encode

        run = ours.timers_ahead(self.timers, TimerKind.SCHEDULE, SOON + timedelta(seconds=1))
        worker, key = timer_worker("bench", run), ApiKeyId(self.token.split("_")[3])
        when = {"start": "now", "delay": "10m", "repeat": "1d", "end": "2099-01-01T00:00:00Z"}
        phase(record)
        made = [self._scheduled(when) for _ in range(SCHEDULES)]
        yield "schedule made", phase(record, SCHEDULES, SCHEDULES)
        timers = [self.timers.storage.schedules.get(TenantId(TENANT), key, ScheduleId(id)).timer for id in made]
        phase(record)
        for timer in timers:
            order = {"MessageId": "m", "ReceiptHandle": "", "Body": encode(timer), "MD5OfBody": ""}
            assert not worker(ours.sqs_event([order]), ours.Context())["batchItemFailures"]
        yield "schedule run", phase(record, SCHEDULES, SCHEDULES)
        for id in made:
            self.post("/cancelscheduledalert", {"version": "latest", "apiKey": self.token, "scheduledAlertId": id})
        self.dispatch(record)

    def _scheduled(self, when: Mapping[str, str]) -> str:
        body = request(numbers(1), self.token)
        body["options"]["schedule"] = when
        return str(self.post("/sendalert", body)["scheduleId"])

    def _events(self, record: Record) -> Iterator[tuple[str, Phase]]:
        take, tenant = self.ingest.use.take_events, TenantId(TENANT)
        take(tenant, {}, [a_call("first")])
        phase(record)
        take(tenant, {}, [a_call(f"n{n}") for n in range(EVENTS)])
        yield "event that matches nothing", phase(record, EVENTS, 1)
        make_rule(self.acts.storage.alert_rules, "missed")
        importlib.reload(self.ingest)  # a new process, which knows the rule at once
        phase(record)
        answer = self.ingest.use.take_events(tenant, {}, [a_call(f"m{n}", line="2011") for n in range(MATCHES)])
        assert answer.body()["accepted"] == MATCHES
        yield "event that matches, taken", phase(record, MATCHES, 1)
        invocations = self.work(self.acts, "EVENTS_OWED_QUEUE_URL", 10, record)
        yield "event that matches, acted on", phase(record, MATCHES, invocations)
        self.dispatch(record)


def make_rule(alert_rules: Any, status: str) -> str:
    """Make a rule that texts one phone about calls with a status; returns its id. New processes know it at once."""
    from tocsin.alert_rules.domain.actions import SmsAction
    from tocsin.alert_rules.domain.rule import AlertRule
    from tocsin.alert_rules.domain.triggers import FilterName, RuleTrigger, RuleType, TriggerFilters
    from tocsin.alert_rules.ports.rules import RuleChange
    from tocsin.audit.domain.actor import Actor, ActorKind, Via
    from tocsin.audit.domain.entry import AuditEntry, Thing
    from tocsin.kernel.domain.ids import UserId, time_ordered_uuid

    now = utc_now() - timedelta(minutes=1)
    id = time_ordered_uuid(now, b"scale rule")
    trigger = RuleTrigger("t1", TriggerFilters({FilterName.STATUSES: frozenset({status})}))
    text = SmsAction(id="n1", sender=OURS, to=(numbers(1)[0],))
    rule = AlertRule(
        tenant=TenantId(TENANT), id=id, name="Missed", type=RuleType.CALL, owner=UserId("u1"), created_at=now,
        counts_from=now, triggers=(trigger,), actions=(text,),
    )  # fmt: skip
    who = Actor(ActorKind.OPERATOR, "operator", "")
    entry = AuditEntry(TenantId(TENANT), id, now, who, Via.API, "rule.created", Thing("rule", id))
    alert_rules.commit(RuleChange(None, rule, entry))
    return id


def phase(record: Record, times: int = 1, invocations: int = 0) -> Phase:
    """Return what was asked since the last phase, and forget it."""
    parts = record.partitions
    told = {
        "times": times,
        "invocations": invocations,
        "calls": {call: count for call, count in sorted(record.calls.items()) if count},
        "writes": record.writes,
        "reads": record.reads,
        "written": _by_pattern(parts.writes),
        "read": _by_pattern(parts.reads),
    }
    record.calls.clear()
    record.by_call.clear()
    record.writes = record.reads = 0.0
    parts.writes.clear()
    parts.reads.clear()
    return told


def _by_pattern(units: Mapping[tuple[str, str], float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for (place, key), count in units.items():
        name = f"{place} {pattern(key)}"
        found[name] = found.get(name, 0) + count
    return dict(sorted(found.items()))


def a_call(id: str, line: str = "2010", status: str = "missed") -> dict[str, Any]:
    """Return the event of a call that has ended just now."""
    data = {
        "callId": id, "direction": "incoming", "status": status, "durationSeconds": 18, "line": line,
        "from": {"number": "+447700900123"}, "to": {"number": line},
    }  # fmt: skip
    at = datetime.now(UTC).isoformat()
    return {"specversion": "1.0", "id": id, "source": "pbx", "type": "call.ended", "time": at, "data": data}


if __name__ == "__main__":
    print("\n" + json.dumps(dict(Runs().all())))
