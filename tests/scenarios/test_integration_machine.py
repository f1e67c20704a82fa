"""Reports, time, roles and subscriptions in any order: the mails are those of a plain calendar, and no other.

The model knows no timers. It keeps the day on which an incident began, goes through the days that pass, and asks who is
subscribed, and may be, on each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.scenarios.integration_world import IntegrationWorld
from tests.unit.integrations.people import ACME, ADA, DAY, EVERYBODY, MAX, MIA, NORTH, SOUTH, subscribed
from tocsin.identity.domain.user import User, UserState
from tocsin.integrations.domain.integration import IntegrationStatus
from tocsin.integrations.domain.subscription import Companies
from tocsin.kernel.domain.ids import CompanyId, RoleId

LEAST = timedelta(milliseconds=1)
SPANS = st.sampled_from([LEAST, timedelta(hours=1), DAY - LEAST, DAY, DAY + LEAST, 3 * DAY, 7 * DAY, 8 * DAY, 15 * DAY])
SCOPES: st.SearchStrategy[Companies] = st.sampled_from(
    [None, frozenset({NORTH}), frozenset({SOUTH}), frozenset({NORTH, SOUTH})]
)
ROLES = ("account_owner", "admin", "manager", "reporting", "user")


@dataclass
class Episode:
    """What the calendar says of one incident."""

    since: datetime
    failed: bool
    told: int = 0  # how many of the four stages are over


class Calendar(RuleBasedStateMachine):
    """One integration of `north`, three people, and their subscriptions."""

    @initialize()
    def begin(self) -> None:
        self.world = IntegrationWorld(people=EVERYBODY)
        self.people = {user.id: user for user in (ADA, MAX, MIA)}
        self.scopes: dict[str, tuple[str, Companies]] = {"s0": (ADA.id, None)}
        self.world.subscribe(subscribed(ADA, None, "s0"))
        self.status = "disabled"
        self.newest: datetime | None = None
        self.episode: Episode | None = None
        self.expected: list[tuple[str, datetime, tuple[str, ...]]] = []
        self.made = 0

    # --- the model ----------------------------------------------------------------------------------------------

    def _who(self) -> tuple[str, ...]:
        """Return who is to be mailed now, asked one by one."""
        found = []
        for user in self.people.values():
            if user.state is UserState.DISABLED or user.role in ("reporting", "user"):
                continue
            for owner, scope in self.scopes.values():
                covered = scope is None or NORTH in scope
                if owner == user.id and covered and (user.role != "manager" or NORTH in user.companies):
                    found.append(user.id)
        return tuple(sorted(set(found)))

    def _stages(self, episode: Episode) -> list[tuple[str, datetime]]:
        first = episode.since if episode.failed else episode.since + DAY + LEAST
        days = [(f"day_{n}", episode.since + n * DAY) for n in (7, 14, 21)]
        return [("told", first), *days][episode.told :]

    def _tell(self, episode: Episode, stage: str, at: datetime) -> None:
        names = ["told", "day_7", "day_14", "day_21"]
        episode.told = names.index(stage) + 1
        if who := self._who():
            self.expected.append((stage, at, who))

    def _catch_up(self, at: datetime) -> None:
        """Tell the latest stage that is due, at once."""
        if self.episode is not None and (due := [s for s, moment in self._stages(self.episode) if moment <= at]):
            self._tell(self.episode, due[-1], at)

    # --- what happens -------------------------------------------------------------------------------------------

    @rule(status=st.sampled_from(IntegrationStatus), back=st.sampled_from([0, 1, 30, 100]))
    def report(self, status: IntegrationStatus, back: int) -> None:
        now = self.world.clock.now
        at = now - timedelta(hours=back)
        self.world.report(status, at=at)
        if self.newest is not None and at < self.newest:
            return
        self.newest = at
        if status.value in ("active", "disabled"):
            self.episode = None
        elif self.episode is None:
            self.episode = Episode(max(at, now - 3 * DAY), status.value == "failed")
        else:
            self.episode.failed = self.episode.failed or status.value == "failed"
        self.status = status.value
        self._catch_up(now)

    @rule(by=SPANS)
    def time_passes(self, by: timedelta) -> None:
        until = self.world.clock.now + by
        if (episode := self.episode) is not None:
            for stage, moment in self._stages(episode):
                if moment <= until:
                    self._tell(episode, stage, moment)
        self.world.go_to(until)

    @rule(by=SPANS)
    def nothing_runs_for_a_while(self, by: timedelta) -> None:
        self.world.clock.advance(by)
        self._catch_up(self.world.clock.now)
        self.world.run_due()

    @rule(who=st.sampled_from((ADA, MAX, MIA)), scope=SCOPES)
    def subscribe(self, who: User, scope: Companies) -> None:
        user = self.people[who.id]
        if user.role in ("reporting", "user") or (who.id, scope) in self.scopes.values():
            return
        self.made += 1
        id = f"s{self.made}"
        self.scopes[id] = (who.id, scope)
        self.world.subscribe(subscribed(user, scope, id))

    @rule(n=st.integers(0, 9))
    def unsubscribe(self, n: int) -> None:
        if self.scopes:
            id = sorted(self.scopes)[n % len(self.scopes)]
            del self.scopes[id]
            self.world.drop(self.world.alerts.kept[ACME, id])

    @rule(
        who=st.sampled_from((ADA, MAX, MIA)),
        role=st.sampled_from(ROLES),
        companies=st.sampled_from([(), (NORTH,), (SOUTH,), (NORTH, SOUTH)]),
        disabled=st.booleans(),
    )
    def move(self, who: User, role: str, companies: tuple[CompanyId, ...], disabled: bool) -> None:
        before = self.people[who.id]
        after = replace(
            before, role=RoleId(role), companies=frozenset(companies), version=before.version + 1,
            state=UserState.DISABLED if disabled else UserState.ACTIVE,
        )  # fmt: skip
        was_administrator = before.role in ("account_owner", "admin")
        for id, (owner, scope) in list(self.scopes.items()):
            if owner != who.id:
                continue
            if role in ("reporting", "user"):
                del self.scopes[id]
            elif role == "manager" and was_administrator and scope is not None:
                left = scope & after.companies
                taken = not left or (owner, left) in [other for key, other in self.scopes.items() if key != id]
                if taken:
                    del self.scopes[id]
                else:
                    self.scopes[id] = (owner, left)
        self.people[who.id] = after
        self.world.change_person(before, after)

    @invariant()
    def the_mails_are_those_of_the_calendar(self) -> None:
        if hasattr(self, "world"):
            found = [(mail.cause.run, mail.cause.at, tuple(mail.to)) for mail in self.world.mails.values()]
            assert found == self.expected, (found[len(self.expected) - 1 :], self.expected[len(found) - 1 :])

    @invariant()
    def a_timer_stands_exactly_while_a_stage_is_left(self) -> None:
        if hasattr(self, "world"):
            left = self.episode is not None and bool(self._stages(self.episode))
            assert bool(self.world.timers.rows) == left

    @invariant()
    def subscriptions_are_those_of_the_model(self) -> None:
        if hasattr(self, "world"):
            assert {(each.user, each.companies) for each in self.world.alerts.all(ACME)} == set(self.scopes.values())


Calendar.TestCase.settings = settings(
    max_examples=50, stateful_step_count=30, suppress_health_check=list(HealthCheck), derandomize=True
)
TestIa01To10And20To22 = Calendar.TestCase
