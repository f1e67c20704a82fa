"""What the states of an alert, and the words of an explanation, mean to a client."""

from __future__ import annotations

from tocsin.history.domain.alert_state import AlertState
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
        "answer_unmatched": Code("the receiver answered, perhaps another alert; it counts for none", "read the answer"),
        "alert_cancelled": Code("the whole alert was cancelled", "nothing"),
        "escalation_stopped": Code("the escalation of the alert had enough answers", "nothing"),
        "alert_expired": Code("the alert's lifetime ended", "nothing; its results are gone"),
    },
)
