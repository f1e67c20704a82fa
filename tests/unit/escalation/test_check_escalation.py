"""All steps of an escalation together have a limit of receivers, each step counted for itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.fakes.time import NOON
from tests.unit.alerts.desk import a_request, an_sms
from tocsin.alerts.application.check_escalation import check_escalation
from tocsin.alerts.application.preparation import Prepared
from tocsin.alerts.domain.alert import MAX_IN_ALL_STEPS
from tocsin.alerts.domain.capacity import PreparedElement
from tocsin.alerts.domain.follow_up import EscalationOptions, LaterAlert, Per, StepOptions, StopWhen
from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.kernel.domain.errors import RequestTooLarge

MINUTE = timedelta(minutes=1)
SOMEBODY = (Recipient("+447700900001"),)


@pytest.mark.parametrize(("last", "too_many"), [(10_000, False), (10_001, True)])
def test_all_steps_together_may_have_fifty_thousand_receivers(last: int, too_many: bool) -> None:
    sizes = iter([10_000, 10_000, 10_000, last])
    steps = tuple(StepOptions(5 * MINUTE, LaterAlert("{}", (an_sms("+447700900001"),))) for _ in range(4))
    options = EscalationOptions(steps, StopWhen.ANY, None, Per.GROUP, None, MINUTE)

    def prepare(step: SendRequest) -> Sequence[Prepared]:
        return [of(next(sizes))]

    def check() -> None:
        check_escalation(options, a_request(an_sms("+447700900001")), [of(10_000)], prepare, NOON, None)

    if not too_many:
        check()
        return
    with pytest.raises(RequestTooLarge, match="all steps") as refused:
        check()
    assert refused.value.limit == MAX_IN_ALL_STEPS == 50_000


def of(requested: int) -> Prepared:
    return Prepared(PreparedElement(Channel.SMS, "t", SOMEBODY, requested, None), ())
