"""What is written in one transaction with an alert, or not at all, neither it nor the alert.

A run of a schedule moves the schedule on; the first alert of a linked set makes the set; a step of an escalation takes
the step. Each is a dataclass of its own module that derives from `Participant`; the store knows how to write each of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.timers.domain.timer import Timer


class Participant:
    """Something that is written in the transaction of an alert.

    If it cannot be written (another was first), nothing is: see `Conflict`.
    """

    __slots__ = ()

    @property
    def timers(self) -> Sequence[Timer]:
        """The timers that are written with it, to be rung once it stands."""
        return ()
