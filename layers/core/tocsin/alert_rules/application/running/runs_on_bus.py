"""Runs of rules on the event bus: one entry for each run that has done something, written with the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.alert_rules.domain.payload import payload
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState
from tocsin.alert_rules.domain.words import Told
from tocsin.kernel.domain.ids import TenantId
from tocsin.webhooks.domain.bus_delivery import bus_delivery
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed

TOLD_ON_BUS = frozenset(RuleRunState) - {RuleRunState.HELD, RuleRunState.RELEASED, RuleRunState.FAILED}
"""States of runs that the bus is told of. A run that is held is told once its line is; one that is released never."""

_ABOUT = ("call", "registration", "message")


@dataclass(frozen=True, slots=True)
class RunsOnBus:
    """Returns what a run owes the bus. A run that is held owes nothing yet, one of a sandbox key nothing at all.

    Attributes:
        wanted: whether the account asks for runs of its rules. Raises StorageUnavailable.
    """

    wanted: Callable[[TenantId], bool] = lambda tenant: False

    def __call__(self, run: RuleRun, told: Sequence[Told], now: datetime) -> Sequence[DeliveryOwed]:
        """Return the delivery of the run, or none.

        Args:
            told: what the run tells, at least one.

        Raises:
            StorageUnavailable: it is not known whether the account asks for it.
        """
        sandbox = any(each.event.sandbox for each in told)
        if sandbox or run.state not in TOLD_ON_BUS or not self.wanted(run.tenant):
            return ()
        kind, thing = f"rule.{run.state.value}", f"rule/{run.rule}"
        delivery = bus_delivery(run.tenant, kind, thing, run.id, run_object(run, told), at=now, now=now)
        return [DeliveryOwed(delivery, told[0].rule.options.urgent)]


def run_object(run: RuleRun, told: Sequence[Told]) -> Mapping[str, Any]:
    """Return the JSON object of a run. What a single event is about stands in it as webhooks have it."""
    rule = told[0].rule
    about: Mapping[str, Any] = {}
    if len(told) == 1:
        said = payload(rule, told[0].triggers, told[0].event, told[0].names)
        about = {name: said[name] for name in _ABOUT if name in said}
    return {
        "run": {"id": run.id, "state": run.state.value, "test": run.test},
        "rule": {"id": rule.id, "name": rule.name, "type": rule.type.value, "version": run.rule_version},
        "triggers": [
            {"id": id, "description": entity} for id, entity in zip(run.trigger_ids, run.entities, strict=True)
        ],
        "event": run.event,
        "alertRef": run.alert,
        "webhooks": list(run.deliveries),
        **about,
    }
