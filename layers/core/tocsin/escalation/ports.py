"""Port of the escalations.

One is begun and stepped beside an alert (EscalationBegun, StepTaken); answers are counted in the transaction of the
response that they are (ports/responses.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tocsin.alerts.domain.link import LinkKey
from tocsin.contacts.domain.recipient import Recipient
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationPolicy


@dataclass(frozen=True, slots=True)
class Standing:
    """How an escalation stands towards some people.

    Attributes:
        answered: those of them who have answered, as `person` names them. Personal data.
    """

    escalation: Escalation
    answered: frozenset[str]


class Escalations(Protocol):
    """Escalations, their ladders, and who has answered. Every read is strongly consistent."""

    def get(self, key: EscalationKey) -> Escalation | None:
        """Return the escalation as it stands; None if it never was, or is forgotten."""
        ...

    def policy(self, key: EscalationKey) -> EscalationPolicy | None:
        """Return what it sends when; None if it never was, or is forgotten."""
        ...

    def standing(self, key: EscalationKey, recipients: Sequence[Recipient]) -> Standing | None:
        """Return the escalation and who of these people has answered: one look, taken after whatever came before."""
        ...

    def move(self, before: Escalation, after: Escalation) -> bool:
        """Take a step without an alert, or end it; see `may_follow`. False: it does not stand there any more."""
        ...

    def of_set(self, link: LinkKey) -> Sequence[Escalation]:
        """Return every escalation of a linked set."""
        ...
