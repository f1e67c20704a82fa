"""Port of escalations.

An escalation begins and takes its steps in the transaction of an alert (EscalationBegun, StepTaken). An answer is
counted in the transaction of its response (`Responses.add`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tocsin.alerts.domain.link import LinkKey
from tocsin.contacts.domain.recipient import Recipient
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationPolicy


@dataclass(frozen=True, slots=True)
class Standing:
    """An escalation, and which of some recipients have answered.

    Attributes:
        answered: the recipients who have answered, in the form of `person`. Personal data.
    """

    escalation: Escalation
    answered: frozenset[str]


class Escalations(Protocol):
    """Escalations, their policies and answers. Every read is strongly consistent."""

    def get(self, key: EscalationKey) -> Escalation | None:
        """Return the escalation; None = it never existed, or has expired."""
        ...

    def get_all(self, keys: Sequence[EscalationKey]) -> Mapping[EscalationKey, Escalation]:
        """Return those of the escalations that exist; a call for 100 of them."""
        ...

    def policy(self, key: EscalationKey) -> EscalationPolicy | None:
        """Return the policy of an escalation; None = it never existed, or has expired."""
        ...

    def standing(self, key: EscalationKey, recipients: Sequence[Recipient]) -> Standing | None:
        """Return the escalation and which recipients have answered, in one read; None = no such escalation."""
        ...

    def move(self, before: Escalation, after: Escalation) -> bool:
        """Write a step without an alert, or an end. False: `may_follow` forbids it for the stored escalation."""
        ...

    def of_set(self, link: LinkKey) -> Sequence[Escalation]:
        """Return every escalation of a linked set."""
        ...
