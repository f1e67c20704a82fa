"""What acceptance may cost in CPU, with fakes: the use case alone."""

from __future__ import annotations

import gc
import time

from tests.unit.alerts.desk import Desk, an_email, an_sms
from tocsin.alerts.domain.elements import Element

BUDGET = 0.3
"""Seconds of CPU for 10,000 recipients. Measured 2026-11: 0.015 for numbers, 0.025 for email addresses."""


def cost(element: Element) -> float:
    """Return the CPU of accepting it: the least of three, without what other tests left for the collector."""
    spent = []
    for _ in range(3):
        desk = Desk()
        gc.collect()
        gc.disable()
        try:
            start = time.process_time()
            assert desk.send(element).items[0].sent == 10_000
            spent.append(time.process_time() - start)
        finally:
            gc.enable()
    return min(spent)


def test_ten_thousand_numbers_are_accepted_within_the_budget() -> None:
    assert cost(an_sms(*(f"+4477{n:08}" for n in range(10_000)))) < BUDGET


def test_ten_thousand_email_addresses_are_accepted_within_the_budget() -> None:
    assert cost(an_email(*(f"person.{n}@example{n % 50}.org" for n in range(10_000)))) < BUDGET
