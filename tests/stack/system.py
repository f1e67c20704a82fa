"""The deployed system as tests see it: its callers, what left it, and what lies in it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from infra.local.api import Answer, Api
from infra.local.aws import Aws
from infra.local.captured import Captured, captured, texts
from infra.local.commands.keys import NewKey, Operator
from infra.local.engine import Engine
from infra.local.outside.answers import mail_answer, text_answer
from infra.local.outside.mailboxes import put_answer
from infra.local.outside.world import Outside
from infra.local.stack import Stack
from tocsin.bootstrap.storage import Storage, StoreClients

T = TypeVar("T")

OPEN = ("queued", "sending", "calling", "held", "retry_wait", "unknown")
"""States of a message that somebody still works on."""


class System:
    """One engine with the stack in it.

    Attributes:
        callers: API clients by name, one per key.
        outside: carrier, mailboxes and receiver of callbacks; they play along in tests that ask for `lively`.
        certificate: file of a key and certificate of 127.0.0.1, which the system trusts as one trusts TOCSIN_CA.
    """

    def __init__(self, engine: Engine, stack: Stack, outside: Outside, certificate: Path) -> None:
        self.engine = engine
        self.outside = outside
        self.certificate = certificate
        self.stack = stack
        self.callers: dict[str, Api] = {}
        self._numbers = count(1)

    @property
    def aws(self) -> Aws:
        """AWS clients of the engine."""
        return Aws(self.engine.url)

    @property
    def operator(self) -> Operator:
        """The operator's commands on this engine."""
        return Operator(self.engine, self.stack.artefacts.dependencies_layer_zip)

    @property
    def storage(self) -> Storage:
        """The repositories of the engine's table, as the functions make them."""
        client, outputs = self.aws.client, self.stack.outputs
        clients = StoreClients(client("dynamodb"), client("kms"), client("s3"))
        return Storage(
            clients, table_name=outputs["TableName"], key_id=outputs["KeyId"], bucket_name=outputs["BucketName"]
        )

    def add_key(self, name: str, key: NewKey) -> None:
        """Create a key; the caller `name` uses it from now on."""
        self.callers[name] = Api(self.stack.api, self.operator.create_key(key))

    def move_to(self, stack: Stack) -> None:
        """The stack answers elsewhere now."""
        self.stack = stack
        self.callers = {name: Api(stack.api, api.key) for name, api in self.callers.items()}

    def phones(self, number: int) -> list[str]:
        """Return so many phone numbers that no other test uses."""
        return [f"+4477101{next(self._numbers):05}" for _ in range(number)]

    def mailboxes(self, number: int) -> list[str]:
        """Return so many email addresses that no other test uses."""
        return [f"person{next(self._numbers):05}@example.org" for _ in range(number)]

    def send(
        self, caller: str, *elements: Mapping[str, Any], headers: Mapping[str, str] | None = None, **more: Any
    ) -> Answer:
        """POST /sendalert; every element has a tag."""
        tagged = [{"tag": f"e{place}", **element} for place, element in enumerate(elements)]
        body = {"version": "latest", "clientRef": "stack-test", "alert": tagged, **more}
        return self.callers[caller].post("/sendalert", body, headers)

    def sent(self, caller: str, *elements: Mapping[str, Any], **more: Any) -> str:
        """POST /sendalert, which must be accepted in full; returns the alert's reference."""
        answer = self.send(caller, *elements, **more)
        assert answer.status == 200, answer.body
        assert all(result["success"] for result in answer.body["alerts"]), answer.body
        return str(answer.body["alertRef"])

    def recipients(self, caller: str, ref: str) -> list[dict[str, Any]]:
        """Return all recipients of an alert, page by page."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            answer = self.callers[caller].get(
                f"/alerts/{ref}/recipients?limit=100" + (f"&cursor={cursor}" if cursor else "")
            )
            assert answer.status == 200, answer.body
            found += answer.body["items"]
            cursor = answer.body["next_cursor"] or ""
            if not cursor:
                return found

    def settled(self, caller: str, ref: str, seconds: float = 60) -> list[dict[str, Any]]:
        """Return all recipients once nobody works on any of them any more."""
        return self.awaited(
            lambda: self.recipients(caller, ref),
            lambda found: bool(found) and not any(one["state"] in OPEN for one in found),
            seconds,
        )

    def events(self, caller: str, ref: str, number: int, seconds: float = 30) -> list[dict[str, Any]]:
        """Collect result events of an alert until there are `number` of them, and then any that are one too many."""
        body = {"version": "latest", "alertId": ref, "options": {"maximumItemsToReturn": 100}}
        found: list[dict[str, Any]] = []

        def collect() -> list[dict[str, Any]]:
            answer = self.callers[caller].post("/collectevents", body)
            assert answer.status == 200, answer.body
            found.extend(answer.body["events"])
            return found

        self.awaited(collect, lambda found: len(found) >= number, seconds)
        return collect()

    def received(self, addresses: Sequence[str]) -> list[Captured]:
        """Return what left the system for these addresses."""
        wanted = set(addresses)
        return [message for message in captured(self.engine.url) if message.to in wanted]

    def text_back(self, phone: str, words: str) -> None:
        """Let the owner of a phone answer the last text it got."""
        last = next(text for text in reversed(texts(self.engine.url)) if text.to == phone)
        self.publish("SmsInboundTopicArn", text_answer(last, words))

    def publish(self, topic: str, told: Mapping[str, Any]) -> None:
        """Let a provider tell something by the topic of an output."""
        self.aws.client("sns").publish(TopicArn=self.stack.outputs[topic], Message=json.dumps(told))

    def mail_back(self, mailbox: str, words: str) -> None:
        """Let the owner of a mailbox answer the last mail it got."""
        last = self.outside.mails.newest(mailbox)
        assert last is not None
        put_answer(self.aws, self.stack.outputs, mail_answer(last, mailbox, words, datetime.now(UTC)))

    def states(self, caller: str, ref: str, wanted: Mapping[str, str], seconds: float = 60) -> dict[str, str | None]:
        """Wait until the receivers stand as `wanted` (address: state); return the reason of each."""
        found = self.awaited(
            lambda: self.recipients(caller, ref),
            lambda all: {one["address"]: one["state"] for one in all} == wanted,
            seconds,
        )
        return {one["address"]: one["reason"] for one in found}

    def logged_since(self, began: float) -> list[str]:
        """Return the lines that the functions logged since a Unix time, but for those of the runtime itself."""
        logs = self.aws.client("logs")
        lines = []
        for group in logs.describe_log_groups()["logGroups"]:
            name, since = group["logGroupName"], int(began * 1000)
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=since):
                lines += [(event["timestamp"], name, event["message"].strip()) for event in page["events"]]
        routine = ("START ", "END ", "REPORT ", "INIT_START ")
        return [f"{name} {message}" for _, name, message in sorted(lines) if not message.startswith(routine)]

    @staticmethod
    def awaited(ask: Callable[[], T], good: Callable[[T], bool], seconds: float) -> T:
        """Ask until the answer is good."""
        deadline = time.monotonic() + seconds
        while True:
            answer = ask()
            if good(answer):
                return answer
            assert time.monotonic() < deadline, f"still not after {seconds:.0f} s: {answer}"
            time.sleep(0.2)


def sms(recipients: Sequence[str], content: str = "the north gate is open", **more: Any) -> dict[str, Any]:
    """Return an sms element."""
    return {"alertType": "sms", "sender": "Tocsin", "recipients": list(recipients), "content": content, **more}


def email(recipients: Sequence[str], content: str = "The north gate is open.", **more: Any) -> dict[str, Any]:
    """Return an email element."""
    return {"alertType": "email", "subject": "North gate", "recipients": list(recipients), "content": content, **more}


def call(
    recipients: Sequence[str], sender: str, content: str = "The north gate is open.", **more: Any
) -> dict[str, Any]:
    """Return a call element with a replay dialogue."""

    def spoken(text: str) -> dict[str, Any]:
        return {"content": text, "contentEncoding": "utf8", "voiceFormat": "tts"}

    prompts = {"pre": "This is the duty desk.", "post": "Press 1, 2 or star.", "done": "Thank you."}
    return {
        "alertType": "call",
        "sender": sender,
        "recipients": list(recipients),
        "ivrControl": {"ivrType": "replay"},
        "additionalContent": [{"contentTag": tag, **spoken(text)} for tag, text in prompts.items()],
        **spoken(content),
        **more,
    }
