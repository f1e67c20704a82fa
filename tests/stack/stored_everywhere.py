"""Everything the running engine has written down, read the way somebody with all rights would: no key is asked to open it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

from tests.canaries import blobs_of
from tests.stack.system import System


def everything(system: System) -> Iterator[tuple[str, bytes]]:
    """Yield (place, bytes) of every row, object, queued message and log line, and of what is set on the functions.

    What SNS and SES were asked to deliver is not among them: that is on the provider's side.
    """
    yield from _rows(system)
    yield from _objects(system)
    yield from _queues(system)
    yield from _logs(system)
    yield from _settings(system)
    yield "engine.log", system.engine.places.log.read_bytes()


def _rows(system: System) -> Iterator[tuple[str, bytes]]:
    dynamodb = system.aws.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for row in page["Items"]:
                place = f"{table} {row['pk'].get('S')} {row['sk'].get('S')}"
                yield from ((place, blob) for blob in blobs_of(row))


def _objects(system: System) -> Iterator[tuple[str, bytes]]:
    s3 = system.aws.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
            for entry in page.get("Contents", []):
                if entry["Key"].endswith(".zip"):
                    continue  # our own code
                found = s3.get_object(Bucket=name, Key=entry["Key"])
                yield f"{name}/{entry['Key']}", found["Body"].read() + json.dumps(found["Metadata"]).encode()


def _queues(system: System) -> Iterator[tuple[str, bytes]]:
    with urllib.request.urlopen(f"{system.engine.url}/_ministack/sqs/messages", timeout=30) as reply:
        regions = [region for account in json.load(reply)["messages"].values() for region in account.values()]
    for queues in regions:
        for queue, messages in queues.items():
            yield from ((queue, blob) for blob in blobs_of(messages))


def _logs(system: System) -> Iterator[tuple[str, bytes]]:
    logs = system.aws.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            yield from ((group["logGroupName"], event["message"].encode()) for event in page["events"])


def _settings(system: System) -> Iterator[tuple[str, bytes]]:
    functions: list[dict[str, Any]] = system.aws.client("lambda").list_functions()["Functions"]
    schedules = system.aws.client("scheduler").list_schedules()["Schedules"]
    metrics = system.aws.client("cloudwatch").list_metrics()["Metrics"]
    for place, found in (("functions", functions), ("schedules", schedules), ("metrics", metrics)):
        yield from ((place, blob) for blob in blobs_of(found))
