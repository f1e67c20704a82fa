"""Actions of timers are composed when a timer of their kind is due: that each one can be, shows here."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from run_timers.settings import Settings
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.sending import send_pipeline
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.bootstrap.timers import TimerActions
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


class Reached(Exception):
    """An action was made and ran, as far as its first call of a store or a queue."""


class NoService:
    """A client of AWS whose every call is refused."""

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            raise Reached(name)

        return call


@pytest.fixture
def actions() -> TimerActions:
    nothing: Any = NoService()
    storage = Storage(StoreClients(nothing, nothing, nothing), table_name="t", key_id="k", bucket_name="b")
    names = {field.name: "x" for field in dataclasses.fields(Settings) if field.name != "open_egress"}
    queues = Queues(nothing, Settings(**names, open_egress=False))
    send = send_pipeline(storage, queues, service="run_timers").send
    return TimerActions(storage, queues, lambda: send, service="run_timers", console="https://c.example")


def test_every_kind_of_timer_has_an_action(actions: TimerActions) -> None:
    assert set(actions.by_kind) == set(TimerKind)


RULE = "0192f0c1-0000-7000-8000-000000000001"

SUBJECTS = {
    TimerKind.DIGEST: f"{RULE}.1764493200",
    TimerKind.ESCALATION: f"k1.door.{RULE}",
    TimerKind.MAIL: f"{1764493200}",
    TimerKind.PACK: "2026113008",
    TimerKind.THROTTLE_END: f"{RULE}.1764493200",
}
"""Of kinds whose subject is more than an id."""


@pytest.mark.parametrize("kind", sorted(set(TimerKind) - {TimerKind.HEARTBEAT}))
def test_an_action_is_made_when_a_timer_of_its_kind_is_due(actions: TimerActions, kind: TimerKind) -> None:
    timer = Timer(TimerKey(TenantId("acme"), kind, SUBJECTS.get(kind, RULE)), 1, NOW)
    with pytest.raises(Reached):
        actions.by_kind[kind](timer, NOW)
