"""A simulated telephone network with a deployed function that has a replay dialogue, and a person with a phone."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.outside.contact import Contact
from infra.local.outside.contact_flow import Answer
from infra.local.outside.exchange import Exchange
from infra.local.outside.handsets import Handsets
from infra.local.outside.phones import Phones
from infra.local.places import ROOT
from tests.unit.voice.calls import PROMPTS
from tocsin.adapters.connect.steps import answer, question
from tocsin.voice.domain.dialogue import step
from tocsin.voice.domain.script import Replay

FLOW = json.loads((ROOT / "infra/voice-flow.json").read_text())
OURS, PERSON, HAND = "+447700900100", "+447700900199", "+447700900850"
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x1f\0\0" + bytes(8000)
"""One second: µ-law, 8 kHz, mono."""
LONG = WAV[:28] + b"\x08\0\0\0" + WAV[32:]
"""1,000 seconds, by the bytes a second that its header names."""


@dataclass
class Deployed:
    """The deployed function with a replay dialogue, and the queue of receipts."""

    asked: list[Mapping[str, Any]] = field(default_factory=list)
    told: list[Mapping[str, Any]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=lambda: {"s3://prompts-bucket/prompts/main.wav": WAV})

    script: Replay = field(default_factory=Replay)
    first: Callable[[], None] = lambda: None
    """What happens before the first answer of a call."""

    def ask(self, payload: Mapping[str, Any]) -> Answer:
        if payload["Details"]["Parameters"]["event"] == "answered":
            self.first()
        self.asked.append(payload)
        self.order.append(payload["Details"]["Parameters"]["event"])
        asked = question(payload)
        state, following = step(self.script, asked.state, asked.event)
        prompt = PROMPTS[following.prompt] if following.prompt else None
        return answer(state, following, prompt, "s3://prompts-bucket/")

    def tell(self, event: Mapping[str, Any]) -> None:
        self.told.append(event)
        self.order.append("end")

    def read(self, address: str) -> bytes | None:
        return self.objects.get(address)


@dataclass
class Network:
    exchange: Exchange
    system: Deployed
    log: Path
    phones: Phones
    failed: list[str]

    def dial(self, number: str, message: str = "acme.a1.0.0.0.1", rings: float = 40) -> Contact:
        return ended(self.exchange.dial(OURS, number, {"message": message}, rings))

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def until(done: Callable[[], Any]) -> None:
    """Wait for another thread."""
    give_up = time.monotonic() + 10
    while not done():
        assert time.monotonic() < give_up
        time.sleep(0.001)


def ended(contact: Contact) -> Contact:
    until(lambda: not any(thread.name == f"call {contact.id}" for thread in threading.enumerate()))
    assert contact.ended
    return contact


class Hand:
    """A person with a phone: sees its events as they come."""

    def __init__(self, handsets: Handsets, number: str = HAND) -> None:
        self.handsets, self.number = handsets, number
        _, self.after = self.handsets.events([number], None)
        self.seen: list[Mapping[str, Any]] = []

    def sees(self, event: str, **fields: Any) -> Mapping[str, Any]:
        """Wait for an event."""
        while True:
            found, self.after = self.handsets.events([self.number], self.after, 20)
            assert found, f"{event} did not come, but {self.seen}"
            self.seen += found
            for one in found:
                if one["event"] == event and fields.items() <= one.items():
                    return one

    @property
    def heard(self) -> list[str]:
        return [one["prompt"] for one in self.seen if one["event"] == "saying"]
