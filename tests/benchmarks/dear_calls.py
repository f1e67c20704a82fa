"""What a call costs at most: bodies that make as much work as they can, over every lookup form and channel.

Run as a program it is the child that measures, in the memory of the function: `python -m tests.benchmarks.dear_calls`.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from tests.adapters.audio_files import tone, wav
from tests.benchmarks.calibration import seconds_of
from tests.benchmarks.findings import Finding
from tests.fakes.conversations import FakeTwoWayNumbers
from tests.functional.alerts_api.conftest import NUMBER, OURS, Door
from tests.functional.gateway import Answer
from tocsin.kernel.domain.ids import ApiKeyId

FUNCTION_MEMORY = 1024 * 1_048_576
"""`MemorySize` of the alerts API in the template."""

BODY_SECONDS, RECEIVER_SECONDS, MOST_MEMORY = 1.0, 100e-6, 256 * 1_048_576
"""What a call may cost: for its body, beside it for a receiver and step, and in memory."""

_VALUES = {"entities": "&" * 1_024, "emoji": "😀" * 1_024, "none": ""}
_CONTENTS = {
    "own": "{a}",
    "recipient": "{recipient}",
    "moment": "{datetime-America/Argentina/Buenos_Aires-YYYY}",
    "short link": "{shortlink}",
    "shared": "{alertid}",
    "mixed": "{a}{recipient}{datetime--HH}",
}
_QUOTED = "--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


class Cost(NamedTuple):
    """What one call cost.

    Attributes:
        sent: bytes of the request.
        receivers: of the alert and all steps.
        seconds: CPU, on the core that the budgets mean.
        memory: bytes at the peak, beyond what the process had before.
    """

    name: str
    sent: int
    receivers: int
    status: int
    seconds: float
    memory: int

    @property
    def allowed(self) -> float:
        """Seconds that it may take."""
        return allowed_seconds(self.name, self.receivers)

    @property
    def ratio(self) -> float:
        """The part of its budget, of time or memory, that it takes."""
        return max(self.seconds / self.allowed, self.memory / MOST_MEMORY)


def allowed_seconds(name: str, receivers: int) -> float:
    """Return what a call may take. A plan prepares each step for its check and for its run, and shows all messages and
    those of each all-clear."""
    often = 4 if name.endswith("plan") else 1
    return BODY_SECONDS + RECEIVER_SECONDS * receivers * often


@dataclass(frozen=True)
class Case:
    """One body."""

    name: str
    body: dict[str, Any]
    receivers: int


def _element(channel: str, form: str, contents: str, link: bool) -> dict[str, Any]:
    element: dict[str, Any] = {"alertType": channel, "tag": "t", "contactSets": ["all"], "content": contents}
    element["lookups"] = {"performLookups": True, "uniqueLookups": True}
    if link:
        element["lookups"]["shortlink"] = {"url": "https://example.org/"}
    if channel == "sms":
        element["sender"] = "Tocsin"
    elif form == "multipart":
        element |= {"emailBodyIsMultipart": True, "multipartBoundary": "b", "content": _QUOTED + contents}
    else:
        element["emailBodyContentType"] = f"text/{form}; charset=utf-8"
    return element


def _contacts(value: str, room: int, most: int = 500) -> list[dict[str, Any]]:
    each = (
        len(
            json.dumps(
                {"id": "c100", "email": "p100@x.org", "sms": "+447700900100", "lookups": {"a": value}},
                ensure_ascii=False,
            ).encode()
        )
        + 2
    )
    return [
        {"id": f"c{n}", "email": f"p{n}@x.org", "sms": f"+4477009{n:05}", "lookups": {"a": value}}
        for n in range(max(1, min(most, room // each)))
    ]


def cases() -> Iterator[Case]:
    """Yield bodies of nearly a megabyte; the text has what the contacts leave, and the other way round."""
    for value_name, value in _VALUES.items():
        for form, keyword in _CONTENTS.items():
            for channel, kind in (("sms", ""), ("email", "plain"), ("email", "html"), ("email", "multipart")):
                for share in (0.5, 0.95) if channel == "email" else (0.0,):
                    length = 1_600 if channel == "sms" else int(1_000_000 * share)
                    contacts = _contacts(value, 1_000_000 - length)
                    content = keyword * (length // len(keyword))
                    element = _element(channel, kind, content, link="{shortlink}" in content)
                    yield Case(
                        f"{channel} {kind} {form}, {value_name}, {share}",
                        {"alert": [element], "contactGroup": {"inlineContactGroup": {"contacts": contacts}}},
                        len(contacts),
                    )
    yield from _texts_that_fit()
    yield from _with_steps()
    yield from _plain()


def _texts_that_fit() -> Iterator[Case]:
    for name, value in (
        ("letters", "жx" * 100),
        ("ligatures", "\ufdfa" * 80),
        ("signs", "€^" * 100),
        ("emoji", "😀" * 200),
    ):
        element = _element("sms", "", "{a}" * (1_600 // len(value)), link=False)
        contacts = _contacts(value, 900_000)
        body = {"alert": [element], "contactGroup": {"inlineContactGroup": {"contacts": contacts}}}
        yield Case(f"sms of {name}", body, len(contacts))


def _with_steps() -> Iterator[Case]:
    for channel, kind, value, often in (("sms", "", "жx" * 100, 8), ("email", "html", "&" * 600, 12)):
        contacts = _contacts(value, 400_000)
        element = _element(channel, kind, "{a}" * often, link=False)
        steps = [{"after": "1h", "alert": [element]} for _ in range(10)]
        yield Case(
            f"{channel} in eleven steps",
            {
                "alert": [element],
                "contactGroup": {"inlineContactGroup": {"contacts": contacts}},
                "escalation": {"steps": steps},
            },
            11 * len(contacts),
        )


def _plain() -> Iterator[Case]:
    numbers = [f"+4477{n:08}" for n in range(10_000)]
    text = {"alertType": "sms", "tag": "t", "sender": "Tocsin", "recipients": numbers, "content": "é" * 1_600}
    yield Case("ten thousand plain texts", {"alert": [text]}, 10_000)
    steps = [{"after": "1h", "alert": [{**text, "recipients": numbers[:4_000]}]} for _ in range(10)]
    yield Case(
        "forty-four thousand plain texts in eleven steps",
        {"alert": [{**text, "recipients": numbers[:4_000]}], "escalation": {"steps": steps}},
        44_000,
    )
    spoken = {"contentEncoding": "utf8", "voiceFormat": "tts", "content": "{a}" * 1_000}
    recorded = {
        "contentEncoding": "base64",
        "voiceFormat": "wav",
        "content": b64encode(wav(tone(8_000, 40), 8_000)).decode(),
    }
    prompts: dict[str, list[dict[str, Any]]] = {"texts": [spoken] * 3, "a recording": [recorded, spoken, spoken]}
    for name, said in prompts.items():
        call = {
            "alertType": "call",
            "tag": "t",
            "sender": NUMBER,
            "recipients": numbers[:100],
            "voiceFormat": "tts",
            "content": "{a}" * 1_000,
            "ivrControl": {"ivrType": "replay"},
            "additionalContent": [
                {**each, "contentTag": tag} for tag, each in zip(("pre", "post", "done"), said, strict=True)
            ],
        }
        yield Case(f"a call with prompts: {name}", {"alert": [call]}, 100)


def _stored(door: Door) -> Iterator[Case]:
    for name, content in (
        ("plain", "x" * 900_000),
        ("keywords", "{a}" * 300_000),
        ("moments", "{datetime--HH}" * 60_000),
    ):
        entry = {"contentType": "email", "tag": "t", "content": content}
        stored = door.post("/storecontent", {"content": [entry]}).json["content"][0]["storeId"]
        element = {
            "alertType": "email",
            "tag": "t",
            "storedContent": stored,
            "contactSets": ["all"],
            "lookups": {"performLookups": True, "uniqueLookups": True},
        }
        for often in (4, 25):
            contacts = _contacts("y" * 400, 500_000, most=20)
            group = {"inlineContactGroup": {"contacts": contacts}}
            yield Case(
                f"a stored text of {name}, {often} times",
                {"alert": [element] * often, "contactGroup": group},
                often * len(contacts),
            )
    for content_type, content in (
        ("recipientList", ",".join(f"+4477{n:08}" for n in range(10_000))),
        ("sms", "é" * 150_000),
    ):
        stored = door.post(
            "/storecontent", {"content": [{"contentType": content_type, "tag": "t", "content": content}]}
        ).json["content"][0]["storeId"]
        field = "storedRecipients" if content_type == "recipientList" else "storedContent"
        text = {
            "alertType": "sms",
            "tag": "t",
            "sender": "Tocsin",
            "content": "hello",
            "recipients": ["+447700900001"],
            field: stored,
        }
        text.pop("content" if field == "storedContent" else "recipients")
        yield Case(f"a stored {content_type}", {"alert": [text]}, 10_000 if content_type == "recipientList" else 1)


def _peak() -> int:
    """Return the largest memory of this process since it was last asked (Linux), in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")
    return peak * 1024


def measured() -> Iterator[Cost]:
    """Yield the cost of each case, measured in this process."""
    for transliterate in (False, True):
        door = Door(numbers=FakeTwoWayNumbers(replace(OURS, key_id=ApiKeyId("k9"))))
        token = door.new_key("acme", "k9", transliterate=transliterate)
        found = (
            [*cases(), *_stored(door)]
            if not transliterate
            else [case for case in cases() if case.name.startswith("sms")]
        )
        for case in found:
            for mode in ("plan", "send") if not case.name.startswith("email") else ("send",):
                body = {"version": "latest", "apiKey": token, "clientRef": "r", "mode": mode, **case.body}
                raw = json.dumps(body, ensure_ascii=False).encode()
                name = f"{case.name}{', GSM' if transliterate else ''}, {mode}"
                yield _cost(name, door, raw, case.receivers)


def _cost(name: str, door: Door, raw: bytes, receivers: int) -> Cost:
    answers: list[Answer] = []
    gc.collect()
    _peak()
    before = _peak()
    seconds = seconds_of(
        lambda: answers.append(door.gateway.call("POST", "/sendalert", raw)), allowed_seconds(name, receivers)
    )
    return Cost(name, len(raw), receivers, answers[-1].status, seconds, max(0, _peak() - before))


def costs() -> list[Cost]:
    """Return the cost of each case, measured by a process that has the function's memory and no more."""
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        check=True,
        capture_output=True,
        timeout=900,
    )
    lines = [line for line in done.stdout.decode().splitlines() if line.startswith("[")]
    return [Cost(*json.loads(line)) for line in lines]


def measure() -> list[Finding]:
    """Return the worst ratios of a call's cost to its budget."""
    found = costs()
    dearest = max(found, key=lambda cost: cost.seconds / cost.allowed)
    largest = max(found, key=lambda cost: cost.memory)
    return [
        Finding(
            15, "dearest call, part of its CPU budget", [dearest.seconds / dearest.allowed], must=1.0, note=dearest.name
        ),
        Finding(
            15,
            "largest call, part of its memory",
            [largest.memory / MOST_MEMORY],
            must=1.0,
            note=largest.name,
            steady=True,
        ),
    ]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (FUNCTION_MEMORY, FUNCTION_MEMORY))
    for cost in measured():
        print(json.dumps(cost), flush=True)
