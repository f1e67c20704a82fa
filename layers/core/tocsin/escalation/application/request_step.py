"""Make the next step of an escalation due now. The escalation's timer takes it, as it takes every step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.escalation.application.answers import WakeEscalation
from tocsin.escalation.domain.decisions import Done, StepRefused, TakeStep, at_request
from tocsin.escalation.domain.escalation import EscalationKey, RequestedStep
from tocsin.escalation.ports import Escalations
from tocsin.kernel.domain.errors import NotFound, StorageUnavailable, Superseded

_ROUNDS = 5  # a further round follows a conflict with a step or an answer


@dataclass(frozen=True, slots=True)
class RequestStep:
    """Makes a step due before its time. Safe to repeat.

    The write succeeds only on top of the step before, as the step itself does. So of a request and a timer at the same
    instant, or of two requests, one step follows.
    """

    escalations: Escalations
    wake: WakeEscalation

    def __call__(self, key: EscalationKey, requested: RequestedStep, now: datetime) -> None:
        """Make the step due, if it is the next one.

        Raises:
            Superseded: another step is the next one, or the escalation has ended in another way.
            NotFound: there is no such escalation.
            StorageUnavailable: repeat the call.
        """
        for _ in range(_ROUNDS):
            escalation = self.escalations.get(key)
            if escalation is None:
                raise NotFound("escalation")
            match at_request(escalation, requested):
                case Done(wake):
                    if wake:
                        self.wake(key)
                    return
                case StepRefused(sentence, how):
                    raise Superseded(sentence, how)
                case TakeStep():
                    if self.escalations.move(escalation, escalation.at_once(requested, now)):
                        self.wake(key)
                        return
        raise StorageUnavailable("the escalation changes too fast for a request")
