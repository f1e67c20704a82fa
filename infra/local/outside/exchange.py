"""The telephone network behind the simulated Connect: places calls, runs the deployed flow, and reports their ends.

A person is scripted (`phone_people`) or holds the phone (`handsets`). Seconds of a scripted call are those of its own
clock, which runs faster than ours: it ends now, and its beginning is counted back. Every call becomes a line of a file.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from infra.local.complaint import Complaint
from infra.local.outside.contact import (
    BLOCKED,
    ENDED_BY,
    NO_LINE,
    NOT_ANSWERED,
    STOPPED,
    STOPPED_IN_TALK,
    UNKNOWN_NUMBER,
    Contact,
)
from infra.local.outside.contact_flow import ENDED_BY_FLOW, Answer, FlowRun
from infra.local.outside.handsets import Handset, Handsets
from infra.local.outside.phone_people import ANSWERS_AFTER, EndReport, phone_person
from infra.local.outside.phones import Phones, PhoneState
from infra.local.outside.scripted_phone import ScriptedPhone
from infra.local.outside.telephone import Telephone, spoken

LINES = 10
"""Calls at the same time (Amazon Connect service quotas, "Concurrent active calls per instance")."""

FASTER = 20.0
"""Seconds of a scripted call that pass in one second of ours."""

LONGEST = 2.0
"""Most seconds of ours that a scripted call takes, but for our function."""

FUNCTION_TAKES = 0.2
"""Seconds of a scripted call that our function takes, whatever it takes here: a test repeats alike."""

WITHHELD = "withheld"
"""The number of a phone whose person withholds it."""

_UNREACHABLE = {
    PhoneState.OFF: NOT_ANSWERED,
    PhoneState.UNASSIGNED: UNKNOWN_NUMBER,
    PhoneState.BLOCKED: BLOCKED,
}
"""Why a phone in this state is not called, as for its texts."""


class System(Protocol):
    """What the network needs of the deployed system."""

    def ask(self, payload: Mapping[str, Any]) -> Answer:
        """Invoke our function. Any exception is what Connect sees as a failed invocation."""

    def tell(self, event: Mapping[str, Any]) -> None:
        """Deliver an event as EventBridge's rule does."""

    def read(self, address: str) -> bytes | None:
        """Return an object of S3 by its address `s3://bucket/key`; None if there is none."""


class Exchange:
    """All calls of one run. Safe for several threads.

    Args:
        flow: the contact flow, as it is deployed.
        log: the file that gets a JSON line for each call.
        phones: phones that the simulator has switched off.
        complain: shows one line about an error.
        faster: see FASTER.
    """

    def __init__(
        self,
        flow: Mapping[str, Any],
        log: Path,
        handsets: Handsets,
        phones: Phones,
        complain: Callable[[str], None],
        faster: float = FASTER,
    ) -> None:
        self.handsets = handsets
        self._flow, self._log, self._phones, self._complain = flow, log, phones, complain
        self._faster = faster
        self._system: System | None = None
        self._turn = threading.Lock()
        self._contacts: dict[str, Contact] = {}
        self._running: dict[Contact, threading.Thread] = {}

    @property
    def ready(self) -> bool:
        """Whether calls can be placed."""
        return self._system is not None

    def connect(self, system: System | None) -> None:
        """Begin to place calls for a deployed system; None: end all calls, and report their ends."""
        with self._turn:
            self._system = system
            running = list(self._running.items())
        if system is None:
            for contact, thread in running:
                self.stop(contact)
                thread.join(timeout=5)

    def dial(self, ours: str, theirs: str, attributes: Mapping[str, str], ring_seconds: float) -> Contact:
        """Place a call, and return at once."""
        contact = Contact(ours, theirs, attributes, ring_seconds=ring_seconds)
        with self._turn:
            contact.attempt = 1 + sum(one.message == contact.message for one in self._contacts.values())
            return self._start(contact)

    def call_in(self, caller: str, number: str) -> Contact:
        """Call a number of ours from the phone `caller`, and return at once; "" withholds the caller's number.

        Raises:
            Complaint: no line is free, or the system is not there.
        """
        with self._turn:
            if not self.ready or not self._free:
                raise Complaint("All lines are busy.")
            return self._start(Contact(number, caller, inbound=True))

    def find(self, id: str) -> Contact | None:
        """Return a call of this run."""
        return self._contacts.get(id)

    def recording(self, address: str) -> bytes | None:
        """Return the file of a recording; None if there is none."""
        return self._system.read(address) if self._system else None

    def stop(self, contact: Contact) -> None:
        """End a call from our side. No effect if it is over."""
        contact.stopped.set()
        if contact.phone is not None:
            contact.phone.stop()

    def _start(self, contact: Contact) -> Contact:
        run = threading.Thread(target=self._run, args=(contact, self._free), name=f"call {contact.id}", daemon=True)
        self._contacts[contact.id], self._running[contact] = contact, run
        run.start()
        return contact

    @property
    def _free(self) -> bool:
        return len(self._running) < LINES

    def _run(self, contact: Contact, free: bool) -> None:
        if (system := self._system) is not None:
            reason = self._conduct(contact, system) if free else NO_LINE  # the caller hears a reorder tone
            self._finish(contact, reason)
            self._report(contact, system)
        self._running.pop(contact)

    def _conduct(self, contact: Contact, system: System) -> str:
        """Run one call to its end. Return Connect's reason."""
        by_hand = contact.inbound or self.handsets.attended(contact.theirs)
        try:
            reason = self._by_hand(contact, system) if by_hand else self._scripted(contact, system)
        except Exception as error:  # other calls go on
            self._complain(f"a call of the simulated telephone network failed: {error!r}")
            reason = NO_LINE
        return STOPPED_IN_TALK if contact.connected and contact.stopped.is_set() else reason

    def _report(self, contact: Contact, system: System) -> None:
        try:
            for event in contact.reports():
                system.tell(event)
        except Exception as error:  # the engine has stopped
            self._complain(f"the end of a call cannot be reported: {error!r}")

    def _by_hand(self, contact: Contact, system: System) -> str:
        """Call a phone that a person holds, or take that person's call. Return Connect's reason."""
        handset = self.handsets.line(contact.id, contact.theirs or WITHHELD, partial(spoken, read=system.read))
        contact.phone = handset
        if contact.inbound:
            handset.answer()
        else:
            handset.tell("ringing", **contact.numbers)
        if contact.stopped.is_set():
            handset.stop()
        if reason := handset.ring(contact.ring_seconds):
            return reason
        contact.connected = _now()
        handset.tell("answered", **contact.numbers)
        return self._talk(contact, handset, system)

    def _scripted(self, contact: Contact, system: System) -> str:
        """Call a scripted person. Return Connect's reason."""
        person = phone_person(contact.theirs)
        reason = _UNREACHABLE.get(self._phones.state(contact.theirs)) or person.unanswered(contact.attempt or 1)
        contact.dialled = contact.ring_seconds if reason == NOT_ANSWERED else ANSWERS_AFTER
        pace = _Pace(self._faster)
        if contact.stopped.wait(pace.ours(contact.dialled)):
            return STOPPED
        if reason:
            return reason
        phone = ScriptedPhone(
            person, partial(spoken, read=system.read), passing=lambda seconds: time.sleep(pace.ours(seconds))
        )
        contact.connected, contact.phone, contact.report = _now(), phone, person.end
        return self._talk(contact, phone, system)

    def _talk(self, contact: Contact, phone: Telephone, system: System) -> str:
        """Run the flow on an answered call. Return Connect's reason."""

        def ask(payload: Mapping[str, Any]) -> Answer:
            if contact.report is EndReport.TWICE_AND_EARLY and payload["Details"]["Parameters"]["event"] == "key":
                contact.early = contact.early or contact.event(_now(), ENDED_BY_FLOW)
                system.tell(contact.early)
            phone.wait(FUNCTION_TAKES)
            return system.ask(payload)

        return FlowRun(self._flow, phone, ask, contact.data()).run()

    def _finish(self, contact: Contact, reason: str) -> None:
        """Note the end of a call: in its times, in the file, and on the phone of a person."""
        contact.reason, ended = reason, _now()
        if contact.dialled is not None:
            if contact.connected and contact.phone:
                contact.connected = ended - timedelta(seconds=contact.phone.now)
            contact.began = (contact.connected or ended) - timedelta(seconds=contact.dialled)
        with self._turn, os.fdopen(os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
            file.write(json.dumps(contact.line(), ensure_ascii=False) + "\n")
        contact.ended = ended
        if isinstance(contact.phone, Handset):
            self.handsets.over(contact.id, ENDED_BY[reason])


class _Pace:
    """Turns seconds of a call into seconds of ours, and gives at most LONGEST of them."""

    def __init__(self, faster: float) -> None:
        self._faster, self._left = faster, LONGEST

    def ours(self, seconds: float) -> float:
        granted = min(seconds / self._faster, self._left)
        self._left -= granted
        return granted


def _now() -> datetime:
    return datetime.now(UTC)
