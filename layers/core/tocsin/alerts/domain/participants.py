"""Participants of an alert's transaction: rows of other subjects that are written with the alert, or nothing is.

Examples: a run of a schedule advances the schedule, the first alert of a linked set creates the set, a step of an
escalation is recorded. Each is a dataclass of its subject that derives from `Participant`. The adapter
`dynamodb/alerts/participants.py` knows how each is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.timers.domain.timer import Timer


class Participant:
    """Rows that are written in the transaction of an alert.

    If another writer was first, nothing is written: see `Conflict`.
    """

    __slots__ = ()

    @property
    def timers(self) -> Sequence[Timer]:
        """The timers that are written with it. They are queued after the commit."""
        return ()
