"""What the causes of an alert, and the kinds of response, mean to a client."""

from __future__ import annotations

from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.kernel.domain.codes import Code, Vocabulary

CAUSES = Vocabulary(
    "CauseKind",
    "What sent an alert",
    "`cause.kind` of an alert, and `reason` of the line `accepted` in `explain`.",
    {
        CauseKind.SCHEDULE: Code("a run of a schedule sent it", "pause or cancel the schedule to end it"),
        CauseKind.ESCALATION: Code("a step of an escalation sent it", "answer or cancel the first alert to end it"),
        CauseKind.ALL_CLEAR: Code("an escalation was answered, and everybody who was contacted is told", "nothing"),
        CauseKind.TRIGGER: Code("a keyword or a short link sent it", "cancel the trigger to end it"),
        CauseKind.RULE: Code("an event matched an alert rule", "change or delete the rule to end it"),
        CauseKind.RULE_TEST: Code("a person tested an alert rule", "nothing"),
        CauseKind.MAIL_TEST: Code("a person tested the mail server or a mail template", "nothing"),
        CauseKind.NOTICE: Code("people are told of an event", "change their notification settings to end it"),
        CauseKind.INCIDENT: Code("an integration does not work", "mend it, or end the subscription"),
        CauseKind.REPORT: Code("a report or a notice about the account", "switch it off in the notification settings"),
        CauseKind.TENANT_MAIL: Code("an event is mailed", "change the mail settings to end it"),
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
        ResponseKind.SHORTLINK: Code("the person answered by a short link", "nothing"),
        ResponseKind.MARKED: Code("a client marked the person as having answered", "read the note; `by` says who"),
    },
)

EVIDENCE = Vocabulary(
    "Evidence",
    "How sure an answer is",
    "`evidence` of a response, an event, a line of `explain`, and of `stopWhen`. From weak to strong: `opened`, "
    "`confirmed`, `pressed_in`, then `wrote`, `pressed` and `marked`, which are equal.",
    {
        Evidence.OPENED: Code("a short link was opened, perhaps by a machine", "do not rely on it alone"),
        Evidence.CONFIRMED: Code("the button of a short link's page was pressed, or a text got a reaction", "nothing"),
        Evidence.PRESSED_IN: Code("a key was pressed in a call that the person made", "nothing; callers can be forged"),
        Evidence.WROTE: Code("a text or a mail was written", "read `reply`"),
        Evidence.PRESSED: Code("a key was pressed in a call that we made", "read `details`"),
        Evidence.MARKED: Code("a client says that the person answered", "nothing; `by` says who"),
    },
)
