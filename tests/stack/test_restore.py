"""The restore drill: a table is put back to an earlier time, settled, and nothing goes out twice."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.api import Api
from infra.local.deploy import deploy
from infra.local.places import ROOT
from infra.local.pointer_layer import pointer_to
from infra.local.stack import API_PATH, PARAMETERS, STAGE
from infra.operator.command_line import main
from tests.stack.system import System, email, sms

NAME = "tocsin-restored"
TABLE = "tocsin-core-restored"


class Drill:
    """A second stack on a copy of the first one's table, as point-in-time recovery makes one."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.dynamodb: Any = system.aws.client("dynamodb")
        self.outputs: dict[str, str] = {}

    def backup(self) -> list[dict[str, Any]]:
        """Return every row, as of now."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.system.stack.outputs["TableName"])
        return [row for page in pages for row in page["Items"]]

    def restore(self, rows: list[dict[str, Any]]) -> None:
        """Make a table with these rows. Like AWS, without TTL and point-in-time recovery."""
        made = self.dynamodb.describe_table(TableName=self.system.stack.outputs["TableName"])["Table"]
        indexes = [
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
            for index in made["GlobalSecondaryIndexes"]
        ]
        self.dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=made["AttributeDefinitions"],
            KeySchema=made["KeySchema"],
            GlobalSecondaryIndexes=indexes,
        )
        for row in rows:
            self.dynamodb.put_item(TableName=TABLE, Item=row)

    def deploy(self, sending: str) -> None:
        engine, artefacts, first = self.system.engine, self.system.stack.artefacts, self.system.stack.outputs
        folders = {
            "functions": artefacts.functions_zip,
            "layers/core": artefacts.core_layer_zip,
            "layers/dependencies": pointer_to(artefacts.dependencies_layer_zip),
        }
        given = {
            **PARAMETERS,
            "LinkBaseUrl": f"{engine.url}{API_PATH}",
            "Sending": sending,
            "ExistingTable": TABLE,
            "ExistingBucket": first["BucketName"],
            "ExistingKey": first["KeyId"],
        }
        self.outputs = dict(deploy(self.system.aws, NAME, ROOT / "template.yaml", folders, given, print).outputs)

    @property
    def api(self) -> Api:
        url = f"{self.system.engine.url}{API_PATH}/{self.outputs['ApiId']}/{STAGE}"
        return Api(url, self.system.callers["live"].key)

    def operate(self, *words: str) -> int:
        return main(["--endpoint-url", self.system.engine.url, "--stack", NAME, *words])

    def send(self, phone: str) -> Any:
        return self.api.post(
            "/sendalert", {"version": "latest", "clientRef": "drill", "alert": [{"tag": "t", **sms([phone])}]}
        )

    def sweep(self) -> None:
        """Let the sweeper of the restored stack look for lost work now."""
        functions = self.system.aws.client("lambda").get_paginator("list_functions").paginate()
        (name,) = {
            each["FunctionName"]
            for page in functions
            for each in page["Functions"]
            if each["FunctionName"].startswith(NAME) and "Sweep" in each["FunctionName"]
        }
        answer = self.system.aws.client("lambda").invoke(FunctionName=name, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()


@pytest.fixture
def drill(system: System) -> Iterator[Drill]:
    drill = Drill(system)
    yield drill
    system.aws.client("cloudformation").delete_stack(StackName=NAME)
    with suppress(drill.dynamodb.exceptions.ResourceNotFoundException):
        drill.dynamodb.delete_table(TableName=TABLE)


def test_after_a_restore_nothing_goes_out_twice(
    system: System, drill: Drill, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a call whose messages are on their way, one that sleeps, and a schedule that is due soon
    phones, mails, (scheduled, sleeper, awake) = system.phones(30), system.mailboxes(10), system.phones(3)
    ref = system.sent("live", sms(phones), email(mails))
    night = _night()
    group = {"inlineContactGroup": {"name": "crew", "contacts": [{"id": "s", "sms": sleeper, "quietHours": night}]}}
    element = {"alertType": "sms", "sender": "Tocsin", "contactSets": ["all"], "content": "The night is quiet."}
    held = system.sent("live", element, contactGroup=group)
    system.states("live", held, {sleeper: "held"})
    due = datetime.now(UTC) + timedelta(seconds=8)
    schedule = {"start": f"{due:%Y-%m-%dT%H:%M:%SZ}", "delay": "0m", "repeat": "1d", "end": "2099-01-01T00:00:00Z"}
    assert system.send("live", sms([scheduled]), options={"schedule": schedule}).status == 200

    # when a backup is made now, everything goes out afterwards, and the backup is restored
    restored_to = datetime.now(UTC)
    rows = drill.backup()
    system.settled("live", ref)
    system.awaited(lambda: system.received([scheduled]), bool, 60)
    everybody = [*phones, *mails, scheduled]
    assert Counter(message.to for message in system.received(everybody)) == dict.fromkeys(everybody, 1)
    drill.restore(rows)
    drill.deploy("off")

    # then sends are refused, and nothing is done with Sending=on before the settlement
    refused = drill.send(awake)
    assert (refused.status, refused.body["errors"][0]["code"]) == (503, "RESTORING")

    # and the settlement tells what it ends, and ends it
    when = ("--restored-to", restored_to.isoformat())
    capsys.readouterr()
    assert drill.operate("restore", "settle", *when, "--dry-run") == 0
    planned = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert drill.operate("restore", "settle", *when, "--keys", "keep") == 0
    settled = json.loads(capsys.readouterr().out.splitlines()[-1])
    ended = ("expired_messages", "kept_messages", "missed_occurrences", "cancelled_escalations")
    assert {name: settled[name] for name in ended} == {name: planned[name] for name in ended}
    # Other tests of the engine may have left messages that wait; that the held one does is seen below.
    assert settled["kept_messages"] >= 1
    assert settled["missed_occurrences"] == 1
    assert settled["may_send"]

    # and with Sending=on new calls go out, and no old message does
    drill.deploy("on")
    assert drill.send(awake).status == 200
    for _ in range(2):
        drill.sweep()
    system.awaited(lambda: system.received([awake]), bool, 30)
    time.sleep(3)
    assert Counter(message.to for message in system.received(everybody)) == dict.fromkeys(everybody, 1)
    assert system.received([sleeper]) == []

    # and who could have got a message is told, and the held one waits
    states = {one["address"]: (one["state"], one["reason"]) for one in _recipients(drill.api, ref)}
    assert {state for state in states.values() if state[0] not in ("sent", "delivered")} <= {("expired", "restored")}
    assert [one["state"] for one in _recipients(drill.api, held)] == ["held"]


def _recipients(api: Api, ref: str) -> list[dict[str, Any]]:
    answer = api.get(f"/alerts/{ref}/recipients?limit=100")
    assert answer.status == 200, answer.body
    items: list[dict[str, Any]] = answer.body["items"]
    return items


def _night() -> dict[str, str]:
    """Return quiet hours of which two are over and nine are to come."""
    now = datetime.now(UTC)
    return {"from": f"{now - timedelta(hours=2):%H:%M}", "to": f"{now + timedelta(hours=9):%H:%M}"}
