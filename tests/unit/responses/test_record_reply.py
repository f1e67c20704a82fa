"""The event of an answer says what is stored, whoever stored it."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import an_acceptance
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.responses import FakeResponses
from tests.fakes.results import FakeResultEvents
from tests.fakes.time import NOON
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.domain.response import Response
from tocsin.results.domain.result_event import ResultEvent

ACCEPTANCE = an_acceptance()
ALERT = ACCEPTANCE.alert
ANA = Response(next(iter(ACCEPTANCE.chunks)), 0, ResponseKind.SMS, "in-1", "+447700900001", "c0", NOON, "ok")


class World:
    """What an answer is stored in and told by."""

    def __init__(self) -> None:
        self.responses, self.results = FakeResponses(), FakeResultEvents()
        self.record = RecordReply(self.responses, FakeEventPublisher(self.results))

    def told(self) -> list[ResultEvent]:
        """Collect what waits."""
        return list(self.results.collect(ALERT.tenant, ALERT.key_id, ALERT.ref, 100, NOON))


def test_a_worker_that_died_before_the_event_is_made_up_for_by_what_is_stored() -> None:
    world = World()
    world.responses.add(replace(ANA, reason="after_the_end"))
    # the answer comes again, and looks as if it counted
    assert world.record(ALERT, ANA) is False
    (event,) = world.told()
    assert (event.reason, event.details["counted"]) == ("after_the_end", False)


def test_a_carrier_keyword_is_told_and_does_not_count() -> None:
    world = World()
    world.record.keyword(ALERT, replace(ANA, text="STOP", details={"keyword": "stop"}))
    (event,) = world.told()
    assert (event.details["keyword"], event.details["counted"], event.reason) == ("stop", False, "carrier_keyword")
    assert world.responses.kept == {}
