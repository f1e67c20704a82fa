"""Waves: the order in which one claim's messages are submitted, so that a dead worker leaves few of them in doubt.

    claim all ─► submit wave 0 ─► record its outcomes ─► submit wave 1 ─► record its outcomes
                        └─ the worker dies here: wave 0 may have been submitted, wave 1 was not

A worker submits a wave only after it recorded the outcome of every message of the waves before. So while a message of
an earlier wave stands as claimed, no message of a later wave was submitted (ADR 0097).
"""

from __future__ import annotations

from dataclasses import dataclass

WAVE_SIZE = 13
"""Most messages of a wave: half a batch. Smaller waves would cost more calls for the same batch."""


@dataclass(frozen=True, slots=True)
class Wave:
    """The wave of a claimed message.

    Attributes:
        claim: identifies the claim; another worker's claim has another one.
        number: its place in the order of the claim's waves, from 0.
    """

    claim: str
    number: int

    def follows(self, other: Wave | None) -> bool:
        """Whether the other wave belongs to the same claim and is submitted before this one."""
        return other is not None and other.claim == self.claim and other.number < self.number
