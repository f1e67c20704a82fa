"""Deliveries and their endpoint as a state machine (reliability 3.5), with a plain history beside it as the model."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from tests.contract.webhooks.callback_stores import a_delivery, an_endpoint
from tests.fakes.time import NOON
from tocsin.webhooks.domain.delivery import (
    LEASE,
    OPEN,
    Delivery,
    DeliveryState,
    concluded,
    exhausted,
    paused,
    replayed,
    retries_exhausted,
    started,
)
from tocsin.webhooks.domain.endpoint import DisabledReason, EndpointState, after_attempt, disabled_by_owner, enabled
from tocsin.webhooks.domain.standard_webhooks import DISABLE_AFTER, RETRY_SCHEDULE, AttemptVerdict, classify_attempt

STATUSES = st.one_of(st.none(), st.integers(100, 599), st.sampled_from([200, 204, 410, 429, 500, 503]))
WISHES = st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=30)))
FRACTIONS = st.floats(0, 1, exclude_max=True)


class Deliveries(RuleBasedStateMachine):
    """Three deliveries to one endpoint; workers may die in an attempt, owners may replay, disable, enable."""

    owned = Bundle("owned")

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.endpoint = an_endpoint(created_at=NOON)
        self.rows: list[Delivery] = [a_delivery(n) for n in range(3)]
        self.replays = [0, 0, 0]
        self.waits: list[tuple[int, datetime, timedelta, timedelta]] = []
        self.results: list[tuple[datetime, bool]] = []  # when, and whether it was a success
        self.enabled_at = NOON

    @rule(by=st.timedeltas(timedelta(0), timedelta(days=2)))
    def time_passes(self, by: timedelta) -> None:
        self.now += by

    @rule(target=owned, n=st.integers(0, 2))
    def a_worker_begins(self, n: int) -> tuple[int, int, datetime]:
        row = self.rows[n]
        if not row.startable(self.now) or self.endpoint.disabled:
            return (n, 0, self.now)
        if retries_exhausted(row):
            self.rows[n] = exhausted(row)
            return (n, 0, self.now)
        self.rows[n] = started(row, self.now)
        assert self.rows[n].made == row.made + 1
        return (n, self.rows[n].made, self.now)

    @rule(attempt=consumes(owned), status=STATUSES, wish=WISHES, fraction=FRACTIONS)
    def it_reports(
        self, attempt: tuple[int, int, datetime], status: int | None, wish: timedelta | None, fraction: float
    ) -> None:
        n, number, _ = attempt
        row = self.rows[n]
        if number == 0 or row.state is not DeliveryState.ATTEMPTING or row.made != number:
            return  # nothing was begun, or somebody else has taken over: the conditional write fails
        result = classify_attempt(row.retry_step, status, wish, fraction)
        self.rows[n] = concluded(
            row, status, None if status else "read_timeout", timedelta(seconds=1), result, self.now
        )
        if result.verdict is AttemptVerdict.TRY_AGAIN:
            self.waits.append((n, self.now, result.wait, RETRY_SCHEDULE[row.retry_step]))
        if not self.endpoint.disabled:  # what is in flight when an endpoint is disabled changes it no more
            self.results.append((self.now, result.verdict is AttemptVerdict.DELIVERED))
        self.endpoint, _ = after_attempt(self.endpoint, result.verdict, timedelta(seconds=1), self.now)

    @rule(n=st.integers(0, 2))
    @precondition(lambda self: self.endpoint.disabled)
    def it_is_put_aside(self, n: int) -> None:
        if self.rows[n].startable(self.now):
            self.rows[n] = paused(self.rows[n])

    @rule(n=st.integers(0, 2))
    def its_owner_replays(self, n: int) -> None:
        again = replayed(self.rows[n], self.now)
        assert (again is None) == (self.rows[n].state in OPEN)
        if again is not None:
            assert again.key == self.rows[n].key
            self.rows[n] = again
            self.replays[n] += 1

    @rule()
    def its_owner_disables(self) -> None:
        self.endpoint = disabled_by_owner(self.endpoint, self.now)

    @rule()
    def its_owner_enables(self) -> None:
        self.endpoint = enabled(self.endpoint)
        self.enabled_at = self.now
        self.results = []

    @invariant()
    def attempts_are_bounded(self) -> None:
        for row, replays in zip(self.rows, self.replays, strict=True):
            assert row.made <= len(RETRY_SCHEDULE) + replays
            assert row.retry_step <= len(RETRY_SCHEDULE)

    @invariant()
    def waits_keep_to_the_retry_schedule(self) -> None:
        for _, _, wait, scheduled in self.waits:
            assert scheduled * 0.79 <= wait <= max(scheduled * 2.4, timedelta(minutes=2))

    @invariant()
    def what_is_owed_is_looked_at_and_nothing_else(self) -> None:
        for row in self.rows:
            assert (row.state in OPEN) == (row.due_at is not None) == (row.next_check_at is not None)
            if row.state is DeliveryState.ATTEMPTING:
                assert row.due_at == row.attempts[-1].at + LEASE

    @invariant()
    def numbers_run_on(self) -> None:
        for row in self.rows:
            numbers = [attempt.number for attempt in row.attempts]
            assert numbers == list(range(row.made - len(numbers) + 1, row.made + 1))

    @invariant()
    def success_says_so(self) -> None:
        for row in self.rows:
            if row.state is DeliveryState.SUCCEEDED:
                status = row.attempts[-1].status
                assert status is not None
                assert 200 <= status < 300

    @invariant()
    def only_five_bad_days_disable(self) -> None:
        if self.endpoint.disabled_reason is DisabledReason.FAILED:
            assert self.endpoint.disabled_at is not None
            failures = [at for at, good in self.results if not good and at <= self.endpoint.disabled_at]
            wins = [at for at, good in self.results if good and at <= self.endpoint.disabled_at]
            since = min(at for at in failures if not wins or at >= max(wins))
            assert self.endpoint.disabled_at - since >= DISABLE_AFTER

    @invariant()
    def failing_has_a_beginning(self) -> None:
        assert (self.endpoint.state is EndpointState.FAILING) <= (self.endpoint.failing_since is not None)
        if self.endpoint.state is EndpointState.ENABLED:
            assert self.endpoint.failing_since is None


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=150, stateful_step_count=60)
