"""Alerts of the inside: Tocsin sends them for an account because of a rule or a setting, without a client's call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.alerts.domain.cause import Cause
from tocsin.alerts.domain.participants import Participant
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId

INSIDE = ApiKeyId("inside0")
"""The key under which alerts of the inside are kept. No client has it; it has no capacities and no list."""


@dataclass(frozen=True, slots=True)
class InsideMessage:
    """One element of an alert of the inside.

    Attributes:
        tag: what the element is for, for example the id of a notification: 1..64 characters.
        to: addresses of one channel, canonical or not.
        content: as it is sent.
    """

    tag: str
    to: Sequence[str]
    content: EmailContent | SmsContent


@dataclass(frozen=True, slots=True, kw_only=True)
class InsideAlert:
    """An alert of the inside before it is accepted.

    Attributes:
        cause: the reference of the alert is made of it, so a repeat finds the alert.
        title: one line, for notices and lists.
        messages: none, if the participants are all that is to be written.
        participants: written in the same transaction; if one of them cannot be written, nothing is.
        urgent: the messages go before those of broadcasts. Up to 100 receivers.
        sandbox: the messages go to the faked provider.
    """

    tenant: TenantId
    cause: Cause
    title: str
    messages: Sequence[InsideMessage]
    participants: Sequence[Participant] = field(default=())
    urgent: bool = False
    sandbox: bool = False

    @property
    def ref(self) -> AlertRef:
        """The reference that the alert has once it is accepted."""
        return self.cause.alert_ref(self.tenant)
