"""What is written in one transaction with an alert, or not at all, neither it nor the alert.

A run of a schedule moves the schedule on; the first alert of a linked set makes the set; a step of an escalation takes
the step. Each is a dataclass of its own module that derives from `Beside`; the store knows how to write each of them.
"""

from __future__ import annotations


class Beside:
    """See the module. If it cannot be written (another was first), nothing is: see `Overtaken`."""

    __slots__ = ()
