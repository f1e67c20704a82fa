"""A dispatch queue that nobody reads from: what was put can be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.dispatch_queue import LaneLoad


class FakeDispatchQueue:
    """`puts` holds every order with its delay, in order; `bulk` is what the bulk lane does. Orders travel in their queue form, as in the real one."""

    def __init__(self) -> None:
        self.puts: list[tuple[DispatchJob, timedelta]] = []
        self.bulk = LaneLoad.IDLE
        self.outage = Outage()

    def put(self, jobs: Sequence[DispatchJob], delay: timedelta = timedelta(0)) -> None:
        self.outage.check()
        assert timedelta(0) <= delay <= timedelta(minutes=15), f"SQS cannot delay by {delay}"
        self.puts += [(DispatchJob.decode(job.encode()), delay) for job in jobs]

    def load(self, lane: Lane) -> LaneLoad:
        self.outage.check()
        return self.bulk if lane is Lane.BULK else LaneLoad.IDLE

    @property
    def orders(self) -> list[DispatchJob]:
        return [job for job, _ in self.puts]
