"""Linked alerts: who begins a set, who joins it, and who is not asked again."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.time import NOON
from tests.unit.alerts.desk import Desk, a_key, an_email, an_sms
from tocsin.alerts.application.draft import Origin
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.domain.result import SendResult
from tocsin.alerts.ports.alerts import Acceptance, AcceptOutcome
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.client_api.application.cancel_alerts import CancelElement, CancelItemResult, CancelKind
from tocsin.client_api.domain.stopped_messages import StoppedMessages
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.content.domain.options import LookupOptions
from tocsin.kernel.domain.errors import InvalidRequest, StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import AlertRef, StoreId
from tocsin.linked_alerts.domain.link_set import LinkSet
from tocsin.notices.domain.account_notice import NoticeQuery
from tocsin.responses.domain.response import Response
from tocsin.stored_content.domain.stored_content import ContentType

ANA, BOB, CY = "+447700900001", "+447700900002", "+447700900003"
GROUP = ContactGroup(
    "crew",
    {
        "ana": Contact("ana", sms=ANA, email="ana@x.org"),
        "bob": Contact("bob", sms=BOB, email="bob@x.org"),
        "cy": Contact("cy", sms=CY, call="+447700900033"),
    },
)
OTHERS = ContactGroup("others", {"dee": Contact("dee", sms="+447700900004")})
LINK = LinkOptions("fire-7")
HOUR = timedelta(hours=1)
GONE = StoreId("019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90")
KINDS = {kind.value: kind for kind in ResponseKind}


class LinkedDesk(Desk):
    """A desk whose alerts share a link, and people who answer them."""

    def link(self, *elements: Element, link: LinkOptions = LINK, group: ContactGroup | None = None) -> SendResult:
        return self.send(*elements, link=link, group=group)

    def begin(self, link: LinkOptions = LINK) -> SendResult:
        return self.link(everybody(), an_email(sets=("all",)), link=link, group=GROUP)

    def answered(self, result: SendResult, contact: str, kind: ResponseKind, item: int = 0, id: str = "in-1") -> None:
        """Let a contact answer an alert that was sent."""
        alert = self.alert(result)
        people = self.recipients(result, item)
        position = next(n for n, who in enumerate(people) if who.contact_id == contact)
        self.responses.add(
            Response(
                key=ChunkKey(alert.tenant, alert.ref, item, 0),
                position=position,
                kind=kind,
                natural_id=f"{contact}-{kind}-{id}",
                address=people[position].address,
                contact_id=contact,
                at=self.clock(),
                link=alert.link,
            )
        )

    def asked(self, result: SendResult, item: int = 0) -> list[str]:
        """Return who was accepted for an element: contact ids, and addresses of the others."""
        return [who.contact_id or who.address for who in self.recipients(result, item)]

    def standing(self) -> LinkSet:
        found = self.links.standing(LinkKey.of(self.key.tenant, self.key.id, LINK.link_ref), self.clock())
        assert isinstance(found, LinkSet)
        return found

    def cancel_link(self) -> CancelItemResult:
        (result,) = self.cancel_alerts(self.key, [CancelElement(CancelKind.LINKED, link_ref=LINK.link_ref)])
        return result

    def messages(self) -> list[str]:
        return [message.code for message in self.told.read(self.key.tenant, self.key.id, NoticeQuery(), self.clock())]


def everybody(*except_responded: str, **more: object) -> Element:
    element = an_sms(sets=("all",), **more)  # type: ignore[arg-type]
    return replace(element, except_responded=frozenset(KINDS[kind] for kind in except_responded))


@pytest.fixture
def desk() -> LinkedDesk:
    return LinkedDesk()


def faults(caught: pytest.ExceptionInfo[InvalidRequest]) -> dict[str, str]:
    return {fault.pointer: fault.code for fault in caught.value.faults}


# --- joining ------------------------------------------------------------------------------------------------------


def test_ah_50_a_new_ref_with_a_group_makes_a_master(desk: LinkedDesk) -> None:
    result = desk.begin()
    assert result.success
    found = desk.standing()
    assert (found.master, found.group) == (result.alert_ref, GROUP)
    assert found.expires_at == NOON + timedelta(days=30)
    assert desk.alert(result).link == found.link


def test_ah_51_a_new_ref_without_a_group_fails(desk: LinkedDesk) -> None:
    with pytest.raises(InvalidRequest) as caught:
        desk.link(an_sms(ANA))
    assert faults(caught) == {"/contactGroup": "CONTACT_GROUP_REQUIRED"}
    assert (desk.alerts.alerts, desk.links.sets) == ({}, {})


def test_ah_52_a_new_ref_that_must_exist_fails_and_begins_nothing(desk: LinkedDesk) -> None:
    with pytest.raises(InvalidRequest) as caught:
        desk.begin(LinkOptions("fire-7", only_if_exists=True))
    assert faults(caught) == {"/linkedAlerts/linkRef": "NO_SUCH_LINK"}
    assert (desk.alerts.alerts, desk.links.sets) == ({}, {})


def test_what_is_wrong_with_the_link_is_told_with_everything_else(desk: LinkedDesk) -> None:
    with pytest.raises(InvalidRequest) as caught:
        desk.link(an_sms(ANA), replace(an_email("a@x.org"), content="\ud800"))
    assert faults(caught) == {"/contactGroup": "CONTACT_GROUP_REQUIRED", "/alert/1/content": "CONTROL_CHARACTER"}


def test_ah_53_a_later_alert_without_a_group_uses_the_masters(desk: LinkedDesk) -> None:
    desk.begin()
    later = desk.link(everybody())
    assert desk.asked(later) == ["ana", "bob", "cy"]
    assert desk.messages() == []


def test_ah_54_a_later_alert_with_another_group_uses_the_masters_and_is_told(desk: LinkedDesk) -> None:
    desk.begin()
    later = desk.link(everybody(), group=OTHERS)
    assert desk.asked(later) == ["ana", "bob", "cy"]
    assert desk.messages() == ["contact_group_ignored"]

    desk.link(everybody(), group=GROUP)
    assert desk.messages() == ["contact_group_ignored"]  # nothing was ignored: it is the same group


def test_ah_54_an_alert_that_runs_again_is_told_of_once(desk: LinkedDesk) -> None:
    desk.begin()
    origin = Origin(Cause(CauseKind.SCHEDULE, "s-1", "1", NOON + HOUR))
    for _ in range(2):
        desk.clock.advance(HOUR)
        desk.send_alert(desk.key, SendRequest("r", (everybody(),), group=OTHERS, link=LINK), origin=origin)
    assert desk.messages() == ["contact_group_ignored"]


def test_ah_54_a_notice_that_cannot_be_kept_does_not_undo_the_alert(desk: LinkedDesk) -> None:
    desk.begin()
    desk.told.outage.failing = 1
    assert desk.link(everybody(), group=OTHERS).success


def test_ah_54_a_group_that_lies_in_a_store_is_looked_at_like_any_other(desk: LinkedDesk) -> None:
    crew = desk.store(ContentType.CONTACT_GROUP, '{"contacts": [{"id": "x", "sms": "+447700900009"}]}')
    before = desk.expiry(crew)
    desk.clock.advance(HOUR)
    first = desk.send(everybody(), group=crew, link=LINK)
    assert desk.asked(first) == ["x"]
    assert desk.expiry(crew) != before  # it was used
    desk.send(everybody(), group=crew, link=LINK)
    assert desk.messages() == []
    gone = replace(crew, store_id=GONE)
    assert desk.asked(desk.send(everybody(), group=gone, link=LINK)) == ["x"]
    assert desk.messages() == ["contact_group_ignored"]


def test_ah_51_a_new_ref_with_a_store_that_is_not_there_fails(desk: LinkedDesk) -> None:
    crew = desk.store(ContentType.CONTACT_GROUP, '{"contacts": []}')
    with pytest.raises(InvalidRequest) as caught:
        desk.send(everybody(), group=replace(crew, store_id=GONE), link=LINK)
    assert faults(caught) == {"/contactGroup/storedContactGroup": "NO_SUCH_STORE"}


def test_ah_55_when_its_lifetime_is_over_the_ref_no_longer_exists(desk: LinkedDesk) -> None:
    first = desk.begin(LinkOptions("fire-7", lifetime=Lifetime(duration=HOUR)))
    desk.answered(first, "ana", ResponseKind.SMS)
    desk.clock.advance(HOUR + timedelta(minutes=1))

    with pytest.raises(InvalidRequest) as caught:
        desk.begin(LinkOptions("fire-7", only_if_exists=True))
    assert faults(caught) == {"/linkedAlerts/linkRef": "NO_SUCH_LINK"}
    with pytest.raises(InvalidRequest) as caught:
        desk.link(everybody())
    assert faults(caught) == {"/contactGroup": "CONTACT_GROUP_REQUIRED"}

    again = desk.link(everybody("sms"), group=GROUP)
    assert desk.standing().master == again.alert_ref
    assert desk.asked(again) == ["ana", "bob", "cy"]  # what was answered in the earlier life is forgotten
    desk.answered(first, "bob", ResponseKind.SMS)
    assert desk.asked(desk.link(everybody("sms"))) == ["ana", "bob", "cy"]


def test_ah_56_the_lifetime_of_a_later_alert_changes_nothing(desk: LinkedDesk) -> None:
    desk.begin(LinkOptions("fire-7", lifetime=Lifetime(duration=HOUR)))
    desk.clock.advance(HOUR / 2)
    desk.link(everybody(), link=LinkOptions("fire-7", lifetime=Lifetime(months=12)))
    assert desk.standing().expires_at == NOON + HOUR
    far_too_long = LinkOptions("fire-7", lifetime=Lifetime(months=120_000))
    assert desk.link(everybody(), link=far_too_long).success


def test_a_set_may_live_for_ever_and_not_beyond_the_calendar(desk: LinkedDesk) -> None:
    desk.begin(LinkOptions("fire-7", lifetime=Lifetime()))
    assert desk.standing().expires_at is None
    with pytest.raises(InvalidRequest) as caught:
        desk.begin(LinkOptions("other", lifetime=Lifetime(months=120_000)))
    assert faults(caught) == {"/linkedAlerts/lifetime": "OUT_OF_RANGE"}


def test_a_ref_of_another_key_is_another_set(desk: LinkedDesk) -> None:
    desk.begin()
    with pytest.raises(InvalidRequest):
        desk.send_alert(a_key("k2"), SendRequest("r", (everybody(),), link=LINK))


def test_an_alert_that_is_not_accepted_begins_no_set(desk: LinkedDesk) -> None:
    result = desk.link(an_sms(contacts=("nobody",)), group=GROUP)
    assert not result.success
    assert desk.links.sets == {}


def test_keywords_of_a_later_alert_are_those_of_the_masters_contacts(desk: LinkedDesk) -> None:
    named = {name: replace(contact, lookups={"firstname": name.title()}) for name, contact in GROUP.contacts.items()}
    desk.link(everybody(), group=ContactGroup("crew", named))
    personal = replace(everybody(text="{firstname}, who comes?"), lookups=LookupOptions(unique=True))
    later = desk.link(personal)
    assert [who.lookups for who in desk.recipients(later)] == [{"firstname": n} for n in ("Ana", "Bob", "Cy")]
    with pytest.raises(InvalidRequest) as caught:
        desk.link(replace(personal, lookups=LookupOptions()))
    assert faults(caught) == {"/alert/0/content": "UNIQUE_LOOKUPS_MISSING"}


# --- leaving out --------------------------------------------------------------------------------------------------


def test_ah_57_who_answered_in_a_way_that_counts_is_left_out(desk: LinkedDesk) -> None:
    first = desk.begin()
    desk.answered(first, "ana", ResponseKind.SMS)
    desk.answered(first, "bob", ResponseKind.SHORTLINK)

    later = desk.link(everybody("sms"))

    assert desk.asked(later) == ["bob", "cy"]
    assert (later.items[0].requested, later.items[0].sent, later.items[0].failure_reason) == (3, 2, None)
    left = desk.alerts.excluded(desk.key.tenant, AlertRef(later.alert_ref or ""))
    assert left == {0: (Exclusion("ana", ANA, ExclusionReason.ANSWERED, "sms"),)}


def test_ah_58_several_ways_count_together(desk: LinkedDesk) -> None:
    first = desk.begin()
    desk.answered(first, "ana", ResponseKind.SMS)
    desk.answered(first, "ana", ResponseKind.EMAIL, item=1)
    desk.answered(first, "bob", ResponseKind.SHORTLINK)
    later = desk.link(everybody("sms", "email", "shortlink"))
    assert desk.asked(later) == ["cy"]  # who only answered a call without pressing anything has responded to nothing
    left = desk.alerts.excluded(desk.key.tenant, AlertRef(later.alert_ref or ""))
    assert [(who.contact_id, who.detail) for who in left[0]] == [("ana", "sms,email"), ("bob", "shortlink")]


def test_ah_59_a_key_press_counts_as_call_and_nothing_else_does(desk: LinkedDesk) -> None:
    first = desk.begin()
    desk.answered(first, "ana", ResponseKind.CALL)
    desk.answered(first, "bob", ResponseKind.SMS)
    assert desk.asked(desk.link(everybody("call"))) == ["bob", "cy"]


def test_ah_60_an_answer_to_another_link_or_none_leaves_nobody_out(desk: LinkedDesk) -> None:
    desk.begin()
    desk.answered(desk.begin(LinkOptions("other")), "ana", ResponseKind.SMS)
    desk.answered(desk.send(everybody(), group=GROUP), "bob", ResponseKind.SMS)
    assert desk.asked(desk.link(everybody("sms"))) == ["ana", "bob", "cy"]


def test_ah_61_a_number_asked_for_as_such_is_contacted_the_worker_that_has_it(desk: LinkedDesk) -> None:
    first = desk.begin()
    desk.answered(first, "ana", ResponseKind.SMS)
    element = replace(everybody("sms"), receivers=replace(everybody().receivers, recipients=(ANA,)))
    later = desk.link(element)
    assert desk.asked(later) == [ANA, "bob", "cy"]
    assert (later.items[0].requested, later.items[0].sent) == (3, 3)


def test_ah_61_a_number_two_contacts_share_is_contacted_for_the_one_who_has_not_answered(desk: LinkedDesk) -> None:
    group = ContactGroup("g", {"ana": Contact("ana", sms=ANA), "ann": Contact("ann", sms=ANA)})
    first = desk.link(everybody(), group=group)
    assert desk.asked(first) == ["ana"]
    desk.answered(first, "ana", ResponseKind.SMS)
    later = desk.link(everybody("sms"))
    assert desk.asked(later) == ["ann"]
    desk.answered(later, "ann", ResponseKind.SMS)
    assert desk.link(everybody("sms")).items[0].requested == 1


def test_ah_62_only_elements_with_modifiers_are_filtered(desk: LinkedDesk) -> None:
    first = desk.begin()
    desk.answered(first, "ana", ResponseKind.SMS)
    later = desk.link(everybody("sms"), everybody(tag="again"))
    assert [desk.asked(later, item) for item in (0, 1)] == [["bob", "cy"], ["ana", "bob", "cy"]]


def test_ah_63_an_answer_on_one_channel_counts_on_all(desk: LinkedDesk) -> None:
    first = desk.begin()
    desk.answered(first, "ana", ResponseKind.EMAIL, item=1)
    assert desk.asked(desk.link(everybody("email"))) == ["bob", "cy"]


def test_ah_65_a_run_looks_at_who_has_answered_when_it_runs(desk: LinkedDesk) -> None:
    # given a linked alert that was planned while nobody had answered
    first = desk.begin()
    request = SendRequest("r", (everybody("sms"),), link=LINK)
    planned = desk.send_alert.prepare(desk.key, request, desk.clock())
    assert [len(one.element.recipients) for one in planned.prepared] == [3]
    # when somebody answers before it runs
    desk.answered(first, "ana", ResponseKind.SMS)
    desk.clock.advance(HOUR)
    run = desk.send_alert(desk.key, request, origin=Origin(Cause(CauseKind.SCHEDULE, "s-1", "1", desk.clock())))
    # then the run leaves them out
    assert desk.asked(run) == ["bob", "cy"]


def test_when_everybody_has_answered_the_element_says_so_and_nothing_is_sent(desk: LinkedDesk) -> None:
    first = desk.begin()
    for contact in GROUP.contacts:
        desk.answered(first, contact, ResponseKind.SMS)
    later = desk.link(everybody("sms"))
    assert not later.success
    assert later.items[0].failure_reason == "everybody has answered already"
    assert (later.items[0].requested, later.items[0].sent) == (3, 0)
    some = replace(everybody("sms"), channel=Channel.SMS, receivers=replace(everybody().receivers, recipients=("x",)))
    (item,) = desk.link(some).items
    refused = "1 with an invalid phone number (PHONE_NOT_INTERNATIONAL): recipients[0]"
    reason = f"no receiver can be reached: {refused}; 3 have answered already"
    assert item.failure_reason == reason


def test_who_is_left_out_consumes_no_capacity() -> None:
    desk = LinkedDesk({Channel.SMS: 4})
    first = desk.link(everybody(), group=GROUP)
    desk.answered(first, "ana", ResponseKind.SMS)
    desk.answered(first, "bob", ResponseKind.SMS)
    later = desk.link(everybody("sms"))
    assert desk.asked(later) == ["cy"]
    assert later.items[0].remaining == 0


def test_ah_83_a_second_click_counts_once(desk: LinkedDesk) -> None:
    first = desk.begin()
    desk.answered(first, "ana", ResponseKind.SHORTLINK)
    at = desk.clock()
    desk.clock.advance(HOUR)
    desk.answered(first, "ana", ResponseKind.SHORTLINK, id="in-2")
    (seen,) = desk.links.seen.values()
    assert seen == {"ana": {ResponseKind.SHORTLINK: at}}


def test_nobody_reads_sets_for_an_alert_without_a_link_nor_answers_without_modifiers(desk: LinkedDesk) -> None:
    desk.send(everybody(), group=GROUP)
    assert desk.links.reads == 0
    desk.begin()
    assert desk.links.reads == 1
    desk.link(everybody())
    assert desk.links.reads == 2
    desk.link(everybody("sms"))
    assert desk.links.reads == 4


def test_if_nobody_can_tell_who_answered_nothing_is_accepted(desk: LinkedDesk) -> None:
    desk.begin()
    desk.links.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        desk.link(everybody("sms"))
    assert len(desk.alerts.alerts) == 1


# --- two at once --------------------------------------------------------------------------------------------------


class Meeting:
    """Lets a number of calls reach the transaction before the first of them may commit."""

    def __init__(self, alerts: object, calls: int) -> None:
        self._alerts = alerts
        self._barrier = threading.Barrier(calls)
        self._met: set[AlertRef] = set()

    def __getattr__(self, name: str) -> object:
        return getattr(self._alerts, name)

    def accept(self, acceptance: Acceptance) -> AcceptOutcome:
        if acceptance.alert.ref not in self._met and len(self._met) < self._barrier.parties:
            self._met.add(acceptance.alert.ref)
            self._barrier.wait(5)
        return self._alerts.accept(acceptance)  # type: ignore[attr-defined, no-any-return]


def test_ah_66_of_two_simultaneous_first_alerts_exactly_one_becomes_master(desk: LinkedDesk) -> None:
    meeting = Meeting(desk.alerts, 2)
    send = SendAlert(desk.send_alert.prepare, meeting, desk.keys, desk.queue, desk.clock, desk.told)  # type: ignore[arg-type]
    results: list[SendResult] = []

    def call(group: ContactGroup) -> None:
        results.append(send(desk.key, SendRequest("r", (everybody(),), group=group, link=LINK)))

    callers = [threading.Thread(target=call, args=(group,)) for group in (GROUP, OTHERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)

    found = desk.standing()
    assert len(results) == 2
    assert all(result.success for result in results)
    assert [result.alert_ref for result in results].count(found.master) == 1
    assert {tuple(desk.asked(result)) for result in results} == {tuple(found.group.contacts)}
    assert {desk.alert(result).link for result in results} == {found.link}
    assert desk.messages() == ["contact_group_ignored"]


# --- cancelling ---------------------------------------------------------------------------------------------------


def test_ah_67_a_cancelled_ref_stops_what_is_live_and_what_comes_up_until_it_is_lifted(desk: LinkedDesk) -> None:
    # given two alerts of a link, and one that is scheduled
    first, second = desk.begin(), desk.link(everybody())
    scheduled = SendRequest("r", (everybody(),), link=LINK)

    # when the link is cancelled
    result = desk.cancel_link()

    # then what was not handed over yet is cancelled
    assert (result.success, result.cancelled_at, result.messages) == (True, NOON, StoppedMessages(8))
    assert {desk.alert(one).cancelled_at for one in (first, second)} == {NOON}
    # and the scheduled one is not processed when it comes up
    with pytest.raises(Superseded) as caught:
        desk.send_alert(desk.key, scheduled, origin=Origin(Cause(CauseKind.SCHEDULE, "s-1", "1", NOON)))
    assert caught.value.reason == "link_cancelled"
    assert len(desk.alerts.alerts) == 2

    # and a later send that lifts it works again, and so does what comes after
    lifted = desk.link(everybody(), link=LinkOptions("fire-7", cancel_cancellation=True))
    assert lifted.success
    assert desk.send_alert(desk.key, scheduled).success
    assert desk.standing().cancelled_at is None


def test_ah_67_a_ref_may_be_cancelled_before_its_first_alert(desk: LinkedDesk) -> None:
    desk.scheduled_links.add("fire-7")
    assert desk.cancel_link() == CancelItemResult(True, NOON, StoppedMessages())
    with pytest.raises(Superseded):
        desk.begin()
    assert desk.begin(LinkOptions("fire-7", cancel_cancellation=True)).success
    assert desk.link(everybody()).success


def test_a_ref_that_nothing_names_is_not_cancelled(desk: LinkedDesk) -> None:
    result = desk.cancel_link()
    assert (result.success, result.failure_code) == (False, "NOT_FOUND")
    assert desk.begin().success


def test_a_cancelled_ref_is_free_when_its_time_is_over(desk: LinkedDesk) -> None:
    desk.scheduled_links.add("fire-7")
    desk.cancel_link()
    desk.clock.advance(timedelta(days=30))
    assert desk.begin().success


def test_cancelling_a_link_again_finishes_what_was_cut_short(desk: LinkedDesk) -> None:
    first, second = desk.begin(), desk.link(everybody())
    desk.alerts.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        desk.cancel_link()
    desk.clock.advance(HOUR)
    result = desk.cancel_link()
    assert (result.cancelled_at, result.messages) == (NOON, StoppedMessages(8))
    assert {desk.alert(one).cancelled_at for one in (first, second)} == {NOON + HOUR}


def test_lifting_where_nothing_was_cancelled_is_an_ordinary_send(desk: LinkedDesk) -> None:
    asked = LinkOptions("fire-7", cancel_cancellation=True)
    first = desk.begin(asked)
    assert desk.standing().master == first.alert_ref
    assert desk.link(everybody(), link=asked).success


def test_a_cancellation_between_look_and_commit_is_seen(desk: LinkedDesk) -> None:
    desk.begin()

    class Late:
        """Cancels the link when the alert is about to be committed."""

        def __getattr__(self, name: str) -> object:
            return getattr(desk.alerts, name)

        def accept(self, acceptance: Acceptance) -> AcceptOutcome:
            desk.cancel_link()
            return desk.alerts.accept(acceptance)

    send = SendAlert(desk.send_alert.prepare, Late(), desk.keys, desk.queue, desk.clock)  # type: ignore[arg-type]
    with pytest.raises(Superseded) as caught:
        send(desk.key, SendRequest("r", (everybody(),), link=LINK))
    assert caught.value.reason == "link_cancelled"
    assert len(desk.alerts.alerts) == 1
