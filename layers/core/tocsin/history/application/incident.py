"""Read an incident: an alert and all steps of its escalation together, as one page for people.

`look` reads what a version of the page depends on, without contents and people: 6 calls, one of them a Query. A caller
whose version is unchanged stops there. `show` reads the rest for a page of up to MAX_PAGE people.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.delivery.ports.messages import DispatchProgress
from tocsin.escalation.domain.escalation import Escalation, EscalationState, escalation_of
from tocsin.escalation.ports import Escalations
from tocsin.history.application.incident_people import ReadPeople
from tocsin.history.application.read_alerts import MAX_PAGE, counts_of
from tocsin.history.application.see_alert import allow_reading, seen
from tocsin.history.domain.incident_person import PeoplePage, PeopleShown, latest_answers
from tocsin.history.domain.incident_state import IncidentState, incident_state
from tocsin.history.domain.seen_alert import SeenAlert
from tocsin.history.domain.sent_content import SentContent, sent_contents
from tocsin.history.domain.steps import IncidentSteps, steps_of
from tocsin.history.domain.timeline import MessageEnd, TimelineEntry, timeline
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock
from tocsin.responses.ports.answer_overview import AnswerOverview

ANSWERS_SHOWN = 100
"""Most answers of each alert that are read with their texts."""

_UNNOTICED = timedelta(seconds=30)
"""A version holds no longer: answers that do not count, and further answers of one person, change nothing else."""


@dataclass(frozen=True, slots=True)
class IncidentLook:
    """What an incident is now, without contents and people.

    Attributes:
        alerts: the alert of each step, without contents; None for one that sent nothing or has expired.
        escalation: None = the alert has no steps.
        all_clear: the alert that told everybody that it is over, if it was sent.
        progress: progress of the batches of each alert.
        counts: messages per state, of all steps; every state is present.
        answered: receivers of the first alert who have answered.
        version: differs if anything that `show` returns may differ.
        received: the caller sees this one alert only, as one of its receivers; None = the caller sees all.
    """

    alerts: tuple[Alert | None, ...]
    escalation: Escalation | None
    all_clear: Alert | None
    progress: Mapping[AlertRef, Mapping[int, BatchProgress]]
    counts: Mapping[MessageState, int]
    answered: int
    version: str
    received: SeenAlert | None = None

    @property
    def first(self) -> Alert:
        """The first alert."""
        first = self.alerts[0]
        assert first is not None
        return first

    @property
    def state(self) -> IncidentState:
        """The state in one word."""
        return incident_state(self.counts, self.escalation, cancelled=self.first.cancelled_at is not None)


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident with a page of its people.

    Attributes:
        steps: None = it has no escalation.
        timeline: newest first.
    """

    look: IncidentLook
    steps: IncidentSteps | None
    people: PeoplePage
    timeline: Sequence[TimelineEntry]
    contents: Sequence[SentContent]


@dataclass(frozen=True, slots=True)
class ReadIncident:
    """Reads incidents. One object serves many calls: it remembers who is the same person (see `ReadPeople`)."""

    alerts: AlertRepository
    dispatch_progress: DispatchProgress
    answers: AnswerOverview
    escalations: Escalations
    people: ReadPeople
    clock: Clock

    def look(self, key: ApiKey, ref: AlertRef) -> IncidentLook:
        """Return the incident of an alert. A step leads to the incident of its first alert.

        Raises:
            Forbidden: the key may not read alerts.
            NotFound: no such alert for this key, or its lifetime is over.
        """
        allow_reading(key)
        now = self.clock()
        asked = self.alerts.without_contents(key.tenant, [ref]).get(ref)
        if asked is not None and not key.sees(asked.made):
            return self._received(seen(self.alerts, key, asked, now), now)
        part_of = escalation_of(asked) if asked is not None and _visible(key, asked, now) else None
        escalation = self.escalations.get(part_of) if part_of is not None else None
        known = {ref: asked} if asked is not None else {}
        refs: list[AlertRef | None] = list(escalation.alerts) if escalation else [part_of.first if part_of else ref]
        clear = _all_clear(escalation)
        missing = [each for each in (*refs, clear) if each is not None and each not in known]
        if missing:
            known = {**known, **self.alerts.without_contents(key.tenant, missing)}
        alerts = tuple(_of_key(key, known.get(each), now) if each is not None else None for each in refs)
        if alerts[0] is None:
            raise NotFound("alert")
        there = [alert for alert in alerts if alert is not None]
        progress = self.dispatch_progress.of_alerts(there)
        counts: Counter[MessageState] = Counter(dict.fromkeys(MessageState, 0))
        for alert in there:
            counts.update(counts_of(alert, progress.get(alert.ref, {})))
        answered = self.answers.answered(key.tenant, there[0].ref)
        all_clear = _of_key(key, known.get(clear), now) if clear is not None else None
        version = _version(alerts, escalation, progress, answered, all_clear, now)
        return IncidentLook(alerts, escalation, all_clear, progress, counts, answered, version)

    def _received(self, found: SeenAlert, now: datetime) -> IncidentLook:
        """Return what a person received of an alert, as an incident of that person alone."""
        people = self.people.of_receiver(found)
        counts: Counter[MessageState] = Counter(dict.fromkeys(MessageState, 0))
        counts.update(message.facts.state for person in people.rows for message in person.messages)
        version = _hash(found.whole.cancelled_at, found.whole.stopped_at, people, _half_minute(now))
        return IncidentLook((found.alert,), None, None, {}, counts, people.answered, version, found)

    def show(
        self,
        look: IncidentLook,
        show: PeopleShown = PeopleShown.ALL,
        limit: int = MAX_PAGE,
        cursor: str | None = None,
    ) -> Incident:
        """Return an incident with a page of its people: who cannot come, other answers, not reached, then the rest.

        Args:
            show: which people.
            limit: people of the page; a number outside 1..MAX_PAGE is replaced by the nearest limit.
            cursor: `next` of the previous page, None for the first page.

        Raises:
            InvalidRequest: the cursor is not from this list.
        """
        now = self.clock()
        answers = [
            (step, response)
            for step, alert in _with_steps(look.alerts)
            for response in self.answers.newest(alert.tenant, alert.ref, ANSWERS_SHOWN, now)
            if look.received is None or look.received.shows(response.key, response.position)
        ]
        if look.received is None:
            first = [place for place, response in latest_answers(answers).items() if response.not_ok]
            people = self.people(look.alerts, look.progress, show, max(1, min(limit, MAX_PAGE)), cursor, first)
        else:
            people = self.people.of_receiver(look.received)
        lines = timeline(look.alerts, look.escalation, look.all_clear, answers, _ends(people))
        return Incident(look, self._steps(look), people.with_answers(answers), lines, list(self._contents(look)))

    def _steps(self, look: IncidentLook) -> IncidentSteps | None:
        policy = self.escalations.policy(look.escalation.key) if look.escalation else None
        return steps_of(look.escalation, policy, look.alerts) if look.escalation and policy else None

    def _contents(self, look: IncidentLook) -> list[SentContent]:
        found: list[SentContent] = []
        for step, alert in _with_steps(look.alerts):
            whole = self.alerts.get(alert.tenant, alert.ref)
            found += sent_contents(step, whole, alert) if whole is not None else ()
        return found


def _visible(key: ApiKey, alert: Alert, now: datetime) -> bool:
    return alert.sandbox == key.sandbox and not alert.expired(now)


def _of_key(key: ApiKey, alert: Alert | None, now: datetime) -> Alert | None:
    return alert if alert is not None and _visible(key, alert, now) else None


def _all_clear(escalation: Escalation | None) -> AlertRef | None:
    if escalation is None or not (escalation.state is EscalationState.ACKNOWLEDGED or escalation.with_all_clear):
        return None
    return escalation.all_clear.alert_ref(escalation.key.link.tenant)


def _with_steps(alerts: Sequence[Alert | None]) -> list[tuple[int, Alert]]:
    return [(step, alert) for step, alert in enumerate(alerts) if alert is not None]


def _version(
    alerts: Sequence[Alert | None],
    escalation: Escalation | None,
    progress: Mapping[AlertRef, Mapping[int, BatchProgress]],
    answered: int,
    all_clear: Alert | None,
    now: datetime,
) -> str:
    """Return a text that changes with every transition of a message that is counted, and with every new answerer."""
    facts = [
        [alert.ref, alert.cancelled_at, alert.stopped_at, sum(sum(p.versions) for p in progress[alert.ref].values())]
        for alert in alerts
        if alert is not None and alert.ref in progress
    ]
    return _hash(facts, escalation, answered, all_clear.ref if all_clear else None, _half_minute(now))


def _half_minute(now: datetime) -> int:
    return int(now.timestamp() // _UNNOTICED.total_seconds())


def _hash(*facts: object) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def _ends(people: PeoplePage) -> list[MessageEnd]:
    """Return the ends of all messages, if the page has all people; else none."""
    if not people.complete:
        return []
    return [
        MessageEnd(m.place.step, m.channel, m.address, person.contact_id, m.facts)
        for person in people.rows
        for m in person.messages
    ]
