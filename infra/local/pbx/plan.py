"""The requests of a day in the order in which they arrive: some twice, some out of order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from infra.local.pbx.day import LASTS, DayPart
from infra.local.pbx.payloads import DayRequest, posts_of

_REPEATED, _DELAYED = 0.02, 0.05


def requests_of(parts: list[DayPart], began: datetime, run: str, seed: int = 1) -> list[DayRequest]:
    """Return the requests by the time at which each arrives, at most a few seconds after it happened.

    Args:
        began: when the day begins.
        run: 6 lower-case hex digits, other ones for each day that is played.
    """
    chance = random.Random(seed)  # noqa: S311 - a script, no secret
    arriving: list[DayRequest] = []
    for part in parts:
        for post in posts_of(part, began + timedelta(seconds=part.at), run):
            late = chance.uniform(0.5, 4) if chance.random() < _DELAYED else 0.0
            arriving.append(replace(post, at=min(post.at + late, LASTS)))
            if chance.random() < _REPEATED:
                arriving.append(replace(post, at=min(post.at + late + chance.uniform(0.1, 3), LASTS)))
    return sorted(arriving, key=lambda post: post.at)
