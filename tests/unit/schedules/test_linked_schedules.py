"""Linked alerts that are scheduled: who has answered is looked at when they are sent (AH-65)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import TENANT
from tests.fakes.time import NOON
from tests.unit.schedules.schedule_desk import ScheduleDesk, asked
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.client_api.application.cancel_alerts import CancelElement, CancelKind
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.entrypoint.http.compact_json import compact
from tocsin.notices.domain.account_notice import NoticeQuery
from tocsin.responses.domain.response import Response
from tocsin.schedules.domain.answer import Scheduled
from tocsin.schedules.domain.schedule import RunFailure

HOUR = timedelta(hours=1)
PEOPLE = {"ana": "+447700900001", "bob": "+447700900002"}
GROUP = {"inlineContactGroup": {"contacts": [{"id": id, "sms": number} for id, number in PEOPLE.items()]}}


class LinkedScheduleDesk(ScheduleDesk):
    """As `ScheduleDesk`, with a set of two people."""

    def alert_text(self, *, first: bool = False) -> str:
        """Return an alert of the set; the first brings the group, the others leave out who has answered."""
        element: dict[str, Any] = {
            "alertType": "sms",
            "tag": "s",
            "sender": "+447700900999",
            "contactSets": ["all"],
            "content": "x",
        }
        if not first:
            element["linkedAlertModifiers"] = {"except": {"previouslySeen": "sms"}}
        more = {"contactGroup": GROUP} if first else {}
        return compact({"clientRef": "r", "alert": [element], "linkedAlerts": {"linkRef": "l"}, **more})

    def begin_set(self) -> None:
        assert self.send_alert(self.key, read_stored(self.alert_text(first=True), None, self.clock())).success

    def follow_up(self) -> Scheduled:
        text = self.alert_text()
        return self.schedule(asked(delay="1h"), request=replace(read_stored(text, None, self.clock()), text=text))

    def answer(self, *people: str) -> None:
        first = self.sent[0]
        for position, id in enumerate(PEOPLE):
            if id in people:
                self.responses.add(
                    Response(
                        key=ChunkKey(TENANT, first.ref, 0, 0),
                        position=position,
                        kind=ResponseKind.SMS,
                        natural_id=f"in-{id}",
                        address=PEOPLE[id],
                        contact_id=id,
                        at=self.clock(),
                        link=first.link,
                    )
                )

    def codes(self) -> list[str]:
        return [message.code for message in self.told.read(TENANT, self.key.id, NoticeQuery(), self.clock())]


@pytest.fixture
def desk() -> LinkedScheduleDesk:
    return LinkedScheduleDesk()


def test_ah_65_who_answers_before_the_run_is_left_out_of_it(desk: LinkedScheduleDesk) -> None:
    desk.begin_set()
    desk.follow_up()
    desk.answer("ana")
    desk.pass_time(2 * HOUR)
    alert = desk.sent[1]
    (chunk,) = (key for key in desk.alerts.chunks if key.alert == alert.ref)
    assert [who.contact_id for who in desk.alerts.recipients(chunk)] == ["bob"]


def test_ah_65_a_follow_up_that_everybody_has_answered_before_is_not_sent(desk: LinkedScheduleDesk) -> None:
    desk.begin_set()
    result = desk.follow_up()
    desk.answer("ana", "bob")
    desk.pass_time(2 * HOUR)
    assert len(desk.sent) == 1
    assert desk.standing(result).last_failure is RunFailure.NO_RECEIVER_LEFT


def test_a_follow_up_may_be_scheduled_before_its_set_is_begun(desk: LinkedScheduleDesk) -> None:
    desk.follow_up()
    desk.begin_set()
    desk.pass_time(2 * HOUR)
    assert [alert.accepted_at for alert in desk.sent] == [NOON, NOON + HOUR]


def test_a_follow_up_of_a_cancelled_set_is_not_sent_and_that_is_told_once(desk: LinkedScheduleDesk) -> None:
    desk.begin_set()
    result = desk.follow_up()
    desk.cancel_alerts(desk.key, [CancelElement(CancelKind.LINKED, link_ref="l")])
    desk.pass_time(2 * HOUR)
    assert len(desk.sent) == 1
    assert desk.standing(result).last_failure is RunFailure.LINK_CANCELLED
    assert desk.codes() == ["schedule_link_cancelled"]
