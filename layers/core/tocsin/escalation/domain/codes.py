"""The states of an escalation, as clients see them."""

from __future__ import annotations

from tocsin.escalation.domain.escalation import EscalationState
from tocsin.kernel.domain.codes import Code, Vocabulary

ESCALATION_STATES = Vocabulary(
    "EscalationState",
    "States of an escalation",
    "`escalation.state` of an alert.",
    {
        EscalationState.ACTIVE: Code(
            "its next step is sent unless enough people answer", "wait; or send the next step now, or stop the alert"
        ),
        EscalationState.ACKNOWLEDGED: Code("enough people have answered", "nothing"),
        EscalationState.EXHAUSTED: Code(
            "all its steps were sent, and too few people answered", "contact people yourself"
        ),
        EscalationState.CANCELLED: Code("it was stopped, or its first alert or its link was cancelled", "nothing"),
    },
)
