"""Read the history of a rule: a row for each message and each webhook of each run, newest run first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alert_rules.application.account import ReadAccount
from tocsin.alert_rules.application.history_rows import (
    HistoryChannel,
    HistoryRow,
    HistoryStatus,
    message_row,
    webhook_row,
)
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState
from tocsin.alert_rules.ports.rules import AlertRules
from tocsin.alert_rules.ports.runs import HISTORY, RuleRuns, RunFilter
from tocsin.delivery.application.message_outcomes import MessageOutcome
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.numbers import normal_number
from tocsin.webhooks.domain.delivery import DeliveryKey
from tocsin.webhooks.ports.callbacks import WebhookDeliveries

Outcomes = Callable[[TenantId, Sequence[AlertRef]], Mapping[AlertRef, Sequence[MessageOutcome]]]
"""Returns what became of the messages of alerts; `ReadMessageOutcomes` is one."""


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which rows: all conditions hold, and None = any (AL-33).

    Attributes:
        since, until: of the receipt of the event; `since` is included, `until` is not.
        recipient: an address in any spelling; of a webhook its URL without query.
        entity: description of a trigger, whole; for rules about calls only (AL-35).
        line: id, extension or alias of a line; for rules about registrations only (AL-35).
        test: id of a test.
    """

    since: datetime | None = None
    until: datetime | None = None
    channel: HistoryChannel | None = None
    status: HistoryStatus | None = None
    recipient: str | None = None
    entity: str | None = None
    line: str | None = None
    test: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Rows, newest run first. A page may be short, or empty. `next` is opaque, None on the last page."""

    rows: Sequence[HistoryRow]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHistory:
    """Reads the history of rules for those who may see them, for 90 days, also of deleted rules (AL-37).

    Attributes:
        sms_provider: `sns` or `eum`.

    Raises:
        Forbidden, NotFound: the caller may not see the rule, or there is none.
    """

    read: ReadRules
    rules: AlertRules
    runs: RuleRuns
    account: ReadAccount
    outcomes: Outcomes
    deliveries: WebhookDeliveries
    clock: Clock
    sms_provider: str = "sns"

    def check_may_see(self, caller: Principal, rule: str) -> None:
        """Raise Forbidden or NotFound unless the caller may see the history of a rule."""
        self.read.kept(caller, rule)

    def page(
        self, caller: Principal, rule: str, filter: HistoryFilter, limit: int, cursor: str | None = None
    ) -> HistoryPage:
        """Return the rows of at most `limit` runs.

        Raises:
            InvalidRequest: the cursor is of another list, or the filter does not fit the type of the rule.
        """
        names = self.account(caller.tenant).names
        line = filter.line and names.lines.get(filter.line.casefold(), filter.line)
        wanted = RunFilter(HISTORY.states, filter.since, filter.until, filter.entity, line)
        if filter.test is not None:
            self.read.kept(caller, rule)
            run = self.runs.get(caller.tenant, rule, filter.test, self.clock())
            found = [run] if run is not None and run.test and wanted.holds(run) else []
            next = None
        else:
            page = self.read.history(caller, rule, limit, cursor, wanted)
            found, next = list(page.runs), page.next
        recipient = filter.recipient and _comparable(filter.recipient, names.country)
        rows = [
            row
            for row in self._rows(found)
            if filter.channel in (None, row.channel)
            and filter.status in (None, row.status)
            and recipient in (None, row.recipient and _comparable(row.recipient, names.country))
        ]
        return HistoryPage(rows, next)

    def one(self, caller: Principal, rule: str, id: str) -> HistoryRow:
        """Return one row by its id."""
        self.read.kept(caller, rule)
        run = self.runs.get(caller.tenant, rule, id.partition(".")[0], self.clock())
        found = next((row for row in self._rows([run] if run is not None else []) if row.id == id), None)
        if found is None:
            raise NotFound("record of history")
        return found

    def _rows(self, runs: Sequence[RuleRun]) -> Iterator[HistoryRow]:
        alerts = [run.alert for run in runs if run.alert is not None]
        outcomes = self.outcomes(runs[0].tenant, alerts) if alerts else {}
        keys = [DeliveryKey(run.tenant, event_id) for run in runs for event_id in run.deliveries]
        deliveries = {each.key.event_id: each for each in self.deliveries.get_many(keys)} if keys else {}
        for run in runs:
            if run.state is RuleRunState.HELD:
                yield self._held(run)
            for index, outcome in enumerate(outcomes.get(run.alert, ()) if run.alert is not None else ()):
                yield message_row(run, index, outcome, self.sms_provider)
            for event_id in run.deliveries:
                if event_id in deliveries:
                    yield webhook_row(run, deliveries[event_id])

    def _held(self, run: RuleRun) -> HistoryRow:
        rule = self.rules.version(run.tenant, run.rule, run.rule_version, self.clock())
        hold = None if rule is None else rule.options.hold
        return HistoryRow(
            id=f"{run.id}.held",
            run=run,
            status=HistoryStatus.PENDING,
            created_at=run.at,
            updated_at=run.at,
            waits_until=None if hold is None else run.at + hold,
        )


def _comparable(address: str, country: str | None) -> str:
    """Return an address in a form in which two spellings of it are equal."""
    if "@" in address or "/" in address:
        return address.strip().casefold()
    return normal_number(address, country)
