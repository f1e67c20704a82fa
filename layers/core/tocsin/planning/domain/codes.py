"""What the outcomes of a plan mean to a client."""

from __future__ import annotations

from tocsin.kernel.domain.codes import Code, Vocabulary
from tocsin.planning.domain.plan import PlannedOutcome

PLANNED_OUTCOMES = Vocabulary(
    "PlannedOutcome",
    "Outcomes of a plan",
    "`steps[].entries[].outcome` and `ifStopped[].outcome` of the answer to `mode` `plan`.",
    {
        PlannedOutcome.SEND: Code("it would be sent at `at`", "nothing"),
        PlannedOutcome.HELD: Code("it would wait until quiet hours end, at `at`", "nothing; or `options.urgent`"),
        PlannedOutcome.EXPIRED: Code(
            "quiet hours would end too late for it", "give a longer lifetime, or `options.urgent`"
        ),
        PlannedOutcome.SUPPRESSED: Code(
            "its receiver must not be contacted, and nothing would be sent", "see its `reason`"
        ),
        PlannedOutcome.EXCLUDED: Code("its receiver would not be accepted", "do what its `reason` asks for"),
    },
)
