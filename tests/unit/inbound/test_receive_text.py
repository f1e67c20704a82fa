"""S14, AH-92: text messages from people."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import KEY, TENANT, number, sms
from tests.unit.inbound.answering import ANA, BOB, HOUR, OURS, Answering
from tests.unit.triggers.triggering import Triggering, asked, by_text
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.inbound.application.receive_text import TextResult
from tocsin.kernel.domain.errors import InvalidRequest, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.responses.ports.responses import ResponseCounts
from tocsin.suppressions.domain.carrier_keywords import FILLERS, OPT_OUTS

OTHER = TenantId("other")


@pytest.fixture
def world() -> Answering:
    return Answering()


def test_ana_answers_and_her_client_hears_of_it(world: Answering) -> None:
    alert = world.send()

    assert world.text("on my way", by=ANA, answering=alert) is TextResult.RECORDED

    (response,) = world.kept(alert)
    assert (response.text, response.address, response.contact_id, response.late) == ("on my way", ANA, "c0", False)
    (event,) = world.told(alert)
    assert (event.event, event.alertee, event.contact_id) == ("reply", ANA, "c0")
    assert event.details == {"reply": "on my way", "replyEncoding": "utf8", "evidence": "wrote", "counted": True}
    assert world.responses.responded(response.key, range(2)) == {0: world.now}


def test_ana_answers_twice_and_has_responded_since_the_first_time(world: Answering) -> None:
    alert = world.send()
    world.text("ok", answering=alert)
    world.now += HOUR
    world.text("there", answering=alert)

    assert [response.text for response in world.kept(alert)] == ["ok", "there"]
    assert [event.details["reply"] for event in world.told(alert)] == ["ok", "there"]
    assert world.responses.responded(next(iter(world.alerts.chunks)), range(2)) == {0: world.now - HOUR}
    assert world.responses.count(alert.tenant, alert.ref, world.now) == ResponseCounts(2, 0)


def test_an_answer_without_the_providers_word_belongs_to_the_only_open_alert(world: Answering) -> None:
    alert = world.send()
    assert world.text("ok") is TextResult.RECORDED
    assert [response.text for response in world.kept(alert)] == ["ok"]


def test_s14_bob_answers_an_older_alert_and_is_late(world: Answering) -> None:
    old = world.send()
    world.now += HOUR
    new = world.send()

    world.text("ok", by=BOB, answering=old)

    assert [(response.text, response.late) for response in world.kept(old)] == [("ok", True)]
    assert world.told(old)[0].details["late"] is True
    assert not world.kept(new)
    assert not world.told(new)


def test_s14_an_answer_that_may_belong_to_two_alerts_is_kept_with_both_and_told_once(world: Answering) -> None:
    old = world.send()
    world.now += HOUR
    new = world.send()

    assert world.text("ok") is TextResult.UNMATCHED

    for alert in (old, new):
        assert [(response.text, response.matched) for response in world.kept(alert)] == [("ok", False)]
        assert world.responses.count(alert.tenant, alert.ref, world.now) == ResponseCounts(0, 1)
    assert world.told(old) == []
    (event,) = world.told(new)
    assert (event.event, event.details["candidates"]) == ("unmatched", [new.ref, old.ref])
    assert not world.responses.marks


def test_ah_92_after_the_lifetime_nothing_is_kept_or_told(world: Answering) -> None:
    alert = world.send()
    assert alert.expires_at is not None
    world.now = alert.expires_at
    assert world.text("ok", answering=alert) is TextResult.NOTHING_OPEN
    assert not world.responses.kept
    assert not world.results.told


def test_ah_92_a_text_counts_to_the_last_millisecond_and_is_read_no_longer_than_its_alert(world: Answering) -> None:
    alert = world.send()
    assert alert.expires_at is not None
    world.now = alert.expires_at - timedelta(milliseconds=1)
    assert world.text("in time") is TextResult.RECORDED
    assert [response.text for response in world.kept(alert)] == ["in time"]
    assert [event.event for event in world.told(alert)] == ["reply"]

    world.now = alert.expires_at

    assert world.text("too late") is TextResult.NOTHING_OPEN
    assert (world.kept(alert), world.told(alert)) == ([], [])
    assert len(world.responses.kept) == 1


def test_ah_92_of_two_alerts_the_one_that_is_over_is_no_candidate(world: Answering) -> None:
    over, open_ = world.send(), world.send()
    world.alerts.alerts[over.tenant, over.ref] = replace(over, expires_at=world.now)
    assert world.text("ok", answering=over) is TextResult.NOTHING_OPEN
    assert not world.responses.kept
    assert world.told(open_) == []


def test_a_text_from_somebody_we_never_wrote_to_answers_nothing(world: Answering) -> None:
    world.send()
    assert world.text("hello?", by=number(77)) is TextResult.NOTHING_OPEN


def test_a_text_to_a_number_of_nobody(world: Answering) -> None:
    world.send()
    assert world.text("ok", to=number(99)) is TextResult.NUMBER_UNKNOWN


def test_s14_a_text_to_another_tenants_number_reaches_no_alert_of_ours(world: Answering) -> None:
    alert = world.send()
    world.numbers.add(TwoWayNumber(number(60), OTHER, KEY))
    assert world.text("ok", to=number(60), answering=alert) is TextResult.NOTHING_OPEN
    assert world.kept(alert) == []


def test_s14_what_is_sent_from_another_tenants_number_makes_no_conversation(world: Answering) -> None:
    world.numbers.add(TwoWayNumber(number(60), OTHER, KEY))
    alert = world.send(sender=number(60))
    assert not world.conversations.said
    assert world.text("ok", to=number(60), answering=alert) is TextResult.NOTHING_OPEN


@pytest.mark.parametrize("options", [{"sandbox": True}, {"sender": "Tocsin"}, {"sender": number(61)}])
def test_only_what_people_can_answer_is_remembered(world: Answering, options: dict[str, Any]) -> None:
    world.send(**options)
    assert not world.conversations.said


def test_a_store_that_is_down_keeps_no_alarm_back(world: Answering) -> None:
    for port in (world.numbers, world.conversations):
        port.outage.failing = 1
        world.send()  # raises nothing
        assert port.outage.failing == 0
        world.now += HOUR


def test_an_answer_delivered_again_is_one_answer_whatever_was_sent_meanwhile(world: Answering) -> None:
    # given an answer to the only open alert
    alert = world.send()
    world.text("ok", id="in-1")

    # when it comes again after a second alert was sent, and again after the first is over
    world.now += HOUR
    second = world.send()
    assert world.text("ok", id="in-1") is TextResult.REPEATED
    world.now += timedelta(days=30) - HOUR
    world.text("ok", id="in-1")

    assert (len(world.responses.kept), len(world.results.told)) == (1, 1)
    assert world.kept(second) == []
    assert [place[1] for place in world.results.told] == [alert.ref]


@pytest.mark.parametrize("port", ["conversations", "rows", "alerts", "responses", "event_publisher", "numbers"])
def test_an_answer_that_was_cut_short_anywhere_is_one_answer_when_it_comes_again(world: Answering, port: str) -> None:
    alert = world.send()
    getattr(world, port).outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.text("ok", id="in-1", answering=alert)

    world.text("ok", id="in-1", answering=alert)

    assert [response.text for response in world.kept(alert)] == ["ok"]
    assert [event.details["reply"] for event in world.told(alert)] == ["ok"]


def test_an_unmatched_answer_that_was_cut_short_is_told_once(world: Answering) -> None:
    world.send()
    world.now += HOUR
    newest = world.send()
    world.event_publisher.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.text("ok", id="in-1")
    world.now += HOUR
    world.send()

    world.text("ok", id="in-1")

    assert [place[1] for place in world.results.told] == [newest.ref]
    assert len(world.responses.kept) == 2


def test_ah_126_mode_none_keeps_the_answer_and_tells_nobody(world: Answering) -> None:
    alert = world.send(notification=NotificationMode.NONE)
    world.text("ok", answering=alert)
    assert len(world.kept(alert)) == 1
    assert world.told(alert) == []


# --- words that are for the carriers' rules -------------------------------------------------------------------


def test_stop_suppresses_for_this_tenant_and_is_told(world: Answering) -> None:
    alert = world.send()

    assert world.text("Stop.", by=ANA) is TextResult.KEYWORD

    assert world.suppressed(ANA)
    assert not world.suppressed(BOB)
    assert not world.suppressed(ANA, OTHER)
    (event,) = world.told(alert)
    assert (event.event, event.details["keyword"], event.details["reply"]) == ("reply", "stop", "Stop.")
    # it is no answer: nobody is on the way
    assert world.kept(alert) == []
    assert not world.responses.marks


def test_start_lifts_it(world: Answering) -> None:
    world.send()
    world.text("STOP")
    world.now += HOUR
    world.text("START")
    assert not world.suppressed(ANA)


def test_a_stop_that_comes_again_after_the_start_silences_nobody(world: Answering) -> None:
    world.send()
    stopped_at = world.now
    world.text("STOP", id="in-1")
    world.now += HOUR
    world.text("START", id="in-2")
    world.now = stopped_at
    world.text("STOP", id="in-1")
    assert not world.suppressed(ANA)


def test_stop_counts_although_nothing_is_open(world: Answering) -> None:
    assert world.text("stop", by=BOB) is TextResult.KEYWORD
    assert world.suppressed(BOB)


def test_stop_with_two_open_alerts_is_told_once_with_the_newest(world: Answering) -> None:
    old = world.send()
    world.now += HOUR
    new = world.send()
    world.text("stop")
    assert world.told(old) == []
    assert [event.details["keyword"] for event in world.told(new)] == ["stop"]


def test_help_is_told_to_the_operator_without_saying_who_asked(
    world: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    world.send()
    with caplog.at_level(logging.WARNING):
        world.text("HELP")
    assert [record.msg for record in caplog.records] == ["a receiver asked for help"]
    assert ANA not in str([vars(record) for record in caplog.records])


def test_a_sentence_with_stop_in_it_is_an_answer(world: Answering) -> None:
    alert = world.send()
    assert world.text("stop the pump at gate 4") is TextResult.RECORDED
    assert not world.suppressed(ANA)
    assert len(world.kept(alert)) == 1


def test_an_endless_text_is_cut_and_says_so(world: Answering) -> None:
    alert = world.send(sms(ANA))
    world.text("x" * 20_000)
    (event,) = world.told(alert)
    assert (len(event.details["reply"]), event.details["truncated"]) == (10_000, True)


def test_a_number_given_to_a_tenant_is_noticed_within_a_minute(world: Answering) -> None:
    world.numbers.numbers.clear()
    world.send()
    world.numbers.add(TwoWayNumber(OURS, TenantId("acme"), KEY))
    world.now += timedelta(minutes=1)
    world.send()
    assert world.text("ok") is TextResult.RECORDED


def test_an_opt_out_among_other_words_is_an_answer_and_its_owner_is_told(world: Answering) -> None:
    alert = world.send()
    assert world.text("Please stop sending these to my work phone", id="in-1") is TextResult.RECORDED
    assert world.text("Please stop sending these to my work phone", id="in-1") is TextResult.REPEATED
    assert not world.suppressed(ANA)
    (told,) = world.messages.told.values()
    assert (told.code, told.key_id) == ("POSSIBLE_OPT_OUT", KEY)
    assert world.kept(alert)[0].details == {"notice": "POSSIBLE_OPT_OUT"}


def test_an_opt_out_ends_no_escalation_and_its_owner_hears_who_is_still_needed(world: Answering) -> None:
    alert = world.send(escalating=True)
    assert world.text("stop texting me please") is TextResult.KEYWORD
    assert world.suppressed(ANA)
    assert world.kept(alert) == []
    (told,) = world.messages.told.values()
    assert (told.code, told.alert) == ("opt_out_no_answer", alert.ref)


def linked(world: Answering, alert: Alert, master: Alert, name: str = "duty") -> Alert:
    """Make an alert a member of a linked set."""
    member = replace(alert, link=Link(LinkKey.of(alert.tenant, alert.key_id, name), master.ref))
    world.alerts.alerts[alert.tenant, alert.ref] = member
    return member


def test_b_7_an_answer_to_several_alerts_of_one_linked_set_is_to_the_newest_that_the_person_got(
    world: Answering,
) -> None:
    # given three alerts of one linked set, of which Ana got two
    first = linked(world, master := world.send(), master)
    world.now += HOUR
    second = linked(world, world.send(), master)
    world.now += HOUR
    linked(world, world.send(sms(BOB)), master)

    # when she answers, and the carrier does not say which
    assert world.text("ok", by=ANA) is TextResult.RECORDED

    # then it counts for the set, once, with the second
    assert world.kept(first) == []
    assert [(one.text, one.counted) for one in world.kept(second)] == [("ok", True)]
    assert [event.event for event in world.told(second)] == ["reply"]


def test_b_7_alerts_of_two_sets_or_generations_stay_unmatched(world: Answering) -> None:
    first = linked(world, one := world.send(), one)
    world.now += HOUR
    linked(world, other := world.send(), other)
    assert world.text("ok") is TextResult.UNMATCHED
    assert [one.counted for one in world.kept(first)] == [False]


def test_decided_8_6_a_keyword_that_became_an_opt_out_goes_on_until_it_is_cancelled() -> None:
    desk = Triggering()
    store = desk.activated(by_text("ALARM"))
    # given a trigger that was armed with two words before they became an opt-out
    armed = desk.triggers.standing[TENANT, KEY, store]
    desk.triggers.standing[TENANT, KEY, store] = replace(armed, words=(by_text("Stop all"),))

    assert desk.text("STOP ALL please") is TextResult.KEYWORD
    assert desk.firings() == []
    desk.text("STOP ALL")
    assert len(desk.sent()) == 1


@given(
    st.lists(st.sampled_from(sorted(OPT_OUTS)), min_size=1, max_size=2),
    st.lists(st.sampled_from(sorted(FILLERS)), max_size=3),
)
def test_decided_8_6_no_opt_out_can_become_a_keyword(opt_outs: list[str], fillers: list[str]) -> None:
    words = " ".join((*opt_outs, *fillers))
    if len(words) > 20:
        return
    with pytest.raises(InvalidRequest) as caught:
        Triggering().arm(asked(by_text(words)))
    assert {fault.code for fault in caught.value.faults} == {"RESERVED"}
