"""A Celery job that renders, signs and posts a text or a mail and its callback, with Flask before it and Redis behind.

    celery -A tests.benchmarks.celery_channels worker -c 2
    python -m tests.benchmarks.celery_channels <port>

One task per message: templates are compiled once a process, connections are kept, requests to the provider are signed
by botocore's signer alone, which costs half of boto3's clients, and the callback is posted by the same task.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.parse
import uuid
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from xml.etree import ElementTree

import flask
import jinja2
import redis
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from celery import Celery

URL = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/0")
PROVIDER = os.environ.get("BENCH_PROVIDER", "")
REGION = "eu-west-2"
SECRET = b"0123456789abcdef0123456789abcdef"
LINKS = "https://l.invalid/l/"

celery = Celery("bench", broker=URL)
celery.conf.update(task_ignore_result=True, worker_prefetch_multiplier=16, task_acks_late=True)
store = redis.Redis.from_url(URL)
web = flask.Flask("bench")
session = requests.Session()
credentials = Credentials("test", "test", "t" * 400)
compiled = functools.cache(jinja2.Template)


@celery.task(name="bench.text")  # type: ignore[untyped-decorator]
def text(message: str, alert: Mapping[str, str], to: str, values: Mapping[str, str]) -> None:
    """Send one text, keep what came of it, and call back."""
    said = compiled(alert["text"]).render(values, shortlink=_link(message, alert))
    fields = {"Action": "Publish", "Version": "2010-03-31", "PhoneNumber": to, "Message": said}
    answer = _signed("sns", "/", urllib.parse.urlencode(fields), "application/x-www-form-urlencoded; charset=utf-8")
    _sent(message, alert, "sms", to, ElementTree.fromstring(answer).findtext(".//{*}MessageId", ""))


@celery.task(name="bench.mail")  # type: ignore[untyped-decorator]
def mail(message: str, alert: Mapping[str, str], to: str, values: Mapping[str, str]) -> None:
    """Send one mail, keep what came of it, and call back."""
    values = {**values, "shortlink": _link(message, alert)}
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "alerts@alerts.example", to, compiled(alert["subject"]).render(values)
    made.set_content(compiled(alert["mail"]).render(values))
    asked = {
        "FromEmailAddress": "alerts@alerts.example",
        "Destination": {"ToAddresses": [to]},
        "Content": {"Raw": {"Data": base64.b64encode(made.as_bytes()).decode()}},
    }
    answer = _signed("ses", "/v2/email/outbound-emails", json.dumps(asked), "application/json")
    _sent(message, alert, "email", to, json.loads(answer)["MessageId"])


def _link(message: str, alert: Mapping[str, str]) -> str:
    code = secrets.token_urlsafe(9)
    store.hset(f"link:{code}", mapping={"message": message, "url": alert["url"]})
    return LINKS + code


def _signed(service: str, path: str, body: str, kind: str) -> bytes:
    asked = AWSRequest("POST", PROVIDER + path, {"Content-Type": kind}, body)
    SigV4Auth(credentials, service, REGION).add_auth(asked)
    answer = session.post(PROVIDER + path, body, headers=dict(asked.headers), timeout=10)
    answer.raise_for_status()
    return answer.content


def _sent(message: str, alert: Mapping[str, str], channel: str, to: str, provider_id: str) -> None:
    """Keep that the message was sent; call back, signed by Standard Webhooks; keep that the client was told."""
    store.hset(f"message:{message}", mapping={"status": "sent", "provider_id": provider_id})
    event = {"eventId": message, "alertRef": alert["ref"], "type": channel, "event": "sent", "alertees": [to]}
    body, at = json.dumps(event), str(int(time.time()))
    digest = hmac.digest(SECRET, f"{message}.{at}.{body}".encode(), hashlib.sha256)
    signature = "v1," + base64.b64encode(digest).decode()
    headers = {"webhook-id": message, "webhook-timestamp": at, "webhook-signature": signature}
    session.post(alert["callback"], body, headers=headers, timeout=10).raise_for_status()
    store.hset(f"message:{message}", "status", "told")


@web.post("/sendalert")
def send_alert() -> Any:
    """Accept one request: a hash and a task for each message."""
    asked = flask.request.get_json()
    alert = {**asked["alert"], "ref": str(uuid.uuid4())}
    messages = [
        (task, str(uuid.uuid4()), contact[channel], contact["lookups"])
        for channel, task in (("sms", text), ("email", mail))
        for contact in asked["contacts"]
    ]
    with store.pipeline(transaction=False) as batch:
        for _, name, to, _ in messages:
            batch.hset(f"message:{name}", mapping={"status": "queued", "to": to})
        batch.execute()
    for task, name, to, values in messages:
        task.delay(name, alert, to, values)
    return {"success": True, "count": len(messages)}


if __name__ == "__main__":
    from werkzeug.serving import make_server

    make_server("127.0.0.1", int(sys.argv[1]), web, threaded=True).serve_forever()
