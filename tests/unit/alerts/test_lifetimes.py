"""What has a lifetime ends to the millisecond, for whoever reads it, whether or not the garbage was collected."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import sms
from tests.fakes.escalations import FakeEscalations
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.fakes.responses import FakeResponses
from tests.fakes.schedules import no_schedules
from tests.unit.alerts.desk import Desk, a_key, an_sms
from tests.unit.delivery.stand import Stand
from tocsin.client_api.application.cancel_alerts import CancelAlerts, CancelElement, CancelKind
from tocsin.history.application.list_alerts import ListAlerts
from tocsin.history.application.read_alerts import ReadAlertStatus
from tocsin.identity.domain.api_key import Right
from tocsin.kernel.domain.errors import NotFound
from tocsin.results.application.collect import CollectEvents
from tocsin.stored_content.domain.stored_content import ContentType

KEY = a_key(rights=frozenset({Right.READ_ALERTS}))
TICK = timedelta(milliseconds=1)


@given(st.timedeltas(timedelta(0), timedelta(days=9)))
def test_ah_123_a_store_is_there_until_its_time_and_gone_from_then_on(late: timedelta) -> None:
    desk = Desk()
    ref = desk.store(ContentType.SMS, "hello")
    (kept,) = desk.stores.list(KEY.tenant, KEY.id, None, desk.clock())
    assert kept.expires_at is not None

    desk.clock.advance(kept.expires_at - desk.clock() - TICK)
    assert desk.stored(ref) is not None
    desk.clock.advance(TICK + late)
    assert desk.stored(ref) is None
    # and what it said cannot be sent any more
    assert not desk.send(an_sms("+447700900001", stored=ref)).success


@given(st.timedeltas(timedelta(0), timedelta(days=9)))
def test_ah_123_an_alert_is_there_until_its_time_and_gone_from_then_on(late: timedelta) -> None:
    stand = Stand(sms("+447700900001"))
    stand.dispatch()
    ends = stand.alert.expires_at
    assert ends is not None
    collect = CollectEvents(stand.events, stand.alerts, stand.clock)
    status = ReadAlertStatus(stand.alerts, stand.dispatch_progress, FakeResponses(), stand.clock)
    listed = ListAlerts(stand.alerts, stand.dispatch_progress, FakeResponses(), FakeEscalations(), stand.clock)
    cancel = CancelAlerts(
        stand.alerts,
        stand.dispatch_progress,
        stand.rows,
        stand.clock,
        FakeLinkSets(),
        no_schedules(stand.alerts, stand.clock),
    )
    this = [CancelElement(CancelKind.ALERT, stand.alert.ref)]

    stand.clock.advance(ends - stand.clock() - TICK)
    assert collect(KEY, stand.alert.ref, 0, count_remaining=True).events
    assert status(KEY, stand.alert.ref).alert == stand.alert
    assert len(listed(KEY).entries) == 1

    stand.clock.advance(TICK + late)
    gone = collect(KEY, stand.alert.ref, 9, count_remaining=True)
    assert (list(gone.events), gone.remaining) == ([], 0)
    assert not listed(KEY).entries
    assert not cancel(KEY, this)[0].success
    with pytest.raises(NotFound):
        status(KEY, stand.alert.ref)


def test_ah_123_the_rows_of_messages_learn_when_their_alert_is_over() -> None:
    stand = Stand(sms("+447700900001"))
    stand.dispatch()
    assert isinstance(stand.rows, FakeMessageRows)
    assert set(stand.rows.expiries.values()) == {stand.alert.expires_at}


def test_nothing_is_sent_when_the_lifetime_is_over_although_its_rows_were_forgotten() -> None:
    # given an alert whose message rows the store has collected early
    stand = Stand(sms("+447700900001"))
    stand.dispatch()
    stand.rows.rows.clear()
    assert stand.alert.expires_at is not None
    stand.clock.advance(stand.alert.expires_at - stand.clock())

    stand.dispatch()

    assert stand.states() == ["expired"]
    assert len(stand.sms.calls) == 1
