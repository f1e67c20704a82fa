"""Two and three copies of every order at once, receipts that overtake, sweepers in between, workers that die (R2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import sms
from tests.scenarios.faults import PHONES, judge
from tests.scenarios.stage import Stage
from tests.scenarios.world import Cast, World

MOMENT = timedelta(seconds=30)
LONG = timedelta(minutes=30)


def play(seed: int, *, silent: bool, pause: timedelta, deaths: int, cast: Cast | None = None) -> World:
    """Send one alert to two phones with everything side by side."""
    stage = Stage(seed, pause=pause, deaths=deaths)
    world = World(seed, stage.wrap, silent=silent, cast=cast)
    world.accept(sms(*PHONES))
    stage.play(world)
    return world


@pytest.mark.parametrize("block", range(4))
def test_r2_side_by_side_everybody_gets_exactly_one_copy(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        world = play(seed, silent=False, pause=MOMENT, deaths=0)
        judge(world, silent=False, faults=0)


@pytest.mark.parametrize("block", range(4))
def test_r1_r2_side_by_side_with_deaths(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        judge(play(seed, silent=False, pause=MOMENT, deaths=1), silent=False, faults=1)
        judge(play(seed, silent=True, pause=MOMENT, deaths=2), silent=True, faults=2)


@pytest.mark.parametrize("block", range(4))
def test_r1_r2_side_by_side_with_workers_that_stand_still_for_half_an_hour(block: int) -> None:
    # Evidence that stands still for longer than it is waited for may cost a flagged copy.
    for seed in range(block * 50, block * 50 + 50):
        judge(play(seed, silent=False, pause=LONG, deaths=2), silent=True, faults=99)
