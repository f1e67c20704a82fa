"""Read many alerts of a key: the list with the progress of each, and the sums over a client's reference.

The work of one call is bounded. A page looks at ALERTS_SEEN alerts at most. A call that needs the progress of alerts
reads it for WALK_PAGES * WALK_ALERTS alerts at most, and stops after WALK_RECEIVERS receivers. A page may thus be
short, and `next` says that more follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.ports.alerts import ALL_ALERTS, AlertFilter, AlertPage, AlertRepository
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.escalation.domain.escalation import Escalation, escalation_of
from tocsin.escalation.ports import Escalations
from tocsin.history.application.read_alerts import MAX_PAGE, counts_of
from tocsin.history.application.see_alert import allow_reading, own_messages
from tocsin.history.domain.alert_state import AlertState, alert_state
from tocsin.history.domain.seen_alert import own_counts, received_part
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.ports import Clock
from tocsin.responses.ports.answer_overview import AnswerOverview
from tocsin.responses.ports.responses import Responses

WALK_PAGES, WALK_ALERTS, WALK_RECEIVERS = 5, 20, 50_000


@dataclass(frozen=True, slots=True)
class AlertEntry:
    """One alert of the list, without its contents.

    Attributes:
        counts: messages per state; every state is present.
        answered: receivers of this alert with an answer that counts.
        escalation: the current escalation, if the alert is its first alert or a step.
    """

    alert: Alert
    state: AlertState
    counts: Mapping[MessageState, int]
    answered: int
    escalation: Escalation | None


@dataclass(frozen=True, slots=True)
class AlertEntries:
    """A page of the list. It may be short although `next` is set; None = the last page."""

    entries: Sequence[AlertEntry]
    next: str | None


@dataclass(frozen=True, slots=True)
class ListAlerts:
    """Lists the alerts that a key may see, newest first.

    Beside the alerts and their progress, each alert with a submitted message costs one read, and the escalations of a
    page together one.

    Attributes:
        messages: for persons who see an alert because they received it: a read for each; None = they see none.
    """

    alerts: AlertRepository
    dispatch_progress: DispatchProgress
    answers: AnswerOverview
    escalations: Escalations
    clock: Clock
    messages: MessageRows | None = None

    def __call__(
        self,
        key: ApiKey,
        *,
        limit: int = 20,
        cursor: str | None = None,
        wanted: AlertFilter = ALL_ALERTS,
        state: AlertState | None = None,
    ) -> AlertEntries:
        """Return a page of alerts.

        Args:
            limit: entries of the page; a number outside 1..MAX_PAGE is replaced by the nearest limit.
            cursor: `next` of the previous page, None for the first page.
            state: only alerts in this state; None = in any.

        Raises:
            Forbidden: the key may not read alerts.
            InvalidRequest: the cursor is not from this list.
        """
        allow_reading(key)
        limit, now, wanted = max(1, min(limit, MAX_PAGE)), self.clock(), _in_range(wanted, key)
        found: list[_Read] = []
        if state is None:
            page = self.alerts.newest(
                key.tenant, sandbox=key.sandbox, limit=limit, after=cursor, now=now, wanted=wanted
            )
            return AlertEntries(self._entries(self._read(page)), page.next)
        for page in _walk(self.alerts, key, wanted, cursor, now, limit, found):
            found += [each for each in self._read(page) if each.state is state]
            cursor = page.next
        return AlertEntries(self._entries(found), cursor)

    def _read(self, page: AlertPage) -> Sequence[_Read]:
        counts = _counts(self.dispatch_progress, page)
        return [
            self._received(alert, page.received[alert.ref])
            if alert.ref in page.received
            else _Read(alert, alert_state(alert, counts[alert.ref]), counts[alert.ref])
            for alert in page.alerts
        ]

    def _received(self, alert: Alert, own: frozenset[tuple[ChunkKey, int]]) -> _Read:
        """Read what a person received of an alert."""
        assert self.messages is not None
        counts, shown = own_counts(own_messages(self.messages, alert, own)), received_part(alert, own)
        marks = self.answers.answer_marks(alert.tenant, alert.ref) if _submitted(counts) else {}
        return _Read(shown, alert_state(shown, counts), counts, sum(place in marks for place in own))

    def _entries(self, found: Sequence[_Read]) -> Sequence[AlertEntry]:
        keys = {each.alert.ref: part_of for each in found if (part_of := escalation_of(each.alert)) is not None}
        escalations = self.escalations.get_all(list(dict.fromkeys(keys.values()))) if keys else {}
        return [
            AlertEntry(
                each.alert,
                each.state,
                each.counts,
                self._answered(each),
                escalations.get(keys[each.alert.ref]) if each.alert.ref in keys else None,
            )
            for each in found
        ]

    def _answered(self, each: _Read) -> int:
        if each.answered is not None:
            return each.answered
        # A message that was not submitted has no answer.
        return self.answers.answered(each.alert.tenant, each.alert.ref) if _submitted(each.counts) else 0


@dataclass(frozen=True, slots=True)
class _Read:
    """An alert of the list as it was read. `answered`: None = not read yet."""

    alert: Alert
    state: AlertState
    counts: Mapping[MessageState, int]
    answered: int | None = None


_NEVER_SUBMITTED = frozenset({MessageState.QUEUED, MessageState.HELD, MessageState.SUPPRESSED, MessageState.SKIPPED})


def _submitted(counts: Mapping[MessageState, int]) -> bool:
    return any(count for state, count in counts.items() if state not in _NEVER_SUBMITTED)


@dataclass(frozen=True, slots=True)
class AlertSums:
    """The sums over some alerts.

    Attributes:
        alerts: how many there are.
        recipients: accepted receivers of all elements.
        counts: messages per state; every state is present.
        responses: answers that count.
        next: cursor for what follows, None if the sums hold everything.
    """

    alerts: int
    recipients: int
    counts: Mapping[MessageState, int]
    responses: int
    next: str | None


@dataclass(frozen=True, slots=True)
class SummarizeAlerts:
    """Adds up the alerts of several calls that share a client's reference."""

    alerts: AlertRepository
    dispatch_progress: DispatchProgress
    responses: Responses
    clock: Clock

    def __call__(self, key: ApiKey, wanted: AlertFilter, cursor: str | None = None) -> AlertSums:
        """Return the sums over the wanted alerts that one call looks at, newest first; for a person those in range.

        Raises:
            Forbidden: the key may not read alerts.
            InvalidRequest: the cursor is not from this list.
        """
        allow_reading(key)
        now, wanted = self.clock(), _in_range(wanted, key, received=False)
        counts: Counter[MessageState] = Counter(dict.fromkeys(MessageState, 0))
        alerts = recipients = responses = 0
        for page in _walk(self.alerts, key, wanted, cursor, now, WALK_ALERTS):
            alerts += len(page.alerts)
            recipients += sum(alert.recipients for alert in page.alerts)
            for ours in _counts(self.dispatch_progress, page).values():
                counts.update(ours)
            responses += sum(self.responses.count(key.tenant, alert.ref, now).counted for alert in page.alerts)
            cursor = page.next
        return AlertSums(alerts, recipients, counts, responses, cursor)


def _in_range(wanted: AlertFilter, key: ApiKey, *, received: bool = True) -> AlertFilter:
    """Return the conditions with what the key's person sees.

    Args:
        received: whether alerts out of range are wanted that went to the person.
    """
    person = key.person
    if person is None or person.range.everything:
        return wanted
    return replace(wanted, person=person if received else replace(person, mailbox=None))


def _walk(
    alerts: AlertRepository,
    key: ApiKey,
    wanted: AlertFilter,
    cursor: str | None,
    now: datetime,
    limit: int,
    found: Sequence[object] = (),
) -> Iterator[AlertPage]:
    """Yield pages until the list ends or one call has done its share.

    Args:
        limit, found: the caller adds to `found` between pages, up to `limit`.
    """
    receivers = 0
    for _ in range(WALK_PAGES):
        asked = min(limit - len(found), WALK_ALERTS)
        if asked == 0:
            return
        page = alerts.newest(key.tenant, sandbox=key.sandbox, limit=asked, after=cursor, now=now, wanted=wanted)
        yield page
        cursor = page.next
        receivers += sum(alert.recipients for alert in page.alerts)
        # A short page that is not the last has looked at ALERTS_SEEN alerts.
        if cursor is None or len(page.alerts) < asked or receivers >= WALK_RECEIVERS:
            return


def _counts(dispatch_progress: DispatchProgress, page: AlertPage) -> Mapping[str, Mapping[MessageState, int]]:
    progress = dispatch_progress.of_alerts(page.alerts)
    return {alert.ref: counts_of(alert, progress.get(alert.ref, {})) for alert in page.alerts}
