"""The stack most teams would build: Flask, Celery and Redis. One task per recipient, status kept in Redis.

celery -A tests.benchmarks.celery_stack worker -c 2
python -m tests.benchmarks.celery_stack <port>
"""

from __future__ import annotations

import os
import sys
import uuid
from typing import Any

import flask
import redis
import requests
from celery import Celery

URL = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/0")
PROVIDER = os.environ.get("BENCH_PROVIDER", "")

celery = Celery("bench", broker=URL)
celery.conf.update(task_ignore_result=True, worker_prefetch_multiplier=16, task_acks_late=True)
store = redis.Redis.from_url(URL)
web = flask.Flask("bench")
session = requests.Session()


@celery.task(name="bench.send")  # type: ignore[untyped-decorator]
def send(message: str, to: str, text: str) -> None:
    """Send one message and keep what came of it."""
    answer = session.post(f"{PROVIDER}/sms", json={"to": to, "text": text.replace("{recipient}", to)}, timeout=10)
    store.hset(f"message:{message}", mapping={"status": "sent", "provider_id": answer.json()["id"]})


@web.post("/sendalert")
def send_alert() -> Any:
    """Accept one request: a hash and a task for each recipient."""
    body = flask.request.get_json()
    element = body["alert"][0]
    with store.pipeline(transaction=False) as batch:
        names = []
        for recipient in element["recipients"]:
            names.append(str(uuid.uuid4()))
            batch.hset(f"message:{names[-1]}", mapping={"status": "queued", "to": recipient})
        batch.execute()
    for name, recipient in zip(names, element["recipients"], strict=True):
        send.delay(name, recipient, element["content"])
    return {"success": True, "count": len(names)}


if __name__ == "__main__":
    from werkzeug.serving import make_server

    make_server("127.0.0.1", int(sys.argv[1]), web, threaded=True).serve_forever()
