"""Alerts that are accepted with what is written beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.contract.alert_path import AlertPath, an_acceptance
from tests.fakes.alerts import FakeAlertRepository
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.ports.alerts import AcceptOutcome


def accept(world: AlertPath, keepers: Mapping[type[Participant], Any], *participants: Participant) -> AcceptOutcome:
    """Accept an alert with participants."""
    if isinstance(world.alerts, FakeAlertRepository):
        for kind, keeper in keepers.items():
            world.alerts.writes(kind, keeper)
    return world.alerts.accept(replace(an_acceptance(1), participants=participants))
