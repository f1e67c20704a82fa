"""The provider of calls, its lines, and what is noted about its calls, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.line_leases import LineLease, LineLeases
from tocsin.calls.domain.outgoing_call import OutgoingCall
from tocsin.calls.ports.line_pool import WantedLine
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Dialled, Submission
from tocsin.kernel.domain.ids import TenantId


class FakeVoiceCaller:
    """Makes one call for a try, however often it is asked for it. `calls` holds the calls by their id.

    Attributes:
        refusals: what is answered instead of Dialled, by the number that is called. Of a refusal no call comes.
        ended: how calls ended, by id; a test fills it in. Other calls go on.
        stopped: ids of calls that it was asked to stop.
        looked: ids of calls that it was asked about.
        outage: of `look`.
    """

    def __init__(self) -> None:
        self.calls: dict[str, OutgoingCall] = {}
        self.asked: list[OutgoingCall] = []
        self.refusals: dict[str, Submission] = {}
        self.ended: dict[str, EndedCall] = {}
        self.stopped: list[str] = []
        self.looked: list[str] = []
        self.outage = Outage()

    def call(self, call: OutgoingCall) -> Submission:
        self.asked.append(call)
        if call.to in self.refusals:
            return self.refusals[call.to]
        earlier = next((id for id, placed in self.calls.items() if placed.id == call.id), None)
        call_id = earlier or f"call-{len(self.calls) + 1}"
        self.calls[call_id] = call
        return Dialled(call_id, call.answer_within)

    def stop(self, call_id: str) -> None:
        self.stopped.append(call_id)

    def look(self, call_id: str) -> EndedCall | None:
        self.outage.check()
        self.looked.append(call_id)
        return self.ended.get(call_id)


class FakePlacedCalls:
    """`kept` may be inspected: the try of each call, and until when it is known."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[MessageId, datetime]] = {}
        self.outage = Outage()

    def remember(self, call_id: str, message: MessageId, until: datetime) -> None:
        self.outage.check()
        self.kept.setdefault(call_id, (message, until))

    def find(self, call_id: str) -> MessageId | None:
        self.outage.check()
        found = self.kept.get(call_id)
        return found[0] if found else None


class FakeLinePool:
    """`held` may be inspected: the lease of each line that is held."""

    def __init__(self, lines: int = 10) -> None:
        self.lines = lines
        self._leases = LineLeases()
        self.outage = Outage()

    @property
    def held(self) -> dict[WantedLine, LineLease]:
        return {WantedLine(MessageId.parse(each.holder), each.number): each for each in self._leases.leases}

    def take(
        self, tenant: TenantId, wanted: Sequence[WantedLine], *, urgent: bool, now: datetime, until: datetime
    ) -> Collection[MessageId]:
        self.outage.check()
        asked = [LineLease(str(one.message), tenant, one.number, until) for one in wanted]
        self._leases, held = self._leases.take(self.lines, asked, tenant, now, urgent=urgent)
        return [one.message for one in wanted if str(one.message) in held]

    def give_back(self, tenant: TenantId, lines: Sequence[WantedLine]) -> None:
        self.outage.check()
        self._leases = self._leases.give_back(str(one.message) for one in lines)


class FakePromptFiles:
    """`stored` may be inspected: the recordings by their keys."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.outage = Outage()

    def put(self, key: str, wav: bytes) -> None:
        self.outage.check()
        self.stored[key] = wav
