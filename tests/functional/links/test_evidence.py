"""What an escalation thinks of a visit and of a press, and what the event says of it (decided 8.4, 8.13)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.functional.links.site import Site
from tests.functional.links.test_confirm import escalating
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.escalation.domain.escalation import Escalation, EscalationState, escalation_of
from tocsin.results.domain.event_object import event_object
from tocsin.results.domain.result_event import ResultEvent


def asking_for(evidence: Evidence | None, *, click_counts: bool = False) -> Site:
    """Return a site whose alert began an escalation that asks for this evidence."""
    site = escalating(click_counts=click_counts)
    key, now = escalation_of(site.alert), site.clock()
    assert key is not None
    begun = Escalation(
        key, EscalationState.ACTIVE, 1, 0, 1, 0, False, now, now + timedelta(hours=1), (site.alert.ref,), now,
        evidence=evidence,
    )  # fmt: skip
    site.escalations.rows[key], site.escalations.counted[key] = begun, set()
    return site


def answered(site: Site) -> int:
    """Return how many people the escalation has counted."""
    (escalation,) = site.escalations.rows.values()
    return escalation.answered


def last_click(site: Site) -> ResultEvent:
    return [event for event in site.told() if event.event == "shortlinkClick"][-1]


@pytest.mark.parametrize(
    ("evidence", "counts"),
    [(None, True), (Evidence.OPENED, True), (Evidence.CONFIRMED, True), (Evidence.WROTE, False)],
)
def test_a_press_counts_if_it_is_evidence_enough_and_the_event_says_which(
    evidence: Evidence | None, *, counts: bool
) -> None:
    site = asking_for(evidence)
    assert site.press().status == 200
    (response,) = site.responses.kept.values()
    assert (response.evidence, response.counted) == (Evidence.CONFIRMED, counts)
    assert (answered(site), len(site.responses.marks)) == (int(counts), int(counts))
    event = last_click(site)
    assert (event.details["evidence"], event.details["counted"]) == ("confirmed", counts)
    assert event.reason == (None if counts else "evidence_too_weak")


@pytest.mark.parametrize(("evidence", "counts"), [(Evidence.OPENED, True), (Evidence.CONFIRMED, False)])
def test_with_click_counts_a_visit_that_is_too_weak_has_a_row_and_does_not_count(
    evidence: Evidence, *, counts: bool
) -> None:
    site = asking_for(evidence, click_counts=True)
    assert site.visit().status == 200
    (response,) = site.responses.kept.values()
    assert (response.evidence, response.reason) == (Evidence.OPENED, None if counts else "evidence_too_weak")
    assert answered(site) == int(counts)
    event = last_click(site)
    assert (event.details["counted"], event.reason) == (counts, response.reason)


def test_a_press_after_the_end_is_kept_with_that_reason() -> None:
    site = asking_for(Evidence.CONFIRMED)
    (key,) = site.escalations.rows
    begun = site.escalations.rows[key]
    assert site.escalations.move(begun, begun.ended(EscalationState.CANCELLED, site.clock()))
    site.press()
    (response,) = site.responses.kept.values()
    assert response.reason == "after_the_end"
    assert site.responses.marks == {}
    event = last_click(site)
    assert (event.reason, event.details["counted"]) == ("after_the_end", False)
    assert (
        event_object(event)["reasonText"]
        == "the escalation had ended, or the alert was cancelled, before the response came"
    )
