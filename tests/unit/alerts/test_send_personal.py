"""Lookups at acceptance: AH-70 to AH-80, AH-85, AH-86, and what a text message is billed as."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import number
from tests.unit.alerts.desk import Desk, a_key, a_request, an_email, an_sms
from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.follow_up import EscalationOptions, LaterAlert, Per, StepOptions, StopWhen
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.content.domain.content import LookupTerms, SmsContent
from tocsin.content.domain.options import EmailOptions, LookupOptions
from tocsin.kernel.domain.errors import InvalidRequest, RequestTooLarge
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef

PLAIN, UNIQUE = LookupOptions(), LookupOptions(unique=True)
LINKED = LookupOptions(unique=True, shortlink=True, reference="gate", url="https://x.test")
CREW = {
    "contacts": [
        {"id": "ana", "sms": number(1), "email": "ana@x.org", "lookups": {"firstname": "Ana", "pin": "1234"}},
        {"id": "bob", "sms": number(2), "email": "bob@x.org", "lookups": {"firstname": "Bob"}},
    ]
}
GROUP = contact_group_of(CREW, "")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def to_all(lookups: LookupOptions | None, text: str | None = None, **more: object) -> Element:
    return replace(an_sms(text=text, sets=("all",), **more), lookups=lookups)  # type: ignore[arg-type]


def faults(desk: Desk, *elements: Element, group: object = GROUP) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refused:
        desk.send(*elements, group=group)  # type: ignore[arg-type]
    assert desk.alerts.alerts == {}
    return {fault.pointer: fault.code for fault in refused.value.faults}


def only(result: SendResult) -> int | None:
    (item,) = result.items
    return item.segments


def test_ah_70_without_lookups_braces_are_text_and_no_lookup_value_is_kept(desk: Desk) -> None:
    result = desk.send(to_all(None, "Dear {firstname} {datetime-Nowhere-HH}"), group=GROUP)
    (item,) = desk.alert(result).items
    assert item.content == SmsContent("Tocsin", "Dear {firstname} {datetime-Nowhere-HH}")
    assert item.lookups is None
    assert [r.lookups for r in desk.recipients(result)] == [{}, {}]


def test_only_the_lookup_values_that_are_used_are_kept(desk: Desk) -> None:
    result = desk.send(to_all(UNIQUE, "Dear {firstname}"), group=GROUP)
    assert [r.lookups for r in desk.recipients(result)] == [{"firstname": "Ana"}, {"firstname": "Bob"}]
    assert desk.alert(result).items[0].lookups == LookupTerms("ref-1", frozenset({"firstname"}))


@pytest.mark.parametrize("text", ["{recipient}", "Dear {firstname}"])
def test_ah_72_a_unique_keyword_has_to_be_announced(desk: Desk, text: str) -> None:
    assert faults(desk, an_sms(number(9)), to_all(PLAIN, text)) == {"/alert/1/content": "UNIQUE_LOOKUPS_MISSING"}
    subject = an_email("z@x.org", options=EmailOptions(subject=text))
    assert faults(desk, replace(subject, lookups=PLAIN)) == {"/alert/0/subject": "UNIQUE_LOOKUPS_MISSING"}


def test_ah_72_also_when_the_group_is_in_a_store(desk: Desk) -> None:
    stored = desk.store(ContentType.CONTACT_GROUP, json.dumps(CREW))
    assert faults(desk, to_all(PLAIN, "{firstname}"), group=stored) == {"/alert/0/content": "UNIQUE_LOOKUPS_MISSING"}
    assert desk.send(to_all(PLAIN, "{lastname}"), group=stored).success


def test_ah_71_a_shortlink_announces_unique_keywords(desk: Desk) -> None:
    result = desk.send(to_all(LINKED, "{firstname} {shortlink}"), group=GROUP)
    wanted = LookupTerms("gate", frozenset({"firstname"}), shortlink=True, url="https://x.test")
    assert desk.alert(result).items[0].lookups == wanted


def test_a_stored_text_with_a_wrong_keyword_fails_its_element(desk: Desk) -> None:
    def stored(text: str) -> StoreRef:
        return desk.store(ContentType.SMS, text)

    result = desk.send(
        to_all(None, "fine"),
        to_all(PLAIN, stored=stored("{recipient}")),
        to_all(UNIQUE, stored=stored("{shortlink}")),
        to_all(None, stored=stored("{shortlink}")),
        to_all(UNIQUE, stored=stored("{datetime-Mars-HH}")),
        to_all(UNIQUE, stored=stored("{firstname}")),
        group=GROUP,
    )
    assert [item.success for item in result.items] == [True, False, False, False, False, True]
    reasons = [item.failure_reason or "" for item in result.items]
    assert "uniqueLookups" in reasons[1]
    assert "shortlink" in reasons[2]
    assert "shortlink" in reasons[3]
    assert "time zone" in reasons[4]


def test_ah_73_ah_74_five_hundred_recipients_when_texts_are_unique(desk: Desk) -> None:
    def to(count: int, first: int, lookups: LookupOptions | None) -> Element:
        return replace(an_sms(*(number(first + n) for n in range(count))), lookups=lookups)

    assert desk.send(to(500, 0, UNIQUE)).success
    assert desk.send(to(501, 0, PLAIN)).success
    accepted = len(desk.alerts.alerts)
    for elements in (
        [to(501, 0, UNIQUE)],
        [to(500, 0, None), to(1, 900, LINKED)],
        [to(1, 0, UNIQUE), to(500, 9, None)],
    ):
        with pytest.raises(RequestTooLarge, match="500"):
            desk.send(*elements)
    assert len(desk.alerts.alerts) == accepted


def test_ah_73_the_key_says_how_many_and_the_refusal_how_many_there_are(desk: Desk) -> None:
    # given a key that an operator allows two thousand, and a call that is over it in its second element only
    key = a_key(personal_cap=2_000)
    first = replace(an_sms(*(number(n) for n in range(1_500))), lookups=UNIQUE)
    plain = an_sms(*(number(2_000 + n) for n in range(500)))

    assert desk.send(first, plain, key=key).success
    with pytest.raises(RequestTooLarge) as refused:
        desk.send(first, plain, an_email(*(f"p{n}@x.org" for n in range(7))), key=key)

    assert (refused.value.limit, refused.value.counted) == (2_000, 2_007)
    assert "2007" in str(refused.value)


def test_ah_73_each_step_is_counted_for_itself(desk: Desk) -> None:
    def step(count: int) -> StepOptions:
        element = replace(an_sms(*(number(n) for n in range(count))), lookups=UNIQUE)
        return StepOptions(timedelta(minutes=5), LaterAlert("{}", (element,)))

    def escalating(*counts: int) -> SendRequest:
        steps = tuple(map(step, counts[1:]))
        options = EscalationOptions(steps, StopWhen.ANY, None, Per.GROUP, None, timedelta(minutes=5))
        return a_request(*step(counts[0]).alert.elements, escalation=options)

    prepare = desk.send_alert.prepare
    assert prepare(desk.key, escalating(500, 500, 500), desk.clock()).prepared[0].element.requested == 500
    with pytest.raises(RequestTooLarge) as refused:
        prepare(desk.key, escalating(500, 500, 501), desk.clock())
    assert refused.value.counted == 501


def test_ah_73_counts_after_expansion(desk: Desk) -> None:
    listed = desk.store(ContentType.RECIPIENT_LIST, ",".join(number(n) for n in range(501)))
    with pytest.raises(RequestTooLarge):
        desk.send(replace(an_sms(stored_recipients=listed), lookups=UNIQUE))


def test_ah_76_an_unknown_zone_fails_the_call(desk: Desk) -> None:
    assert faults(desk, to_all(PLAIN, "{datetime-Mars/Base-HH}")) == {"/alert/0/content": "UNKNOWN_TIME_ZONE"}
    assert desk.send(to_all(PLAIN, "{datetime-America/Port-au-Prince-YYYY-MM-DD}"), group=GROUP).success


def test_ah_85_a_shortlink_that_is_not_described_fails_the_call(desk: Desk) -> None:
    for lookups in (None, PLAIN, UNIQUE):
        assert faults(desk, to_all(lookups, "{shortlink}")) == {"/alert/0/content": "SHORTLINK_MISSING"}


def test_nobodys_own_lookup_may_shadow_a_keyword() -> None:
    for name in ("recipient", "shortlink", "datetime", "datetime--HH"):
        with pytest.raises(InvalidRequest) as refused:
            contact_group_of({"contacts": [{"id": "a", "lookups": {name: "x"}}]}, "")
        assert [(f.pointer, f.code) for f in refused.value.faults] == [(f"/contacts/0/lookups/{name}", "RESERVED")]


def test_a_receiver_whose_values_fit_no_mail_or_no_text_is_left_out_and_counted(desk: Desk) -> None:
    group = contact_group_of(
        {
            "contacts": [
                {"id": "a", "sms": number(1), "email": "a@x.org", "lookups": {"v": "fine"}},
                {"id": "b", "sms": number(2), "email": "b@x.org", "lookups": {"v": "x\r\nBcc: eve@x.org" + "y" * 900}},
            ]
        },
        "",
    )
    mail = an_email(sets=("all",), options=EmailOptions(subject="{v}"))
    result = desk.send(to_all(UNIQUE, "{v}{v}"), replace(mail, lookups=UNIQUE), group=group)
    assert [(item.requested, item.sent) for item in result.items] == [(2, 1), (2, 1)]
    assert "1600" in (result.items[0].failure_reason or "")
    assert "lookup value" in (result.items[1].failure_reason or "")


# --- what a text is billed as --------------------------------------------------------------------------------


def test_segments_of_a_plain_text(desk: Desk) -> None:
    assert only(desk.send(an_sms(number(1), text="x" * 160))) == 1
    assert only(desk.send(an_sms(number(1), text="x" * 161))) == 2
    assert only(desk.send(an_sms(number(1), text="ж" * 71))) == 2
    assert only(desk.send(an_email("a@x.org"))) is None


def test_segments_of_a_personal_text_are_those_of_the_longest(desk: Desk) -> None:
    text = "x" * 153 + " {firstname}"
    assert only(desk.send(to_all(UNIQUE, text), group=GROUP)) == 1
    longer = contact_group_of(
        {"contacts": [*CREW["contacts"], {"id": "z", "sms": number(3), "lookups": {"firstname": "Zebedee"}}]}, ""
    )
    assert only(desk.send(to_all(UNIQUE, text), group=longer)) == 2


def test_segments_count_a_link_in_full(desk: Desk) -> None:
    text = "x" * 100 + "{shortlink}"
    assert only(desk.send(to_all(LINKED, text), group=GROUP)) == 2
    desk.send_alert = replace(desk.send_alert, prepare=replace(desk.send_alert.prepare, link_base="https://go.test"))
    assert only(desk.send(to_all(LINKED, text), group=GROUP)) == 1


def test_a_key_may_ask_for_the_gsm_alphabet(desk: Desk) -> None:
    key = a_key(transliterate=True)
    result = desk.send(an_sms(number(1), text="“Ļoti” ж " + "x" * 90), key=key)
    assert (result.items[0].segments, result.items[0].replaced) == (1, 1)
    assert desk.alert(result).items[0].content == SmsContent("Tocsin", '"Loti" ? ' + "x" * 90)


def test_a_personal_text_is_put_into_the_gsm_alphabet_when_it_is_sent(desk: Desk) -> None:
    result = desk.send(to_all(UNIQUE, "“{firstname}”"), key=a_key(transliterate=True), group=GROUP)
    assert desk.alert(result).items[0].content == SmsContent("Tocsin", "“{firstname}”", transliterate=True)
    assert only(result) == 1
