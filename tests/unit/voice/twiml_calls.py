"""Whole calls by a provider that speaks TwiML: our documents, the dialogue, and a scripted phone with its own clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from infra.local.outside.phone_people import ANSWERS_AFTER, PhonePerson
from infra.local.outside.scripted_phone import ScriptedPhone
from infra.local.outside.telephone import Spoken
from tests.fakes.time import NOON
from tests.unit.voice.calls import GIVEN_UP_AFTER, LATENCY, PROMPTS, SECONDS, PlacedCall
from tocsin.adapters.twiml.addresses import STATUS, STEP, CallAddress, VoiceAddresses
from tocsin.adapters.twiml.document import document
from tocsin.adapters.twiml.requests import question, status
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.calls.domain.call_question import CallAnswer
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.voice.domain.call_facts import facts_of
from tocsin.voice.domain.dialogue import Signal, step
from tocsin.voice.domain.dialogue_state import DialogueState
from tocsin.voice.domain.script import PromptName, Script

MESSAGE = MessageId(ChunkKey(TenantId("acme"), AlertRef("a-1"), 0, 0), 0, 1)
ADDRESSES = VoiceAddresses("https://tocsin.example/live", "token")
CALL_ID = "CA00000000000000000000000000000001"
FORM = {"CallSid": CALL_ID, "From": "+442079460000", "To": "+447700900899", "Direction": "outbound-api"}

STATUSES = {
    "TELECOM_BUSY": {"CallStatus": "busy"},
    "TELECOM_UNANSWERED": {"CallStatus": "no-answer"},
    "TELECOM_NUMBER_INVALID": {"CallStatus": "failed", "SipResponseCode": "404"},
}
"""What the provider tells where Connect tells these reasons."""


class UnbufferedPhone(ScriptedPhone):
    """A phone whose provider takes keys in a `Gather` only."""

    def gather(self, prompts: list[str], timeout: int, *, listens: bool) -> str | None:
        """Play prompts that a key ends, and wait for a key. Return it, if there is one.

        Args:
            listens: whether the call listens now, in the words of `PhonePerson`.
        """
        self._keeps = True
        for prompt in prompts:
            self.play({"prompt": prompt}, barge_in=True)
        key = None
        if listens or self._waiting:
            key = self.key(timeout)
        elif self._pass(timeout, first_key=True):
            self.taken += (key := self._waiting.popleft())
        self._keeps = False
        self._waiting.clear()
        return key


@dataclass
class TwimlCall(PlacedCall):
    """One call.

    Attributes:
        asked: addresses that the provider called with their forms and our documents, in order.
        failing: numbers of our answers, from 1, that do not reach the provider.
    """

    phone: UnbufferedPhone
    asked: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    failing: Collection[int] = ()
    _answers: int = 0

    def answer_to(self, url: str, form: Mapping[str, str]) -> tuple[DialogueState, bytes]:
        asked = question(dict(parse_qsl(urlsplit(url).query)), form, ADDRESSES)
        state, next_step = step(self.script, asked.state, asked.event)
        prompt = self.prompts[next_step.prompt] if next_step.prompt else None
        answer = CallAnswer(state, next_step, prompt)
        return state, document(asked, answer, ADDRESSES, lambda key: f"https://files.example/{key}?expires=600")

    def run(self) -> None:
        """Play documents until the line is down."""
        url, form = ADDRESSES.of(STEP, CallAddress(MESSAGE), FORM["To"]), dict(FORM)
        while self.phone.up:
            state, said = self._fetch(url, form)
            if state is None:
                return
            form = dict(FORM)
            following = self._play(ElementTree.fromstring(said), state, form)
            if following is None:
                return
            url = following

    def _fetch(self, url: str, form: Mapping[str, str]) -> tuple[DialogueState | None, bytes]:
        """Ask for a document; if that fails, once more at the address for failures."""
        again = ADDRESSES.of(STEP, CallAddress(MESSAGE, Signal.RESUME), FORM["To"])
        failed = {**form, "ErrorUrl": url, "ErrorCode": "11200"}
        for address, sent in ((url, form), (again, failed)):
            self._answers += 1
            if self._answers in self.failing:
                self.phone.wait(GIVEN_UP_AFTER)
                continue
            self.phone.wait(LATENCY)
            state, said = self.answer_to(address, sent)
            self.asked.append((address, sent, said))
            facts = facts_of(state)
            self.note(facts, in_time=question(dict(parse_qsl(urlsplit(address).query)), sent, ADDRESSES).in_time)
            return state, said
        return None, b""

    def _play(self, response: Element, state: DialogueState, form: dict[str, str]) -> str | None:
        """Do what a document says. Return the address that is called next; None if the line is down."""
        for verb in response:
            if not self.phone.up or verb.tag == "Hangup":
                return None
            if verb.tag in ("Say", "Play"):
                self.phone.play({"prompt": state.place}, barge_in=False)
            elif verb.tag == "Gather":
                timeout = int(verb.attrib["timeout"])
                listens = "event=no_key" in (response[-1].text or "")
                if key := self.phone.gather([state.place for _ in verb], timeout, listens=listens):
                    form["Digits"] = key
                    return verb.attrib["action"]
            elif verb.tag == "Redirect":
                return verb.text
        raise AssertionError("a document without an end")


def twiml_call(script: Script, person: PhonePerson, *, attempt: int = 1, failing: Collection[int] = ()) -> TwimlCall:
    """Call a person.

    Args:
        failing: numbers of our answers, from 1, that do not reach the provider.
    """
    phone = UnbufferedPhone(person, lambda said: Spoken("", "", "", SECONDS[PromptName(said["prompt"])]))
    placed = TwimlCall(script, PROMPTS, phone, failing=failing)
    told = STATUSES.get(unanswered := person.unanswered(attempt))
    assert told or not unanswered
    if not told:
        placed.run()
        told = {"CallStatus": "completed", "CallDuration": str(round(placed.phone.now))}
    over = NOON + timedelta(seconds=ANSWERS_AFTER + placed.phone.now)
    address = ADDRESSES.of(STATUS, CallAddress(MESSAGE, dialled_at=int(NOON.timestamp())), FORM["To"])
    ended = status(
        dict(parse_qsl(urlsplit(address).query)),
        {**FORM, **told, "Timestamp": f"{over:%a, %d %b %Y %T} +0000"},
        ADDRESSES,
        over,
    )
    assert isinstance(ended, EndedCall)
    assert ended.message == MESSAGE
    placed.reports.append(ended.facts)
    return placed
