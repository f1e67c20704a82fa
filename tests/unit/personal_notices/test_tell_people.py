"""People are told as they want, once for ever, and never twice however often it is repeated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

import pytest

from tests.builders import TENANT
from tests.fakes.time import NOON
from tests.unit.personal_notices.desk import ANA, CONSOLE, HERS, OURS, NoticeDesk, a_notice, a_person, to, wants
from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.participants import Participant
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.directory.domain.things import PhoneNumber
from tocsin.identity.domain.user import UserState
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.notice import Addressee, NoticeKind
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.personal_notices.domain.push_message import PushMessage
from tocsin.preferences.domain.settings import Communication
from tocsin.sign_in.application.person_links import PersonLinks
from tocsin.suppressions.domain.suppression import SuppressionReason


@pytest.fixture
def desk() -> NoticeDesk:
    desk = NoticeDesk()
    desk.directory.add(a_person(), a_person("ben", backup_phone="+447700900124"), a_person("cleo"))
    return desk


def test_up_29_one_notice_by_each_channel_in_one_alert(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(text_on=True))

    run = desk.tell(a_notice(fields=(("From", "+447700900555"), ("At", NOON))), to())

    (alert,) = desk.alerts
    assert (alert.cause, alert.ref) == (a_notice().cause, run.alert)
    assert a_notice().cause.kind is CauseKind.NOTICE
    body = (
        "Eve rang 2001\n\nFrom: +447700900555\nAt: 2026-11-23 12:00 UTC\n\n"
        f"{CONSOLE}/app/events/e1\n\n-- \nYou get this because it rang your line.\n"
        f"Change what you are told: {CONSOLE}/console/me/notifications\n"
    )
    assert desk.messages() == [("email", "ana@example.org", body), ("sms", HERS, "Eve rang 2001")]
    (row,) = desk.inboxes.kept.values()
    assert (row.title, row.kind, row.event, row.url) == ("Missed call", "call", "e1", f"{CONSOLE}/app/events/e1")
    assert row.text.startswith("Eve rang 2001\n")
    assert row.text.endswith("\nYou get this because it rang your line.")
    assert desk.runs.kept[TENANT, NoticeKind.CALL, "c1"] == run


def test_each_person_reads_their_own_reason_and_gets_a_mail_of_their_own(desk: NoticeDesk) -> None:
    who = [*to("ana", because="it rang your line"), *to("ben", because="you are in Sales"), *to("ana", because="twice")]
    desk.tell(a_notice(), who)
    reasons = [(address, words.split("because ")[1].split(".")[0]) for _, address, words in desk.messages()]
    assert reasons == [("ana@example.org", "it rang your line"), ("ben@example.org", "you are in Sales")]


def test_braces_in_what_a_notice_says_mean_nothing(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(text_on=True))
    desk.tell(a_notice(line="{recipient} {body} rang", subject="{text}"), to())
    assert [words.split("\n")[0] for _, _, words in desk.messages()] == ["{recipient} {body} rang"] * 2


def test_a_text_is_the_first_line_cut_to_160_characters(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(email_on=False, text_on=True))
    desk.tell(a_notice(line="a\r\nb\u2028" + "x" * 300), to())
    ((_, _, text),) = desk.messages()
    assert len(text) == 160
    assert text.startswith("a b xxx")
    assert text.endswith("x…")


def test_decided_5_12_the_inbox_has_it_even_with_all_channels_off(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(email_on=False))
    run = desk.tell(a_notice(), to())
    assert (run.alert, desk.alerts, len(desk.inboxes.kept)) == (None, [], 1)


def test_up_1_a_switch_that_is_off_tells_nothing(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(communication=frozenset(Communication) - {Communication.CALL}))
    run = desk.tell(a_notice(), to("ana", "gone"))
    assert (desk.alerts, desk.inboxes.kept) == ([], {})
    assert [dict(each.channels) for each in run.people] == [
        {NoticeChannel.INBOX: NoticeOutcome.OFF},
        {NoticeChannel.INBOX: NoticeOutcome.DISABLED},
    ]


def test_up_27_decided_5_9_numbers_that_no_text_goes_to(desk: NoticeDesk) -> None:
    for id, phone in (("d", None), ("e", "+447700900777"), ("f", OURS), ("g", "+447700900666")):
        desk.directory.add(a_person(id, backup_phone=phone))
        desk.preferences.add(wants(id, text_on=True, email_on=False))
    desk.directory.add(PhoneNumber(tenant=TENANT, id="p1", e164="+447700900777"))
    desk.suppress(TENANT, Channel.SMS, "+447700900666", SuppressionReason.STOP, NOON)

    run = desk.tell(a_notice(), to("d", "e", "f", "g"))

    assert [dict(each.channels)[NoticeChannel.TEXT].value for each in run.people] == [
        "no_number", "own_number", "own_number", "opted_out",
    ]  # fmt: skip
    assert desk.messages() == []


def test_texts_come_from_the_accounts_number_else_from_a_name(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(text_on=True, email_on=False))
    desk.tell(a_notice(), to())
    desk.desk.numbers.remove(TENANT, OURS)
    desk.later(minutes=2)
    desk.tell(a_notice(key="c2"), to())
    senders = [getattr(alert.items[0].content, "sender", "") for alert in desk.alerts]
    assert senders == [OURS, "Tocsin"]


def test_decided_5_7_each_receiver_has_their_own_quiet_hours_and_nothing_goes_out_too_late(desk: NoticeDesk) -> None:
    noon = QuietHours(time(11, 30), time(12, 10))
    desk.preferences.add(wants(quiet=noon), wants("ben", quiet=Reachable.ALWAYS))
    late = NOON + timedelta(minutes=15)

    desk.tell(a_notice(too_late_at=late), to("ana", "ben"))

    (alert,) = desk.alerts
    ana, ben = desk.desk.alerts.recipients(next(iter(alert.batches())).key)
    assert (alert.send_before, alert.ends_on_time) == (late, True)
    assert delivery_terms(alert, ana, NOON).not_before == NOON + timedelta(minutes=10)
    assert delivery_terms(alert, ana, NOON).send_before == late
    assert delivery_terms(alert, ben, NOON).not_before == NOON


def test_a_repeat_sends_nothing_and_returns_the_run_that_stands(desk: NoticeDesk) -> None:
    first = desk.tell(a_notice(), to("ana"))
    desk.preferences.add(wants("ben", text_on=True))
    assert desk.tell(a_notice(line="other words"), to("ana", "ben")) == first
    assert len(desk.messages()) == 1
    assert len(desk.inboxes.kept) == 1


def test_two_workers_tell_once(desk: NoticeDesk) -> None:
    # given a worker that looks before another one writes
    looked: list[int] = []

    class Late:
        of_event = desk.runs.of_event

        def get(self, *place: Any) -> Any:
            looked.append(1)
            if len(looked) == 1:
                desk.tell(a_notice(), to("ben"))
                return None
            return desk.runs.get(*place)

    run = desk.telling(runs=Late())(a_notice(), to("ana"))
    assert [each.user for each in run.people] == ["ben"]
    assert [address for _, address, _ in desk.messages()] == ["ben@example.org"]
    assert {user for _, user, _ in desk.inboxes.kept} == {"ben"}


def test_500_people_with_reasons_of_their_own_are_one_transaction(desk: NoticeDesk) -> None:
    ids = [f"u{n}" for n in range(500)]
    desk.directory.add(*(a_person(id, backup_phone=f"+447700{n + 910000}") for n, id in enumerate(ids)))
    desk.preferences.add(*(wants(id, text_on=True) for id in ids))
    desk.tell(a_notice(), [Addressee(UserId(id), f"you follow line {id}") for id in ids])
    (alert,) = desk.alerts
    assert [item.accepted for item in alert.items] == [500, 500]
    assert len(desk.inboxes.kept) == 500


class Push(Participant):
    """One push to a browser."""

    def __init__(self, message: PushMessage) -> None:
        self.message = message


def test_browsers_are_pushed_to_once_and_who_has_none_is_told_so(desk: NoticeDesk) -> None:
    sent: list[UserId] = []
    desk.preferences.add(wants(browser_on=True), wants("ben", browser_on=True))

    def pushes(messages: Sequence[PushMessage]) -> dict[UserId, Sequence[Participant]]:
        return {each.user: [Push(each)] for each in messages if each.user == ANA}

    def send(alert: Any) -> object:
        for each in alert.participants:
            if isinstance(each, Push):
                if each.message.user in sent:
                    raise Superseded("it was written before")
                sent.append(each.message.user)
                return None
        return desk.send(alert)

    tell = desk.telling(pushes=pushes, send=send)
    run = tell(a_notice(), to("ana", "ben"))
    tell(a_notice(), to("ana", "ben"))

    assert sent == [ANA]
    told = {each.user: dict(each.channels)[NoticeChannel.BROWSER].value for each in run.people}
    assert told == {"ana": "sent", "ben": "no_device"}


def test_nobody_is_told_while_what_they_want_cannot_be_read(desk: NoticeDesk) -> None:
    desk.preferences.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        desk.tell(a_notice(), to())
    assert (desk.alerts, desk.runs.kept) == ([], {})
    desk.tell(a_notice(), to())
    assert len(desk.messages()) == 1


def test_a_person_who_was_disabled_a_moment_ago_gets_nothing(desk: NoticeDesk) -> None:
    desk.directory.add(a_person(state=UserState.DISABLED))
    desk.tell(a_notice(), to())
    assert (desk.alerts, desk.inboxes.kept) == ([], {})


@pytest.mark.parametrize("first", ["ana", "ben"])
def test_decided_5_7_a_number_that_two_share_is_texted_when_one_of_them_may_be_disturbed(
    desk: NoticeDesk, first: str
) -> None:
    shared: dict[str, Any] = {"text_on": True, "email_on": False, "custom_on": True, "custom_number": "+447700900777"}
    noon = QuietHours(time(11), time(13))
    desk.preferences.add(wants(quiet=noon, **shared), wants("ben", quiet=Reachable.ALWAYS, **shared))

    desk.tell(a_notice(), to(first, "ben" if first == "ana" else "ana"))

    (alert,) = desk.alerts
    (number,) = desk.desk.alerts.recipients(next(iter(alert.batches())).key)
    assert delivery_terms(alert, number, NOON).not_before == NOON


def test_a_sample_is_sent_at_once_in_quiet_hours_too(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(quiet=QuietHours(time(11), time(13)), browser_on=True))
    tell = desk.telling(pushes=lambda messages: {each.user: () for each in messages})
    run = tell(a_notice(kind=NoticeKind.SAMPLE), to())
    (alert,) = desk.alerts
    (ana,) = desk.desk.alerts.recipients(next(iter(alert.batches())).key)
    assert delivery_terms(alert, ana, NOON).not_before == NOON
    assert dict(run.people[0].channels)[NoticeChannel.BROWSER] is NoticeOutcome.SENT


def test_decided_5_9_the_first_text_to_a_number_says_who_set_it_and_how_to_end_it(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(email_on=False, text_on=True))
    tell = desk.telling(welcomes=desk.welcomes)

    for key in ("c1", "c2"):
        tell(a_notice(key=key), to())

    link = PersonLinks(desk.desk.sealer).stop_texts(a_person(), HERS, CONSOLE)
    first, second = (words for _, _, words in desk.messages())
    assert first == (
        "Eve rang 2001\nAna set this number for notices of Acme. STOP ends all texts of Acme, alarms too; "
        f"only these: {link}"
    )
    assert second == "Eve rang 2001"


def test_an_admin_who_set_the_number_is_named_and_a_new_number_is_welcomed_anew(desk: NoticeDesk) -> None:
    tell = desk.telling(welcomes=desk.welcomes)
    for n, (setter, number) in enumerate([("ben", "+447700900801"), ("gone", "+447700900802")]):
        settings = wants(email_on=False, text_on=True, custom_on=True, custom_number=number, number_by=UserId(setter))
        desk.preferences.add(settings)
        tell(a_notice(key=f"c{n}"), to())
    assert [words.split("\n")[1].split(".")[0] for _, _, words in desk.messages()] == [
        "Ben set this number for notices of Acme", "Ana set this number for notices of Acme",
    ]  # fmt: skip


def test_a_name_takes_no_stop(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(email_on=False, text_on=True))
    desk.telling(welcomes=desk.welcomes, sender=lambda tenant: "Acme")(a_notice(), to())
    ((_, _, text),) = desk.messages()
    assert "STOP" not in text
    assert "To end them: https://" in text
