"""What the words for what set an alert off, and for how people answer it, mean to a client."""

from __future__ import annotations

from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.kernel.domain.codes import Code, Vocabulary

CAUSES = Vocabulary(
    "CauseKind",
    "What set an alert off",
    "`cause.kind` of an alert, and `reason` of the line `accepted` in `explain`.",
    {
        CauseKind.SCHEDULE: Code("a run of a schedule set it off", "pause or cancel the schedule to end it"),
        CauseKind.ESCALATION: Code("a step of an escalation set it off", "answer or cancel the first alert to end it"),
        CauseKind.ALL_CLEAR: Code("an escalation was answered, and all who were contacted are told", "nothing"),
        CauseKind.TRIGGER: Code("a keyword or a short link set it off", "cancel the trigger to end it"),
    },
)

RESPONSE_KINDS = Vocabulary(
    "ResponseKind",
    "How a person answered",
    "`kind` of a response, `answerType` of an event, and `reason` of an answer in `explain`.",
    {
        ResponseKind.SMS: Code("the person answered by text", "read `reply`"),
        ResponseKind.EMAIL: Code("the person answered by email", "read `reply`"),
        ResponseKind.CALL: Code("the person answered in a call", "read `details`"),
        ResponseKind.SHORTLINK: Code("the person followed a short link", "nothing"),
    },
)
