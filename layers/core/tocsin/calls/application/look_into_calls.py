"""Find out about calls whose end was not told in time, and stop calls that are not wanted any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.calls.domain.prompts import call_content, prompts_for
from tocsin.calls.ports.caller import VoiceCaller
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.channels import ShortLinkMaker
from tocsin.delivery.domain.ended_calls import call_outcome
from tocsin.delivery.domain.message import Message, asked_again
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.script import PromptName

BELIEVED = timedelta(hours=1)
"""How long after a call was claimed its provider is believed that it goes on."""


@dataclass(frozen=True, slots=True)
class LookIntoCalls:
    """A `CallsUnderWay` port."""

    caller: VoiceCaller
    clock: Clock
    links: ShortLinkMaker

    def look(self, alert: Alert, item: AlertItem, recipient: Recipient, id: MessageId, message: Message) -> Message:
        """Return an overdue message by what its provider says, else by what is known already.

        A call that goes on, or of which the provider says nothing, is looked into again later.
        """
        now = self.clock()
        began = message.attempt_began or now
        facts = self._facts(message)
        if facts is None:
            if now < began + BELIEVED:
                return asked_again(message, now)
            self.stop(message)
            facts = CallFacts()
        try:
            main = prompts_for(alert, item, recipient, began, lambda: self.links.url(id))[PromptName.MAIN]
        except StorageUnavailable:
            return asked_again(message, now)
        outcome = call_outcome(message, message.attempt, facts, call_content(item), main, now)
        assert outcome is not None  # the call was under way
        return outcome

    def stop(self, message: Message) -> None:
        """End the call of a message, if its id is known. A call that cannot be stopped ends by itself."""
        if message.provider_id is not None:
            self.caller.stop(message.provider_id)

    def _facts(self, message: Message) -> CallFacts | None:
        """Return what the provider says about a call that is over; None if it goes on, or nothing is said."""
        if message.provider_id is None:
            return CallFacts()
        try:
            ended = self.caller.look(message.provider_id)
        except StorageUnavailable:
            return None
        return None if ended is None else ended.facts
