"""Composition of what an answer does: by text, by mail, or by a visit to a short link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.bootstrap.notifying import event_publisher
from tocsin.escalation.application.answers import AnswersEndEscalations, WakeEscalation

if TYPE_CHECKING:
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.responses.application.record_reply import RecordReply
    from tocsin.triggers.application.fire import FireTrigger


def responses(storage: Storage, queues: Queues) -> AnswersEndEscalations:
    """Return the use case that stores answers; an answer that completes an escalation ends it."""
    return AnswersEndEscalations(
        responses=storage.responses, escalations=storage.escalations, wake=wake_escalation(storage, queues)
    )


def record_reply(storage: Storage, queues: Queues) -> RecordReply:
    """Return the use case that stores an answer and publishes its event."""
    from tocsin.responses.application.record_reply import RecordReply

    return RecordReply(responses(storage, queues), event_publisher(storage, queues))


def wake_escalation(storage: Storage, queues: Queues) -> WakeEscalation:
    """Return the use case that makes the timer of an escalation due now."""
    return WakeEscalation(timers=storage.timers, queue=queues.timers, clock=storage.clock)


def fire(storage: Storage, queues: Queues) -> FireTrigger:
    """Return the use case that sends the stored alert of a keyword or a link."""
    from tocsin.triggers.application.fire import FireTrigger  # the API wakes escalations and fires no trigger

    return FireTrigger(
        triggers=storage.triggers, queue=queues.timers, notices=storage.account_notices, clock=storage.clock
    )
