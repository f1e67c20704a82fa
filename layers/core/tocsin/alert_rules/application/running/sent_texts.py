"""The texts that rules sent, so that an event about one of them does not fire a rule again (AL-32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alert_rules.domain.gates import LOOP_SPAN, SentText
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.content.domain.content import SmsContent
from tocsin.delivery.ports.messages import MessageRows
from tocsin.identity.domain.account_key import INSIDE
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.responses.ports.conversations import Conversations

TEXTS_LOOKED_AT = 10
"""Of a conversation: the newest."""


@dataclass(frozen=True, slots=True)
class ReadSentTexts:
    """Reads them from the conversation of two numbers, which every text leaves before it is submitted."""

    conversations: Conversations
    alerts: AlertRepository
    messages: MessageRows
    clock: Clock

    def __call__(self, tenant: TenantId, sender: str, to: str) -> Sequence[SentText]:
        """Return the texts of rules from a number to another; old ones are not looked at."""
        now, found = self.clock(), []
        for said in self.conversations.newest(tenant, sender, to, TEXTS_LOOKED_AT):
            if said.at + 2 * LOOP_SPAN < now:
                break
            alert = self.alerts.get(tenant, said.key.alert)
            if alert is None or alert.key_id != INSIDE:
                continue
            content = alert.items[said.key.item].content
            if isinstance(content, SmsContent):
                message = self.messages.load(said.key, range(said.position, said.position + 1)).get(said.position)
                id = None if message is None else message.provider_id
                found.append(SentText(id, sender, to, content.text, said.at))
        return found
