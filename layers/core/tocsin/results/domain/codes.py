"""What the events of an alert mean to a client."""

from __future__ import annotations

from tocsin.kernel.domain.codes import Code, Vocabulary

EVENTS = Vocabulary(
    "Event",
    "Events",
    "`event` of what `/collectevents` returns and callbacks post.",
    {
        "held": Code(
            "a message waits for the end of its receiver's quiet hours, or until a limit lets the next call go",
            "wait until `heldUntil`; `reason` says for what",
        ),
        "sent": Code("the provider has accepted a message", "wait for `delivered`; some networks never report it"),
        "delivered": Code("a message arrived, as the provider reports", "nothing"),
        "bounced": Code("an email came back", "do what its `reason` asks for"),
        "failed": Code("a message was not sent, or not delivered", "do what its `reason` asks for"),
        "skipped": Code("a message was not needed any more", "nothing"),
        "attempt": Code(
            "a call to a receiver has ended; `status` says how, `attempt` which call it was",
            "wait for `callComplete`",
        ),
        "callReceived": Code(
            "a person who called in begins to hear a message; with `callBack`, one that we had called about",
            "wait for `callComplete`; a call back has one only if it succeeds",
        ),
        "callComplete": Code(
            "we call about a message no more, or a person who called in has heard it; with a higher `version`, "
            "something better became known later",
            "see `status`: `keyPressed`, `fullPlay`, `connected`, `recipientOk` and `recipientNotOk` are successes",
        ),
        "complaint": Code("a receiver reported an email as spam", "take the person out of your lists"),
        "reply": Code("a receiver answered a message", "read `reply`"),
        "autoReply": Code(
            "a machine answered for a receiver, such as an out-of-office; it does not count", "nothing; read `reply`"
        ),
        "unmatched": Code(
            "an answer came that may belong to several alerts", "read `reply`; `candidates` names the alerts"
        ),
        "shortlinkClick": Code(
            "a short link was visited, or its button pressed", "nothing; `counted` tells whether it is an answer"
        ),
        "keyword": Code("a keyword or a short link sent the alert", "nothing; `alerter` says who it was"),
        "escalated": Code(
            "a further step of an escalation was sent, because too few people had answered or a client asked for it",
            "wait",
        ),
        "acknowledged": Code(
            "enough people have answered an escalation, with `needed`; or, with `by`, a client marked a receiver as "
            "having answered",
            "nothing; `counted` tells whether the mark is an answer",
        ),
        "exhausted": Code(
            "all steps of an escalation were sent, and too few people answered", "contact the people yourself"
        ),
        "cancelled": Code("an escalation was stopped or cancelled", "nothing; `by` says who stopped it"),
        "test": Code("`/setinfo` asked for a test of the callback endpoint; it belongs to no alert", "answer 2xx"),
    },
)
