"""People hear of telephony events: who, once, in which words, by the settings and the directory of that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.time import NOON
from tests.scenarios.notice_world import NoticeWorld
from tests.unit.personal_notices.stories import (
    ACME,
    ANA,
    BOB,
    CALLER,
    EVE,
    FAY,
    L10,
    SHARED,
    SUPPORT,
    call,
    caller,
    event,
    offered,
    person,
    text,
    voicemail,
)
from tocsin.identity.domain.user import UserState
from tocsin.kernel.domain.ids import CompanyId, UserId
from tocsin.personal_notices.domain.account_words import account_words
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.preferences.domain.settings import AccountTopic, Communication, NotificationSettings
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import TelephonyEvent

ZOE = f"Zoe ({CALLER})"
MISSED = f"A call from {ZOE} to line 2010 was missed"
RINGS = f"A call from {ZOE} is ringing on line 2010"
LEFT = f"{ZOE} left a voicemail for line 2010"
WITHOUT = {switch: frozenset(Communication) - {switch} for switch in Communication}


def settings(user: UserId = ANA, **given: Any) -> NotificationSettings:
    return NotificationSettings(tenant=ACME, user=user, version=1, **given)


def acts(world: NoticeWorld, it: TelephonyEvent) -> list[str]:
    return [act[0] for act in world.rows.kept[ACME, it.name].acts]


def test_up_01_a_call_to_my_line_is_told_by_mail_and_in_the_inbox() -> None:
    world = NoticeWorld()
    world.tell(call())
    assert world.mails() == [MISSED]
    assert world.mails(ANA) == [MISSED]
    assert world.inbox(ANA) == [f"Missed call from {ZOE}"]
    (notice,) = world.desk.inboxes.kept.values()
    assert "You get this because own line 2010." in notice.text


@pytest.mark.parametrize(
    ("it", "switch"),
    [
        (call(), Communication.CALL),
        (offered(), Communication.CALL),
        (text(), Communication.TEXT),
        (event("fax.received", line="2010", **caller()), Communication.FAX),
        (event("mention", userIds=["ana"]), Communication.MENTION),
        (event("contact.assigned", contactId="k1", userId="x-ana", by="api"), Communication.CONTACT),
        (event("reminder.assigned", userId="ana", text="Call Zoe"), Communication.REMINDER),
        (voicemail(), Communication.VOICEMAIL),
    ],
)
def test_up_01_04_05_06_07_the_switch_decides_and_no_other_one(it: TelephonyEvent, switch: Communication) -> None:
    for on in (True, False):
        chosen = frozenset({switch}) if on else WITHOUT[switch]
        world = NoticeWorld(settings(communication=chosen))
        world.tell(it)
        assert len(world.mails()) == len(world.inbox(ANA)) == on


def test_up_05_no_one_hears_of_what_they_did_themselves_by_whatever_name() -> None:
    world = NoticeWorld()
    world.tell(event("mention", userIds=["ana", "bob"], byUserId="x-ana"))
    world.tell(event("contact.assigned", "e2", contactId="k1", userId="eve", by="person", actorId="x-eve"))
    assert (world.mails(ANA), len(world.mails(BOB)), world.mails(EVE)) == ([], 1, [])


ROLES = list(product([True, False], repeat=3))


def test_up_01_02_18_who_is_told_of_a_call_by_what_they_are_to_it() -> None:
    """The table of memberships, generated: the line's user, members of the group, those who follow and may."""
    for owns, member, follows in ROLES:
        line = replace(L10, user=ANA if owns else None)
        group = replace(SUPPORT, members=(ANA,) if member else ())
        world = NoticeWorld(settings(lines=("l10",) if follows else ()), things=[person(ANA, "admin"), line, group])
        world.tell(call(group={"id": "g1"}))
        assert len(world.mails(ANA)) == (owns or member or follows), (owns, member, follows)


@pytest.mark.parametrize("role", ["account_owner", "admin", "manager", "queue_manager", "user", "reporting"])
@pytest.mark.parametrize("company", [None, "co1", "co2"])
def test_up_18_a_followed_line_is_told_to_those_who_may_follow_it_at_that_moment(
    role: str, company: str | None
) -> None:
    fay = person(FAY, role, companies=frozenset({CompanyId("co1")}))
    world = NoticeWorld(
        settings(FAY, lines=("l12",)), things=[fay, replace(SHARED, company=CompanyId(company) if company else None)]
    )
    world.tell(call(line="2012"))
    may = role in ("account_owner", "admin") or company == "co1" or (company is None and role == "reporting")
    assert len(world.mails(FAY)) == may


def test_up_18_who_stops_following_hears_of_it_no_more_at_once() -> None:
    world = NoticeWorld(settings(FAY, lines=("l12",)), things=[person(FAY, "admin")])
    world.take(call(line="2012"))
    assert acts(world, call(line="2012")) == [ActKind.NOTICE]
    world.desk.preferences.add(settings(FAY))
    world.work()
    assert world.mails() == []


def test_a_switch_that_is_off_counts_at_once_and_a_new_one_within_five_seconds() -> None:
    world = NoticeWorld(settings(communication=WITHOUT[Communication.CALL]))
    world.tell(call("e1", callId="c1"))
    world.desk.preferences.add(settings())
    world.tell(call("e2", callId="c2"))  # what the process knows is not five seconds old
    world.clock.advance(timedelta(seconds=5))
    world.tell(call("e3", callId="c3"))
    assert len(world.mails()) == 1
    world.take(call("e4", callId="c4"))
    world.desk.preferences.add(settings(communication=WITHOUT[Communication.CALL]))
    world.work()
    assert len(world.mails()) == 1


def test_a_person_who_was_disabled_or_left_the_group_a_moment_ago_is_not_told() -> None:
    world = NoticeWorld()
    given: dict[str, Any] = {"line": "nobody knows", "group": {"id": "g1"}}
    world.take(call(**given))
    world.desk.directory.add(person(BOB, state=UserState.DISABLED), replace(SUPPORT, members=(BOB,)))
    world.work()
    assert world.mails() == []


@pytest.mark.parametrize(
    ("it", "expected"),
    [
        (call(later=timedelta(hours=1)), [ActKind.NOTICE]),
        (call(later=timedelta(hours=1, seconds=1)), []),
        (call(sandbox=True), []),
        (call(line="2012"), []),
        (call(direction="outgoing"), []),
        (text(line="2012"), []),
        (event("trunk.connected", trunk="t1"), []),
    ],
)
def test_an_event_of_which_no_person_may_hear_has_no_act(it: TelephonyEvent, expected: list[str]) -> None:
    world = NoticeWorld()
    world.tell(it)
    assert acts(world, it) == expected
    assert len(world.mails()) == len(expected)


STORIES: dict[str, Sequence[TelephonyEvent]] = {
    "it rings, and is missed": [offered(), call()],
    "it rings, and is answered": [offered(), call(status="answered")],
    "it rings, and becomes a voicemail": [offered(), call(status="voicemail"), voicemail()],
    "a voicemail without the id of its call": [call(status="voicemail"), voicemail(callId=None)],
    "it is missed": [call()],
    "a text that two events tell": [text(), replace(text(), id="t2")],
}


@pytest.mark.parametrize("story", STORIES)
def test_decided_5_3_events_in_any_order_and_repeated_are_one_notice(story: str) -> None:
    events = STORIES[story]
    for order in permutations(events):
        world = NoticeWorld()
        world.tell(*order, *reversed(order))
        assert len(world.mails(ANA)) == 1, order
        assert len(world.inbox(ANA)) == 1, order
        together = NoticeWorld()
        together.take(*order)
        together.take(*order)
        together.work()
        assert len(together.mails(ANA)) == len(together.inbox(ANA)) == 1, order


@pytest.mark.parametrize(
    ("events", "mail", "title"),
    [
        ([offered(), call()], RINGS, f"Missed call from {ZOE}"),
        ([offered(), call(status="answered")], RINGS, f"Call from {ZOE} was answered"),
        ([offered(), voicemail()], RINGS, f"Voicemail from {ZOE}"),
        ([call(), offered()], MISSED, f"Missed call from {ZOE}"),
        ([voicemail(), offered()], LEFT, f"Voicemail from {ZOE}"),
        ([call(status="voicemail"), voicemail(callId=None)], LEFT, f"Voicemail from {ZOE}"),
    ],
)
def test_decided_5_3_told_as_ringing_if_it_was_and_the_inbox_reads_the_end(
    events: Sequence[TelephonyEvent], mail: str, title: str
) -> None:
    world = NoticeWorld()
    world.tell(*events)
    assert (world.mails(ANA), world.inbox(ANA)) == ([mail], [title])
    world.tell(events[0])  # an order that is delivered again changes nothing
    assert world.inbox(ANA) == [title]


def test_decided_5_3_each_telephone_that_rings_tells_its_own_people_once() -> None:
    world = NoticeWorld()
    rings = [offered("o1"), offered("o2", line="2011"), offered("o3", line="2011")]
    for order in permutations([*rings, call(lines=["2010", "2011"], status="answered")]):
        world = NoticeWorld()
        world.tell(*order)
        assert (len(world.mails(ANA)), len(world.mails(BOB))) == (1, 1), order
        assert world.inbox(ANA) == world.inbox(BOB) == [f"Call from {ZOE} was answered"]


def test_up_03_in_fisher_mode_all_who_may_take_the_call_are_told_that_it_can_be_picked_up() -> None:
    world = NoticeWorld(settings(EVE, communication=WITHOUT[Communication.CALL]))
    world.tell(offered(fisher=True, group={"id": "g1"}))
    assert (len(world.mails(ANA)), len(world.mails(BOB)), len(world.mails(EVE))) == (1, 1, 0)
    assert world.mails(BOB) == [f"A call from {ZOE} to ring group Support is ringing and can be picked up"]


def many(count: int, first: int = 0, apart: float = 1.0, **given: Any) -> list[TelephonyEvent]:
    at = [NOON + timedelta(seconds=n * apart) for n in range(first, first + count)]
    return [
        text(f"t{n}", at[n - first], **{"to": {"number": "+442079460010"}} | given) for n in range(first, first + count)
    ]


def bursts(world: NoticeWorld) -> list[str]:
    return [run.notice.line for (_, kind, _), run in world.desk.runs.kept.items() if kind is NoticeKind.MANY_TEXTS]


BURST = [f"{ZOE} sent more than 15 texts to line 2010 within 30 seconds"]
WANTS = settings(many_texts=True, communication=WITHOUT[Communication.TEXT])


def test_up_19_22_24_one_notice_for_a_burst_and_another_after_a_quiet() -> None:
    world = NoticeWorld(WANTS)
    world.take(*many(15))
    world.work()
    assert bursts(world) == []
    world.take(*reversed(many(25)))
    world.work()
    assert bursts(world) == BURST
    world.take(*many(20, first=60))
    world.work()
    assert bursts(world) == BURST * 2
    assert world.mails() == BURST * 2


def test_up_20_21_other_numbers_and_other_contacts_make_no_burst() -> None:
    world = NoticeWorld(WANTS, settings(BOB, many_texts=True))
    world.tell(*many(10), *many(10, first=10, to={"number": "+442079460011"}))
    world.tell(*many(8, first=200), *many(8, first=208, **caller("+447700900124")))
    world.tell(*many(16, first=300, apart=2.1))
    assert bursts(world) == []


def test_up_23_off_is_off_and_ordinary_texts_are_told_all_the_same() -> None:
    world = NoticeWorld(settings())
    world.tell(*many(20))
    assert bursts(world) == []
    assert len(world.mails(ANA)) == 20
    assert ActKind.BURST not in {kind for it in many(20) for kind in acts(world, it)}


@pytest.mark.parametrize(
    ("user", "follows", "given", "told"),
    [
        (ANA, (), {}, 1), (BOB, (), {"line": "nobody knows", "group": {"id": "g1"}}, 1), (FAY, (), {}, 0),
        (FAY, ("l10",), {}, 1),
    ],
)  # fmt: skip
def test_decided_5_8_line_group_and_followers_with_the_switch_on(
    user: UserId, follows: tuple[str, ...], given: dict[str, Any], told: int
) -> None:
    chosen = settings(user, many_texts=True, lines=follows, communication=frozenset())
    world = NoticeWorld(chosen, things=[person(FAY, "admin")])
    world.tell(*many(16, **given))
    assert len(bursts(world)) == told


def test_decided_5_7_8_old_texts_count_and_are_not_told_and_a_notice_is_too_late_after_a_quarter_of_an_hour() -> None:
    world = NoticeWorld(WANTS)
    old = [replace(it, received_at=it.at + timedelta(hours=2)) for it in many(16)]
    world.tell(*old)
    assert bursts(world) == []
    assert world.texts.kept
    late = NoticeWorld(WANTS)
    late.take(*many(16))
    late.clock.advance(timedelta(minutes=16))
    late.work()
    assert (len(bursts(late)), late.mails()) == (1, [])


ADMIN = person(FAY, "admin", billing=True)
EVENTS = [
    (event("billing.warning", text="80 % of the daily limit is spent", amount=12.5), AccountTopic.BILLING_WARNINGS),
    (event("job.finished", job="j1", kind="import", ok=True, counts={"rows": 7}), AccountTopic.IMPORTS_EXPORTS),
    (event("job.finished", job="j1", kind="export", ok=False), AccountTopic.IMPORTS_EXPORTS),
    (event("job.finished", job="j1", kind="users_sync", ok=True), AccountTopic.USERS_SYNC),
    (event("job.finished", job="j1", kind="contacts_sync", ok=True), AccountTopic.CONTACTS_SYNC),
    (event("job.finished", job="j1", kind="call_disposition_sync", ok=True), AccountTopic.CALL_DISPOSITION_SYNC),
    (event("job.finished", job="j1", kind="contact_dispositions_sync", ok=False),
     AccountTopic.CONTACT_DISPOSITIONS_SYNC),
]  # fmt: skip


@pytest.mark.parametrize(("it", "topic"), EVENTS)
def test_up_08_09_10_12_13_events_of_the_account_are_mailed_to_those_who_administer_it_and_want_it(
    it: TelephonyEvent, topic: AccountTopic
) -> None:
    wanted = settings(FAY, topics=frozenset({topic}), email_on=False)
    for who, told in (
        (ADMIN, True),
        (person(FAY, "account_owner", billing=True), True),
        (person(FAY, "admin"), topic is not AccountTopic.BILLING_WARNINGS),
        (person(FAY, "manager", billing=True), False),
        (person(FAY, "admin", billing=True, state=UserState.DISABLED), False),
    ):
        world = NoticeWorld(wanted, things=[who])
        world.tell(it, it)
        assert len(world.desk.alerts) == told, who
    unwanted = NoticeWorld(settings(FAY, topics=frozenset(AccountTopic) - {topic}), things=[ADMIN])
    unwanted.tell(it)
    assert (acts(unwanted, it), unwanted.desk.alerts) == ([], [])


def test_up_12_the_mail_about_a_webhook_says_since_when_how_often_and_where_it_is_delivered_again() -> None:
    it = event(
        "webhook.failed", url="https://hooks.example/in", reason="refused", since="2026-11-20T08:00:00Z", failed=100,
        answer="503 Service Unavailable", page="callbacks/k1/0",
    )  # fmt: skip
    words = account_words(it, ZoneInfo("Europe/London"), "https://console.example")
    assert words.subject == "A webhook cannot be delivered"
    assert words.text.split("\n") == [
        "A webhook of the account cannot be delivered.",
        "URL: https://hooks.example/in",
        "Since: 2026-11-20 08:00 GMT",
        "Failed deliveries in seven days: 100 or more",
        "Last answer: 503 Service Unavailable",
        "Deliver them again: https://console.example/console/callbacks/k1/0",
        "",
        f"Time: {NOON:%Y-%m-%d %H:%M} GMT",
        "",
        "You get this because it is switched on in your notification settings.",
        "Change what you are told: https://console.example/console/me/notifications?tab=account",
        "",
    ]
    world = NoticeWorld(settings(FAY, topics=frozenset({AccountTopic.WEBHOOK_FAILURES})), things=[ADMIN])
    world.tell(it)
    assert len(world.desk.alerts) == 1


def test_up_13_who_lost_the_role_a_moment_ago_gets_no_mail_of_the_account() -> None:
    it, topic = EVENTS[1]
    world = NoticeWorld(settings(FAY, topics=frozenset({topic})), things=[ADMIN])
    world.take(it)
    world.desk.directory.add(person(FAY, "user"))
    world.work()
    assert world.desk.alerts == []
