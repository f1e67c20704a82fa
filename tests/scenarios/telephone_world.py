"""A world in which people are called: a telephone network, the function that answers it, and the ends that it tells.

The network places one call for each try, however often it is asked. Ana answers after five seconds, hears the message,
and presses 2. Bob is busy at the first call, and then does as Ana does. What the network asks is asked again when it
gets no answer, twice; then the call is over. Ends of calls come twice, and again until they are taken in; a network
that is `silent` tells none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.builders import number
from tests.fakes.calls import FakeLinePool, FakePlacedCalls, FakePromptFiles
from tests.fakes.escalations import FakeEscalations
from tests.fakes.last_looks import FakeLastLooks
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeCounters, FakeLimitSettings, FakeSendingTotals
from tests.fakes.timers import FakeTimerQueue
from tests.scenarios.world import Crash, World
from tocsin.bootstrap.calling import answer_call_in, end_call, record_sandbox_key, run_dialogue
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.calls.application.call_lines import LeaseCallLines
from tocsin.calls.application.look_into_calls import LookIntoCalls
from tocsin.calls.application.run_dialogue import CallIn
from tocsin.calls.application.voice_channel import VoiceChannel
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import OutgoingCall
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.dispatch_batch import DispatchBatch
from tocsin.delivery.application.follow_calls import FollowCalls
from tocsin.delivery.application.record_receipts import ReceiptResult
from tocsin.delivery.domain.submission import Dialled, Submission
from tocsin.entrypoint.process.environment import Environment
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.short_links.application.message_links import MessageLinks
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue import Event, Signal, Then
from tocsin.voice.domain.dialogue_state import DialogueState

ANA, BOB = number(1), number(2)
KEY = "2"
_LINKS = "https://t.example/l/"
_ASKED = 3  # times, at most, for one answer
_SECOND = timedelta(seconds=1)


@dataclass
class PlacedCall:
    """One call in the network.

    Attributes:
        over: how it ended, None while it goes on.
        pressed: whether its receiver has pressed the key, and somebody has heard it.
    """

    id: str
    to: str
    call: OutgoingCall
    began: datetime
    answered: datetime | None = None
    over: EndedCall | None = None
    pressed: bool = False


@dataclass
class Network:
    """The provider of calls. `placed` may be inspected: every phone that rang, and for which try."""

    world: TelephoneWorld
    placed: dict[str, PlacedCall] = field(default_factory=dict)

    def call(self, call: OutgoingCall) -> Submission:
        known = next((one for one in self.placed.values() if one.call.id == call.id), None)
        if known is None:
            known = PlacedCall(f"call-{len(self.placed) + 1}", call.to, call, self.world.clock())
            self.placed[known.id] = known
            self.world.rings(known)
        return Dialled(known.id, call.answer_within)

    def stop(self, call_id: str) -> None:
        call = self.placed[call_id]
        if call.answered is None:
            self.world.over(call, CallEnd.STOPPED)

    def look(self, call_id: str) -> EndedCall | None:
        return self.placed[call_id].over


class TelephoneWorld(World):
    """See the module. `answers_after` says after how many seconds somebody answers who takes longer."""

    def __init__(self, *args: Any, lines: int = 10, **options: Any) -> None:
        super().__init__(*args, **options)
        self.network = Network(self)
        self.answers_after: dict[str, float] = {}
        self.placed_calls, self.pool, self.files = FakePlacedCalls(), FakeLinePool(lines), FakePromptFiles()
        self.escalations = FakeEscalations(clock=self.clock)

    def rang(self) -> Counter[str]:
        """Return how often each phone rang."""
        return Counter(call.to for call in self.network.placed.values())

    # --- the network --------------------------------------------------------------------------------------------

    def rings(self, call: PlacedCall) -> None:
        """Let a phone ring."""
        first = sum(one.to == call.to for one in self.network.placed.values()) == 1
        if call.to == BOB and first:
            self._later(3, lambda: self.over(call, CallEnd.BUSY))
        else:
            self._later(self.answers_after.get(call.to, 5), lambda: self._answers(call))

    def over(self, call: PlacedCall, end: CallEnd) -> None:
        """Let a call be over, and its end be told."""
        if call.over is not None:
            return
        now = self.clock()
        dialled = ((call.answered or now) - call.began).total_seconds()
        talked = None if call.answered is None else (now - call.answered).total_seconds()
        facts = CallFacts(end, dial_seconds=dialled, talk_seconds=talked)
        call.over = EndedCall(call.id, now, facts, call.call.id)
        for later in () if self.silent else (2, 7):
            self._later(later, lambda: self._told(call.over))

    def _later(self, seconds: float, run: Any) -> None:
        self._at(self.clock() + seconds * _SECOND, run)

    def _answers(self, call: PlacedCall) -> None:
        if call.over is None:
            call.answered = self.clock()
            self._ask(call, Signal.ANSWERED, DialogueState())

    def _ask(self, call: PlacedCall, event: Event, state: DialogueState, times: int = 1) -> None:
        """Ask what comes next in a call; do it, and ask again."""
        try:
            answer = self._run_dialogue()(
                CallQuestion(event, state, call.id, call.call.id, False, call.to, call.call.sender)
            )
        except (Crash, StorageUnavailable):
            if times < _ASKED:
                self._later(1, lambda: self._ask(call, event, state, times + 1))
            else:
                self.over(call, CallEnd.ENDED)
            return
        call.pressed = call.pressed or event == KEY
        self._go_on(call, answer)

    def _go_on(self, call: PlacedCall, answer: CallAnswer) -> None:
        match answer.step.then:
            case Then.HANG_UP:
                self._later(1, lambda: self.over(call, CallEnd.ENDED))
            case Then.GO_ON:
                self._later(6, lambda: self._ask(call, Signal.PLAYED, answer.state))
            case Then.LISTEN | Then.GLANCE:
                self._later(2, lambda: self._ask(call, KEY, answer.state))

    def _told(self, ended: EndedCall | None) -> None:
        """Be the function that takes in the ends of calls."""
        assert ended is not None
        try:
            self._end_call()(ended)
        except (Crash, StorageUnavailable, StaleWrite):
            self._later(60, lambda: self._told(ended))

    # --- the functions ------------------------------------------------------------------------------------------

    def _new_dispatcher(self, channel: Channel) -> DispatchBatch:
        if channel is not Channel.CALL:
            return super()._new_dispatcher(channel)
        links = MessageLinks(self._port("links", self.links), FakeSealer(), _LINKS)
        caller = self._port("caller", self.network)
        lines = LeaseCallLines(self._port("lines", self.pool), self.clock)
        voice = VoiceChannel(
            caller,
            lambda to, attempt, script, main: CallFacts(),
            self._port("files", self.files),
            self._port("placed", self.placed_calls),
            links,
            record_key=record_sandbox_key(*self._composed(), link_base_url=_LINKS),
            idempotent=True,
        )
        looks = LookIntoCalls(caller, self.clock, links)
        return self._dispatcher(voice, lines=lines, follow_calls=FollowCalls(looks, lines, self.clock))

    def _composed(self) -> tuple[Storage, Queues]:
        """Return the stores of a function that has just started."""
        storage = Storage(StoreClients(None), table_name="core", key_id="key", clock=self.clock)
        stores = {
            "alerts": ("alerts", self.alerts),
            "message_rows": ("rows", self.rows),
            "dispatch_progress": ("dispatch_progress", self.dispatch_progress),
            "result_events": ("events", self.events),
            "event_publisher": ("event_publisher", self.event_publisher),
            "responses": ("responses", self.responses),
            "escalations": ("escalations", self.escalations),
            "link_sets": ("link_sets", self.link_sets),
            "last_looks": ("last_looks", FakeLastLooks(self.alerts, self.suppressions, self.erasures)),
            "suppressions": ("suppressions", self.suppressions),
            "erasure_ledger": ("erasures", self.erasures),
            "timers": ("timers", self.escalations.timers),
            "short_links": ("links", self.links),
            "limit_settings": ("limits", FakeLimitSettings()),
            "counters": ("counters", FakeCounters()),
            "totals": ("totals", FakeSendingTotals()),
        }
        for name, (port, store) in stores.items():
            setattr(storage, name, self._port(port, store))
        storage.sealer = FakeSealer()
        queues = Queues(None, Environment())  # type: ignore[arg-type]
        queues.dispatch, queues.timers = self._port("queue", self), FakeTimerQueue()
        queues.callbacks = None  # type: ignore[assignment]
        return storage, queues

    def _run_dialogue(self) -> CallIn:
        storage, queues = self._composed()
        call_in = answer_call_in(
            storage, queues, link_base_url=_LINKS, placed=storage.placed_calls, stop=self.network.stop
        )
        return run_dialogue(storage, queues, link_base_url=_LINKS, call_in=call_in)

    def _end_call(self) -> Callable[[EndedCall], ReceiptResult]:
        storage, queues = self._composed()
        return end_call(
            storage,
            queues,
            link_base_url=_LINKS,
            caller=self._port("caller", self.network),
            placed=self._port("placed", self.placed_calls),
            lines=self._port("lines", self.pool),
            call_in_ended=lambda ended: ReceiptResult.RECORDED,
        )
