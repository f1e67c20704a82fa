"""The two Lambdas as they are wired for AWS, on moto: `app.py` imported as the runtime imports it."""

from __future__ import annotations

import copy
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest

from tests.contract.cloud import REGION, Cloud, cloud, tenants_guarded
from tests.functional.alerts_api.conftest import email, sms
from tests.functional.gateway import Gateway
from tocsin.entrypoint.process.environment import EnvironmentIncomplete
from tocsin.identity.application.create_api_key import CreateApiKey
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.kernel.domain.ids import TenantId

AUTHORIZER_EVENT = json.loads((Path(__file__).parents[2] / "events" / "api_gateway_authorizer.json").read_text())
QUEUES = (
    *(f"{channel}-{lane}" for channel in ("sms", "email", "voice") for lane in ("urgent", "bulk")),
    *("webhook-urgent", "webhook", "webhook-slow", "timers"),
)


@dataclass(frozen=True)
class Deployed:
    """The functions, and a key to call them with."""

    cloud: Cloud
    api: ModuleType
    authorizer: ModuleType
    queues: dict[str, str]
    token: str


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    with cloud() as here:
        sqs = boto3.client("sqs", region_name=REGION)
        queues = {name: sqs.create_queue(QueueName=f"{name}-{here.table_name}")["QueueUrl"] for name in QUEUES}
        variables = {
            "AWS_DEFAULT_REGION": REGION,
            "TABLE_NAME": here.table_name,
            "BUCKET_NAME": here.bucket,
            "KEY_ID": here.key_id,
            "EMAIL_DOMAIN": "alerts.example",
            "OPEN_EGRESS": "false",
            "USER_POOL_ID": "eu-west-1_people",
            "USER_POOL_CLIENT_ID": "console",
            "TOKEN_ISSUER": "https://pool.example",
            "TOKEN_KEYS_URL": "https://pool.example/keys",
            **{f"{name.upper().replace('-', '_')}_QUEUE_URL": url for name, url in queues.items()},
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        api, authorizer = fresh("alerts_api.app"), fresh("authorizer.app")
        create = CreateApiKey(api.storage.api_keys, api.storage.sealer, api.storage.randomness)
        rights = frozenset({Right.READ_ALERTS, Right.SET_LIFETIME})
        token = create(TenantId("acme"), KeyKind.LIVE, "one", rights=rights).token
        with tenants_guarded(api.clients.dynamodb):
            yield Deployed(here, api, authorizer, queues, token)


def fresh(name: str) -> ModuleType:
    """Import a composition root anew: it reads the environment and makes its clients while it is imported."""
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def waiting(queue_url: str) -> int:
    """Return how many messages wait in a queue."""
    sqs = boto3.client("sqs", region_name=REGION)
    found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def test_one_call_goes_all_the_way_through(deployed: Deployed) -> None:
    gateway = Gateway(deployed.api.app)
    body = {
        "version": "latest",
        "apiKey": deployed.token,
        "clientRef": "ref-1",
        "alert": [sms(recipients=[f"+4477009{n:05}" for n in range(30)]), email()],
    }
    sent = gateway.post("/sendalert", body, {"Idempotency-Key": "once"})
    again = gateway.post("/sendalert", body, {"Idempotency-Key": "once"})

    assert sent.status == 200, sent.text
    assert sent.json == again.json
    sqs = boto3.client("sqs", region_name=REGION)
    waiting = {
        name: int(
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["ApproximateNumberOfMessages"]
        )
        for name, url in deployed.queues.items()
    }
    assert waiting == {
        "sms-urgent": 2,
        "sms-bulk": 0,
        "email-urgent": 1,
        "email-bulk": 0,
        "voice-urgent": 0,
        "voice-bulk": 0,
        "webhook-urgent": 0,
        "webhook": 0,
        "webhook-slow": 0,
        "timers": 0,
    }

    bearer = {"Authorization": f"Bearer {deployed.token}"}
    ref = sent.json["alertRef"]
    assert [a["alert_ref"] for a in gateway.get("/alerts", bearer).json["items"]] == [ref]
    assert gateway.get(f"/alerts/{ref}", bearer).json["counts"]["queued"] == 31
    page = gateway.get(f"/alerts/{ref}/recipients", bearer, limit="20").json
    rest = gateway.get(f"/alerts/{ref}/recipients", bearer, limit="20", cursor=page["next_cursor"]).json
    assert len(page["items"]) + len(rest["items"]) == 31
    assert gateway.post("/collectevents", {"version": "v1", "apiKey": deployed.token, "all": True}).json["events"] == []


def test_content_is_kept_sent_and_removed(deployed: Deployed) -> None:
    gateway = Gateway(deployed.api.app)
    entry = {"contentType": "alert", "tag": "t", "content": {"alert": [sms()]}, "storeDetails": {"storeName": "drill"}}
    common = {"version": "latest", "apiKey": deployed.token}
    first = gateway.post("/storecontent", {**common, "content": [entry]}, {"Idempotency-Key": "once"})
    again = gateway.post("/storecontent", {**common, "content": [entry]}, {"Idempotency-Key": "once"})

    assert first.status == 200, first.text
    assert first.json == again.json
    assert gateway.post("/sendstoredalert", {**common, "storeName": "drill", "clientRef": "r"}).status == 200
    gone = gateway.post("/deletecontent", {**common, "all": True}).json["content"][0]
    assert gone["deletedStoreIds"] == [first.json["content"][0]["storeId"]]
    assert gateway.post("/sendstoredalert", {**common, "storeName": "drill", "clientRef": "r"}).status == 404


def test_linked_alerts_share_the_first_ones_group_until_they_are_cancelled(deployed: Deployed) -> None:
    gateway = Gateway(deployed.api.app)
    contacts = [{"id": f"c{n}", "sms": f"+4477009{n:05}", "lookups": {"x": "y" * 40}} for n in range(900)]
    common = {"version": "latest", "apiKey": deployed.token, "clientRef": "r", "linkedAlerts": {"linkRef": "fire-7"}}
    everybody = sms(recipients=..., contactSets=["all"])
    group = {"inlineContactGroup": {"contacts": contacts}}

    first = gateway.post("/sendalert", {**common, "alert": [everybody], "contactGroup": group})
    modified = {**everybody, "linkedAlertModifiers": {"except": {"previouslySeen": "sms"}}}
    second = gateway.post("/sendalert", {**common, "alert": [modified]})
    cancelled = gateway.post(
        "/cancelalerts", {"version": "v1", "apiKey": deployed.token, "cancel": [{"linkRef": "fire-7"}]}
    )
    third = gateway.post("/sendalert", {**common, "alert": [modified]})

    assert first.status == 200, first.text
    assert second.json["alerts"][0]["sentCount"] == 900
    assert cancelled.json["cancel"][0]["openCount"] == 1800
    assert third.status == 409


def test_the_authorizer_knows_the_same_keys(deployed: Deployed) -> None:
    event: dict[str, Any] = copy.deepcopy(AUTHORIZER_EVENT)
    event["headers"]["Authorization"] = f"Bearer {deployed.token}"

    assert deployed.authorizer.handler(event, None)["context"]["tenant"] == "acme"
    event["headers"]["Authorization"] = f"Bearer {deployed.token[:-1]}"
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        deployed.authorizer.handler(event, None)


@pytest.mark.parametrize("name", ["alerts_api", "authorizer"])
def test_a_function_that_is_told_nothing_does_not_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = importlib.import_module(f"{name}.settings").Settings
    wanted = {field.name.upper() for field in fields(settings) if field.default is MISSING}
    for variable in wanted:
        monkeypatch.delenv(variable, raising=False)

    with pytest.raises(EnvironmentIncomplete) as raised:
        fresh(f"{name}.app")
    assert {fault.split()[0] for fault in raised.value.faults} == wanted
