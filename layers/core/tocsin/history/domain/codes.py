"""What the states of an alert, and the words of an explanation, mean to a client."""

from __future__ import annotations

from tocsin.history.domain.alert_state import AlertState
from tocsin.history.domain.incident_state import IncidentState
from tocsin.history.domain.timeline import TimelineKind
from tocsin.kernel.domain.codes import Code, Vocabulary
from tocsin.results.domain import reasons

ALERT_STATES = Vocabulary(
    "AlertState",
    "States of an alert",
    "`state` of `/alerts/{alert_ref}`.",
    {
        AlertState.ACCEPTED: Code("no worker has claimed a message of it yet", "wait"),
        AlertState.DISPATCHING: Code("some of its messages are still being sent", "wait"),
        AlertState.COMPLETED: Code("no further message of it is sent", "see `counts` for how it went"),
        AlertState.EXPIRED: Code("all its messages became too old before they could be sent", "see their reasons"),
        AlertState.CANCELLED: Code("it was cancelled; sent messages stay sent", "nothing"),
    },
)

INCIDENT_STATES = Vocabulary(
    "IncidentState",
    "States of an incident",
    "`state` of `/alerts/{alert_ref}/incident`: an alert with all steps of its escalation.",
    {
        IncidentState.SENDING: Code("messages of the alert or of a step are on their way", "wait"),
        IncidentState.WAITING_FOR_ANSWERS: Code("too few people have answered so far", "wait for the next step"),
        IncidentState.ANSWERED: Code("as many people have answered as were needed", "nothing"),
        IncidentState.UNANSWERED: Code("the escalation ended, and too few people have answered", "call them"),
        IncidentState.STOPPED: Code("the alert or its escalation was cancelled; sent messages stay sent", "nothing"),
        IncidentState.DELIVERED: Code("every message was delivered, or accepted by its provider", "nothing"),
        IncidentState.SOME_FAILED: Code("some people were not reached", "see the reasons of their messages"),
        IncidentState.FAILED: Code("no person was reached", "see the reasons of the messages"),
        IncidentState.UNCONFIRMED: Code("of some messages no receipt came", "ask whether they have arrived"),
    },
)

TIMELINE = Vocabulary(
    "TimelineKind",
    "Lines of a timeline",
    "`timeline[].kind` of `/alerts/{alert_ref}/incident`.",
    {
        TimelineKind.ACCEPTED: Code("the first alert was accepted at this time", "nothing"),
        TimelineKind.STEP: Code("a step was sent, because too few people had answered", "nothing"),
        TimelineKind.STEP_WITHOUT_ALERT: Code("a step sent nothing: all its receivers had answered", "nothing"),
        TimelineKind.DELIVERED: Code("messages were delivered; the time is that of the latest", "nothing"),
        TimelineKind.NOT_REACHED: Code("messages did not reach their receivers", "see the line's `reason`"),
        TimelineKind.ANSWERED: Code("a person answered", "nothing"),
        TimelineKind.ANSWER_NOT_COUNTED: Code("an answer came that does not count", "see the line's `reason`"),
        TimelineKind.CANCELLED: Code("the alert or its escalation was cancelled at this time", "nothing"),
        TimelineKind.ACKNOWLEDGED: Code("the last answer came that the escalation needed", "nothing"),
        TimelineKind.EXHAUSTED: Code("the escalation ended with too few answers", "call the people"),
        TimelineKind.ALL_CLEAR: Code("the all-clear was sent to the people who were contacted", "nothing"),
    },
)

REASONS = Vocabulary(
    "Reason",
    "Reasons",
    "`reason` of an event, of a receiver in `/alerts/{alert_ref}/recipients`, of an entry of a plan and of `explain`: "
    "why a message was or was not sent, why it waits, and why a receiver was excluded. Errors of providers are mapped "
    "to these words; an unknown error is `unrecognised_error`.",
    {word: Code(*sentences) for word, sentences in reasons.REASONS.items()},
)

EXPLAINED = Vocabulary(
    "ExplanationCode",
    "What happened",
    "`chain[].code` of `explain`.",
    {
        "accepted": Code("the alert was accepted", "nothing"),
        "excluded": Code("the receiver was requested and not accepted", "do what the line's `reason` asks for"),
        "queued": Code("the message waits for its first worker", "wait"),
        "taken": Code("a worker claimed the message to submit it", "wait"),
        "calling": Code("the receiver is called", "wait for the next line"),
        "sent": Code("the provider accepted the message", "wait for `delivered`; some networks never report it"),
        "delivered": Code("the message arrived", "nothing"),
        "held": Code("the message waits until quiet hours end", "wait until the line's `until`"),
        "delayed": Code("the message waits for another try", "wait until the line's `until`"),
        "unknown": Code("we cannot tell whether the provider has the message", "wait for the next line"),
        "unconfirmed": Code("no receipt of the message came; it may have arrived", "ask the person"),
        "failed": Code("the message was given up", "do what the line's `reason` asks for"),
        "expired": Code("the message became too old to be sent", "send again if it still matters"),
        "suppressed": Code("the message was not sent: its receiver must not be contacted", "see the line's `reason`"),
        "skipped": Code("the message was skipped", "nothing"),
        "cancelled": Code("the message was not sent: its alert was cancelled", "nothing"),
        "answered": Code("the receiver answered", "nothing"),
        "answer_not_counted": Code("the receiver answered, and it does not count", "see the line's `reason`"),
        "answer_unmatched": Code("the receiver answered, perhaps another alert; it counts for none", "read the answer"),
        "alert_cancelled": Code("the whole alert was cancelled", "nothing"),
        "escalation_stopped": Code("the escalation of the alert had enough answers", "nothing"),
        "alert_expired": Code("the alert's lifetime ended", "nothing; its results are gone"),
    },
)
