"""The stand of dispatch with a provider of calls, its lines, and a simulated telephone for sandbox alerts."""

from __future__ import annotations

from typing import Any

from tests.fakes.calls import FakeLinePool, FakePlacedCalls, FakePromptFiles, FakeVoiceCaller
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.executor import OneHand
from tests.fakes.randomness import SeededRandomness
from tests.fakes.responses import FakeResponses
from tests.fakes.sealer import FakeSealer
from tests.fakes.short_links import FakeShortLinks
from tests.fakes.time import NOON
from tests.unit.delivery.stand import Stand
from tocsin.calls.application.call_attempts import CallAttempts
from tocsin.calls.application.call_lines import LeaseCallLines
from tocsin.calls.application.look_into_calls import LookIntoCalls
from tocsin.calls.application.record_key import RecordKey
from tocsin.calls.application.record_sandbox_key import RecordSandboxKey
from tocsin.calls.application.voice_channel import VoiceChannel
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.ports.line_pool import WantedLine
from tocsin.delivery.application.dispatch_batch import DispatchBatch
from tocsin.delivery.application.follow_calls import FollowCalls
from tocsin.delivery.application.last_look import LastLook
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import OutcomeUnknown
from tocsin.privacy.application.erase_contact import HonourErasures
from tocsin.responses.application.record_reply import RecordReply
from tocsin.short_links.application.message_links import MessageLinks
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.script import Prompt, Script


class CallStand(Stand):
    """`simulated` says what a sandbox call comes to, by number of the try; the last one holds for all later tries."""

    def __init__(self, *items: Any, lines: int = 10, idempotent: bool = True, **options: Any) -> None:
        super().__init__(*items, **options)
        self.caller, self.placed, self.pool = FakeVoiceCaller(), FakePlacedCalls(), FakeLinePool(lines)
        self.files, self.short_links = FakePromptFiles(), FakeShortLinks()
        self.simulated: list[CallFacts | OutcomeUnknown] = []
        links = MessageLinks(self.short_links, FakeSealer(), "https://t.example")
        self.responses = FakeResponses()
        replies = RecordReply(self.responses, FakeEventPublisher(self.events))
        ledger = HonourErasures(self.erasures, FakeSealer())
        look = LastLook(self.looks, self.rows, self.suppress, ledger, after_the_claim=True)
        attempts = CallAttempts(RecentAlerts(self.alerts, self.clock), links)
        leases = LeaseCallLines(self.pool, self.clock)
        self.dispatcher = DispatchBatch(
            self.alerts,
            self.rows,
            self.dispatch_progress,
            self.events,
            self.queue,
            VoiceChannel(
                self.caller,
                self._simulate,
                self.files,
                self.placed,
                links,
                record_key=RecordSandboxKey(attempts, self.rows, RecordKey(replies, look, self.clock)),
                idempotent=idempotent,
            ),
            self.guards,
            self.clock,
            SeededRandomness(),
            OneHand(),
            lines=leases,
            follow_calls=FollowCalls(LookIntoCalls(self.caller, self.clock, links), leases, self.clock),
            not_submitted=self.limits.give_back,
        )

    def _simulate(self, number: str, attempt: int, script: Script, main: Prompt) -> CallFacts | OutcomeUnknown:
        return self.simulated[min(attempt, len(self.simulated)) - 1]

    def line(self, position: int = 0, attempt: int = 1) -> WantedLine:
        to = self.alerts.recipients(self.batch().key)[position].address
        return WantedLine(MessageId(self.batch().key, position, attempt), to)

    def ends(self, call_id: str, facts: CallFacts) -> None:
        """Let the provider know that a call is over."""
        self.caller.ended[call_id] = EndedCall(call_id, NOON, facts)
