"""Why the alerts API may look for cycles of objects seldom: its calls leave none (`gc.set_threshold` in `tocsin`)."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, sms


@pytest.fixture
def collected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"recipients": [f"+4477009{number:05}" for number in range(500)]}, 200),
        ({"recipients": [f"0{number}" for number in range(500)]}, 422),
        ({"recipients": list(range(500))}, 400),
    ],
)
def test_a_call_leaves_no_cycles_whether_it_is_accepted_or_refused(
    door: Door, collected: None, fields: dict[str, Any], status: int
) -> None:
    door.send()
    gc.collect()

    assert door.send(sms(**fields)).status == status

    assert gc.collect() == 0
