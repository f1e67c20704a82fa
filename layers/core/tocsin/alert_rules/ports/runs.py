"""Port of runs of rules: what rules made of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.alert_rules.domain.run import RuleRun, RuleRunState
from tocsin.kernel.domain.ids import TenantId

LOOKED_AT = 500
"""Most runs that are looked at for one page."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs: all conditions hold, and None = any. `since` is included, `until` is not.

    Attributes:
        states: by default those that history shows; what was throttled or collected is in explanations.
        entity: one of the entities of a run, whole.
        line: id of a line.
        test: only tests, or none.
    """

    states: frozenset[RuleRunState] = frozenset(
        {RuleRunState.SENT, RuleRunState.HELD, RuleRunState.TOLD_LATER, RuleRunState.FAILED}
    )
    since: datetime | None = None
    until: datetime | None = None
    entity: str | None = None
    line: str | None = None
    test: bool | None = None

    def holds(self, run: RuleRun) -> bool:
        """Whether a run is one of them."""
        return (
            run.state in self.states
            and (self.since is None or self.since <= run.at)
            and (self.until is None or run.at < self.until)
            and (self.entity is None or self.entity in run.entities)
            and self.line in (None, run.line)
            and self.test in (None, run.test)
        )

    def __str__(self) -> str:
        """Return one text for equal filters: cursors of one filter do not fit another."""
        return f"{sorted(self.states)}|{self.since}|{self.until}|{self.entity}|{self.line}|{self.test}"


HISTORY = RunFilter()
"""All that history shows."""


@dataclass(frozen=True, slots=True)
class RuleRunPage:
    """Runs, newest first. A filtered page may be short. `next` is opaque, None on the last page."""

    runs: Sequence[RuleRun]
    next: str | None


class RuleRuns(Protocol):
    """The runs of each rule, for `rule.KEPT_FOR`."""

    def add(self, run: RuleRun) -> bool:
        """Add a run. False: there is one of its id already, which stays as it is."""
        ...

    def get(self, tenant: TenantId, rule: str, id: str, now: datetime) -> RuleRun | None:
        """Return a run, strongly consistent; None = there is none."""
        ...

    def end_hold(self, run: RuleRun) -> bool:
        """Note that a held run tells nothing any more. False: it was not held."""
        ...

    def page(
        self, tenant: TenantId, rule: str, filter: RunFilter, limit: int, cursor: str | None, now: datetime
    ) -> RuleRunPage:
        """Return a page of runs of a rule; at most LOOKED_AT are looked at.

        Raises:
            InvalidRequest: the cursor is of another list.
        """
        ...
