"""What the states of a message mean to a client."""

from __future__ import annotations

from tocsin.delivery.domain.message import MessageState
from tocsin.kernel.domain.codes import Code, Vocabulary

MESSAGE_STATES = Vocabulary(
    "MessageState",
    "States of a message",
    "`state` of a receiver in `/alerts/{alert_ref}/recipients` and `explain`; `counts` of an alert.",
    {
        MessageState.QUEUED: Code("it is accepted, and no worker has claimed it yet", "wait"),
        MessageState.SENDING: Code("a worker is submitting it to the provider", "wait"),
        MessageState.CALLING: Code("its receiver is being called, or talks with the call", "wait"),
        MessageState.SENT: Code("the provider has accepted it", "wait for `delivered`; some networks never report it"),
        MessageState.DELIVERED: Code("the provider reports it on the phone or in the mailbox", "nothing"),
        MessageState.HELD: Code(
            "it waits for the end of the receiver's quiet hours, or until a limit lets the next call go",
            "wait until `held_until`; `reason` says for what",
        ),
        MessageState.RETRY_WAIT: Code("a try failed, and another follows", "wait; `reason` says why"),
        MessageState.UNKNOWN: Code(
            "we cannot tell whether the provider accepted it; a receipt is awaited",
            "wait; without a receipt within ten minutes it is sent once more",
        ),
        MessageState.UNCONFIRMED: Code(
            "no receipt has come for it, after a second try or too late for one",
            "ask the person, or send again if a duplicate does no harm",
        ),
        MessageState.FAILED: Code(
            "it was rejected permanently, or the last try failed",
            "do what its `reason` asks for; then send it again by `/resend`",
        ),
        MessageState.EXPIRED: Code(
            "it became too old before it could be sent", "send again if it still matters; see its `reason`"
        ),
        MessageState.SUPPRESSED: Code("its receiver must not be contacted", "do what its `reason` asks for"),
        MessageState.SKIPPED: Code("it is not needed any more", "nothing"),
        MessageState.CANCELLED: Code("the alert was cancelled before it was sent", "nothing"),
    },
)
