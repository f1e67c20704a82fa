"""What the states of an escalation mean to a client."""

from __future__ import annotations

from tocsin.escalation.domain.escalation import EscalationState
from tocsin.kernel.domain.codes import Code, Vocabulary

ESCALATION_STATES = Vocabulary(
    "EscalationState",
    "States of an escalation",
    "`escalation.state` of an alert.",
    {
        EscalationState.ACTIVE: Code("its next step is sent unless enough people answer", "wait, or cancel the alert"),
        EscalationState.ACKNOWLEDGED: Code("enough people have answered it", "nothing"),
        EscalationState.EXHAUSTED: Code("all its steps were sent, and too few answered", "reach somebody yourself"),
        EscalationState.CANCELLED: Code("its first alert or its link was cancelled", "nothing"),
    },
)
