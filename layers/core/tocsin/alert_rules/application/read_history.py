"""Read the history of a rule: a row for each message and each webhook of each run, newest run first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from tocsin.alert_rules.application.account import ReadAccount
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.domain.actions import MASK, masked_url
from tocsin.alert_rules.domain.provider_calls import HistoryChannel, provider_call
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState
from tocsin.alert_rules.ports.rules import AlertRules
from tocsin.alert_rules.ports.runs import HISTORY, RuleRuns, RunFilter
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.message_outcomes import MessageOutcome
from tocsin.delivery.domain.message import MessageState
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock
from tocsin.results.domain.reasons import reason_text
from tocsin.telephony.domain.numbers import normal_number
from tocsin.webhooks.domain.delivery import OPEN, Delivery, DeliveryKey, DeliveryState
from tocsin.webhooks.ports.callbacks import WebhookDeliveries

Outcomes = Callable[[TenantId, Sequence[AlertRef]], Mapping[AlertRef, Sequence[MessageOutcome]]]
"""Returns what became of the messages of alerts; `ReadMessageOutcomes` is one."""


class HistoryStatus(StrEnum):
    """What became of a message, in one word; the values are words of the API."""

    PENDING = "PENDING"  # queued, held, being sent, or to be tried again
    SUCCESS = "SUCCESS"  # the provider took it
    FAILED = "FAILED"  # it is not sent, or did not arrive


_SUCCESS = frozenset({MessageState.SENT.value, MessageState.DELIVERED.value})
_PENDING = frozenset(
    state.value
    for state in (
        MessageState.QUEUED,
        MessageState.SENDING,
        MessageState.CALLING,
        MessageState.HELD,
        MessageState.RETRY_WAIT,
        MessageState.UNKNOWN,
    )
)
_CHANNELS = {Channel.EMAIL: HistoryChannel.EMAIL, Channel.SMS: HistoryChannel.SMS}


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
class HistoryReason:
    """Why a message failed: a stable word, a sentence, and what the provider said."""

    code: str
    message: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryAction:
    """The call that sends the message. Secrets are masked; addresses are shown to those who see the rule.

    Attributes:
        response: None without one.
        http_status: of a webhook's last attempt; None without a response, and for messages.
    """

    service: str
    operation: str
    request: Mapping[str, Any]
    response: Mapping[str, Any] | None
    http_status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One message, one webhook, or a line that is held.

    Attributes:
        channel, recipient, notification, action: None for a line that is held: nothing is written yet.
        reason: None unless the status is FAILED.
        waits_until: when it is tried or told next; None if that is not known, or it does not wait.
    """

    id: str
    run: RuleRun
    status: HistoryStatus
    channel: HistoryChannel | None = None
    recipient: str | None = None
    notification: str | None = None
    reason: HistoryReason | None = None
    action: HistoryAction | None = None
    attempts: int = 0
    created_at: datetime
    updated_at: datetime
    waits_until: datetime | None = None


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
        for run in runs:
            if run.state is RuleRunState.HELD:
                yield self._held(run)
            for index, outcome in enumerate(outcomes.get(run.alert, ()) if run.alert is not None else ()):
                yield self._message(run, index, outcome)
            for event_id in run.deliveries:
                delivery = self.deliveries.get(DeliveryKey(run.tenant, event_id))
                if delivery is not None:
                    yield _webhook(run, delivery)

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

    def _message(self, run: RuleRun, index: int, outcome: MessageOutcome) -> HistoryRow:
        channel = _CHANNELS[outcome.channel]
        status = _status(outcome.state)
        call = provider_call(channel, self.sms_provider, outcome.provider_id)
        response = None if outcome.provider_id is None else {"message_id": outcome.provider_id}
        code = outcome.reason or outcome.state
        return HistoryRow(
            id=f"{run.id}.{index}",
            run=run,
            status=status,
            channel=channel,
            recipient=outcome.address,
            notification=outcome.tag,
            reason=HistoryReason(code, reason_text(code)) if status is HistoryStatus.FAILED else None,
            action=HistoryAction(call.service, call.operation, {"to": outcome.address}, response),
            attempts=outcome.attempts,
            created_at=outcome.accepted_at,
            updated_at=outcome.updated_at,
            waits_until=outcome.waits_until,
        )


def _status(state: str) -> HistoryStatus:
    if state in _SUCCESS:
        return HistoryStatus.SUCCESS
    return HistoryStatus.PENDING if state in _PENDING else HistoryStatus.FAILED


def _webhook(run: RuleRun, delivery: Delivery) -> HistoryRow:
    url = delivery.endpoint_url or delivery.url
    last = delivery.attempts[-1] if delivery.attempts else None
    status = HistoryStatus.FAILED
    if delivery.state in OPEN:
        status = HistoryStatus.PENDING
    elif delivery.state is DeliveryState.SUCCEEDED:
        status = HistoryStatus.SUCCESS
    call = provider_call(HistoryChannel.WEBHOOK, "", method=delivery.method.value)
    request = {
        "method": delivery.method.value,
        "url": masked_url(url),
        "headers": {name: MASK for name, _ in delivery.headers},
        "body": delivery.body,
    }
    response = None if last is None else {"status": last.status, "reason": last.reason}
    return HistoryRow(
        id=f"{run.id}.{delivery.key.event_id}",
        run=run,
        status=status,
        channel=HistoryChannel.WEBHOOK,
        recipient=_without_query(url),
        notification=None if delivery.origin is None else delivery.origin.action,
        reason=_webhook_reason(delivery) if status is HistoryStatus.FAILED else None,
        action=HistoryAction(call.service, call.operation, request, response, None if last is None else last.status),
        attempts=delivery.made,
        created_at=delivery.created_at,
        updated_at=delivery.created_at if last is None else last.at,
        waits_until=delivery.due_at if status is HistoryStatus.PENDING else None,
    )


def _webhook_reason(delivery: Delivery) -> HistoryReason:
    last = delivery.attempts[-1] if delivery.attempts else None
    said = None if last is None else last.reason or f"HTTP {last.status}"
    return HistoryReason(delivery.state.value, _WHY[delivery.state], said)


_WHY = {
    DeliveryState.EXHAUSTED: "all attempts failed",
    DeliveryState.DROPPED: "the endpoint answered 410 Gone, or no call could be made",
    DeliveryState.PAUSED: "the endpoint is disabled",
}


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _comparable(address: str, country: str | None) -> str:
    """Return an address in a form in which two spellings of it are equal."""
    if "@" in address or "/" in address:
        return address.strip().casefold()
    return normal_number(address, country)
