"""What an answer does, wherever it comes in: a text, a mail, or a visit to a short link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.escalation.application.answers import AnswersEndEscalations, WakeEscalation

if TYPE_CHECKING:
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.triggers.application.fire import FireTrigger


def responses(storage: Storage, queues: Queues) -> AnswersEndEscalations:
    """Return where answers are kept; the last that an escalation waits for ends it."""
    return AnswersEndEscalations(
        responses=storage.responses, escalations=storage.escalations, wake=wake_escalation(storage, queues)
    )


def wake_escalation(storage: Storage, queues: Queues) -> WakeEscalation:
    """Return what makes the timer of an escalation due now."""
    return WakeEscalation(timers=storage.timers, queue=queues.timers, clock=storage.clock)


def fire(storage: Storage, queues: Queues) -> FireTrigger:
    """Return what sends the stored alert whose keyword was written, or whose link was followed."""
    from tocsin.triggers.application.fire import FireTrigger  # the API wakes escalations and sets nothing off

    return FireTrigger(
        triggers=storage.triggers, queue=queues.timers, notices=storage.account_notices, clock=storage.clock
    )
