"""The naive baseline: what a first version looks like. One row and one queue message per recipient, PynamoDB throughout,
a template compiled each time, one HTTP session per call.

    python -m tests.benchmarks.naive worker <queue url>     (environment: see below)
    python -m tests.benchmarks.naive accept <queue url>     a request on each line of its input
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from typing import Any

import boto3
import jinja2
import requests
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model


class NaiveRow(Model):
    """One message."""

    class Meta:
        table_name = "naive"
        region = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
        host = os.environ.get("NAIVE_DYNAMODB")
        aws_access_key_id = "test"
        aws_secret_access_key = "test"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    address = UnicodeAttribute()
    text = UnicodeAttribute()
    status = UnicodeAttribute()
    provider_id = UnicodeAttribute(null=True)


def queue() -> Any:
    """Return a client for the queue."""
    return boto3.client(
        "sqs",
        region_name=os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        endpoint_url=os.environ["NAIVE_SQS"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def accept(body: str, queue_url: str, sqs: Any) -> int:
    """Take one request: a row and a queue message for each recipient."""
    request = json.loads(body)
    alert = str(uuid.uuid4())
    for recipient in request["alert"][0]["recipients"]:
        row = NaiveRow(
            alert, str(uuid.uuid4()), address=recipient, text=request["alert"][0]["content"], status="queued"
        )
        row.save()
        sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps({"pk": row.pk, "sk": row.sk}))
    return len(request["alert"][0]["recipients"])


def work_once(queue_url: str, provider: str, sqs: Any) -> int:
    """Receive up to ten messages and send what they ask for; returns how many there were."""
    got = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
    for message in got:
        key = json.loads(message["Body"])
        row = NaiveRow.get(key["pk"], key["sk"])
        text = jinja2.Template(row.text).render(recipient=row.address)
        answer = requests.post(f"{provider}/sms", json={"to": row.address, "text": text}, timeout=10)
        row.update(actions=[NaiveRow.status.set("sent"), NaiveRow.provider_id.set(answer.json()["id"])])
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return len(got)


def work(queue_url: str, provider: str) -> None:
    """Send until killed."""
    sqs = queue()
    while True:
        work_once(queue_url, provider, sqs)


def take_requests(queue_url: str) -> None:
    """Accept a request per line until the input ends."""
    sqs = queue()
    for line in sys.stdin:
        print(accept(line, queue_url, sqs), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "accept":
        take_requests(sys.argv[2])
    else:
        work(sys.argv[2], os.environ["NAIVE_PROVIDER"])
