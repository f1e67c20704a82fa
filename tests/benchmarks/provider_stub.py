"""A provider that takes everything at once and counts: SNS Publish, SES v2 SendEmail, and plain JSON for the peers.

    POST /            Action=Publish…       -> SNS answer
    POST /v2/email/…  JSON                  -> SES answer
    POST /sms         {"to": …}             -> {"id": …}
    POST /hook        a callback of ours    -> {}; counted by its event's id
    GET  /counts                            -> {"total", "distinct", "last", "first"} (times: monotonic seconds),
                                               "kinds": {"sms", "mail", "hook"}, "told": receivers that hooks named
    GET  /last/<kind>                       -> the body of the latest request of that kind
    GET  /when/<to>                         -> {"at"}: when it first arrived
    GET  /twice                             -> those who got more than one
    POST /reset       {"faults": 0.1, …}    -> forget, and set the share of answers that are 5xx or never come

Faults are decided by a seeded generator, so two runs see the same ones.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
import urllib.parse

SNS_ANSWER = (
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>{id}</MessageId>'
    "</PublishResult><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></PublishResponse>"
)


class Stub:
    """What has arrived so far."""

    def __init__(self) -> None:
        self.reset({})

    def reset(self, settings: dict[str, float]) -> None:
        self.total = 0
        self.receivers: dict[str, int] = {}
        self.kinds: dict[str, int] = {}
        self.latest: dict[str, str] = {}
        self.told: set[tuple[str, ...]] = set()
        self.first = self.last = 0.0
        self.marked: dict[str, float] = {}
        self.faults = settings.get("faults", 0.0)
        self.delay = settings.get("delay", 0.0)
        self.dice = random.Random(7)

    def take(self, receiver: str, kind: str, body: bytes) -> str:
        now = time.monotonic()
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.latest[kind] = body.decode()
        self.first = self.first or now
        self.last = now
        self.total += 1
        self.receivers[receiver] = self.receivers.get(receiver, 0) + 1
        self.marked.setdefault(receiver, now)
        return f"stub-{self.total}"

    def counts(self) -> dict[str, object]:
        return {
            "total": self.total,
            "distinct": len(self.receivers),
            "first": self.first,
            "last": self.last,
            "kinds": self.kinds,
            "told": len(self.told),
            "twice": sum(1 for times in self.receivers.values() if times > 1),
        }


STUB = Stub()
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)


def answer(method: str, path: str, body: bytes) -> tuple[int, str, str]:
    """Return status, content type and body for one request; a fault is a 500 or 503 before anything is taken."""
    if method == "GET" and path.startswith("/counts"):
        return 200, "application/json", json.dumps(STUB.counts())
    if method == "GET" and path == "/twice":
        return 200, "application/json", json.dumps([to for to, times in STUB.receivers.items() if times > 1])
    if method == "GET" and path.startswith("/last/"):
        return 200, "text/plain", STUB.latest.get(path.removeprefix("/last/"), "")
    if method == "GET" and path.startswith("/when/"):
        receiver = urllib.parse.unquote(path.removeprefix("/when/"))
        return 200, "application/json", json.dumps({"at": STUB.marked.get(receiver)})
    if path == "/reset":
        STUB.reset(json.loads(body or b"{}"))
        return 200, "application/json", "{}"
    if STUB.faults and STUB.dice.random() < STUB.faults:
        return 503, "text/plain", "busy"
    if path.startswith("/v2/email"):
        message = json.loads(body)
        receiver = message["Destination"]["ToAddresses"][0]
        return 200, "application/json", json.dumps({"MessageId": STUB.take(receiver, "mail", body)})
    if path == "/sms":
        return 200, "application/json", json.dumps({"id": STUB.take(json.loads(body)["to"], "sms", body)})
    if path == "/hook":
        event = json.loads(body)
        STUB.take(event["eventId"], "hook", body)
        STUB.told.add((event.get("type", ""), event["event"], *event["alertees"]))
        return 200, "application/json", "{}"
    fields = urllib.parse.parse_qs(body.decode())
    return 200, "text/xml", SNS_ANSWER.format(id=STUB.take(fields["PhoneNumber"][0], "sms", body))


class Connection(asyncio.Protocol):
    """One keep-alive connection. A client sends its next request after the answer to the one before.

    A protocol, as streams take twice the CPU, and the stub shares the machine with what is measured.
    """

    def __init__(self) -> None:
        self._came = b""
        self._out: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._out = None

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, found, rest = self._came.partition(b"\r\n\r\n")
        if not found:
            return
        length = _LENGTH.search(head)
        if len(rest) < (int(length[1]) if length else 0):
            if not rest and _EXPECT.search(head):
                self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        self._came = b""
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        if STUB.delay and path not in ("/counts", "/reset"):
            asyncio.get_running_loop().call_later(STUB.delay, self._answer, method, path, rest)
        else:
            self._answer(method, path, rest)

    def _answer(self, method: str, path: str, body: bytes) -> None:
        status, kind, text = answer(method, path, body)
        payload = text.encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(payload)}\r\n\r\n"
        self._write(head.encode() + payload)

    def _write(self, data: bytes) -> None:
        if self._out is not None:
            self._out.write(data)


async def main(port: int) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
