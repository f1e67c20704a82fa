"""The channel of calls: dial, and remember which try the provider's call belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.calls.application.store_recordings import StoreRecordings
from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN, OutgoingCall
from tocsin.calls.domain.prompts import call_content, prompts_for
from tocsin.calls.ports.caller import VoiceCaller
from tocsin.calls.ports.placed_calls import PlacedCalls
from tocsin.calls.ports.prompt_files import PromptFiles
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.channels import NO_LINK, ShortLinkMaker, Submit, WithShortLinks
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import CallOver, Dialled, OutcomeUnknown, Rejected, Submission
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.script import Prompt, PromptName, Script

REMEMBERED = timedelta(days=7)
"""How long the try of a provider's call is known. No provider tells the end of a call later."""

RecordCallKey = Callable[[MessageId, CallOver, datetime], None]
"""Records the key of a sandbox call as a response; `RecordSandboxKey` is one. Raises StorageUnavailable."""

_NOT_RECORDED = Rejected("responses_unavailable", permanent=False, by_us=True)
"""The key of a sandbox call was not recorded. The call is made again."""

SimulateCall = Callable[[str, int, Script, Prompt], CallFacts | OutcomeUnknown]
"""Decides a sandbox call: number called, number of the try, script, prompt MAIN ─► everything about the call."""


class VoiceChannel(WithShortLinks):
    """Calls. Calls of a sandbox alert are simulated, and no phone is called.

    Args:
        record_key: for sandbox calls; keys of live calls come by their dialogue.
        idempotent: whether the provider takes the same try twice for one.
    """

    channel = Channel.CALL

    def __init__(
        self,
        live: VoiceCaller,
        sandbox: SimulateCall,
        files: PromptFiles,
        placed: PlacedCalls,
        links: ShortLinkMaker | None = None,
        *,
        record_key: RecordCallKey,
        idempotent: bool,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        super().__init__(links)
        self.idempotent = idempotent
        self._live = live
        self._sandbox = sandbox
        self._store = StoreRecordings(files)
        self._placed = placed
        self._record_key = record_key
        self._answer_within = answer_within

    def prepare(self, alert: Alert, item: AlertItem, claimed: Sequence[MessageId], now: datetime) -> Rejected | None:
        """Store the short links of these messages, and the item's recordings. Return why that failed, if it did."""
        refused = super().prepare(alert, item, claimed, now)
        return refused if refused or not claimed else self._store(alert, item)

    def load(self, alert: Alert, item: AlertItem) -> Submit:
        """Return what calls one receiver. Raises ValueError for an item of another channel."""
        content = call_content(item)

        def simulate(recipient: Recipient, id: MessageId, now: datetime, before: datetime) -> Submission:
            try:
                main = prompts_for(alert, item, recipient, now, self.link(id))[PromptName.MAIN]
            except StorageUnavailable:
                return NO_LINK
            outcome = self._sandbox(recipient.address, id.attempt, content.script, main)
            if isinstance(outcome, OutcomeUnknown):
                return outcome
            over = CallOver(f"sandbox-{id}", outcome, content, main)
            try:
                self._record_key(id, over, now)
            except StorageUnavailable:
                return _NOT_RECORDED
            return over

        def dial(recipient: Recipient, id: MessageId, now: datetime, before: datetime) -> Submission:
            outcome = self._live.call(OutgoingCall(id, content.number, recipient.address, self._answer_within))
            if isinstance(outcome, Dialled):
                self._remember(outcome.provider_id, id, now)
            return outcome

        return Submit(simulate if alert.sandbox else dial)

    def _remember(self, call_id: str, id: MessageId, now: datetime) -> None:
        try:
            self._placed.remember(call_id, id, now + REMEMBERED)
        except StorageUnavailable:
            return  # the call's first question names its try, and so does the provider when it is asked
