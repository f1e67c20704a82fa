"""Stored content, lists and groups in a send: AH-9, AH-30, AH-42 and the renewal of what is used."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import number
from tests.fakes.time import NOON
from tests.unit.alerts.desk import Desk, a_key, a_request, an_email, an_sms
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef

A, B, C = (number(n) for n in range(3))
CREW = {
    "name": "crew",
    "contacts": [
        {"id": "ana", "sms": A, "email": "ana@x.org", "lookups": {"firstname": "Ana"}},
        {"id": "bob", "sms": B},
        {"id": "cyd", "sms": C, "email": "cyd@x.org"},
    ],
    "sets": [{"name": "night", "ids": ["bob"]}],
}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_ah_30_all_nine_forms_at_once_reach_their_union(desk: Desk) -> None:
    element = an_sms(
        number(10),
        number(11),  # recipients and recipientList are one by now, and so are the others
        contacts=("ana",),
        sets=("night",),
        stored_recipients=desk.store(ContentType.RECIPIENT_LIST, f"{number(11)}, {number(12)}"),
        stored_contacts=desk.store(ContentType.CONTACT_LIST, "bob,ana"),
        stored_sets=desk.store(ContentType.CONTACT_SET_LIST, "all, night"),
    )
    result = desk.send(element, group=contact_group_of(CREW, ""))
    assert [r.address for r in desk.recipients(result)] == [number(10), number(11), number(12), A, B, C]
    assert desk.recipients(result)[3].contact_id == "ana"


def test_a_stored_group_serves_as_well_as_an_inline_one(desk: Desk) -> None:
    group = desk.store(ContentType.CONTACT_GROUP, json.dumps(CREW), name="crew")
    for ref in (group, StoreRef(name="crew")):
        result = desk.send(an_sms(sets=("all",)), an_email(contacts=("ana", "bob")), group=ref)
        assert [(item.requested, item.sent) for item in result.items] == [(3, 3), (2, 1)]


def test_stored_content_is_what_is_sent(desk: Desk) -> None:
    text = desk.store(ContentType.SMS, "stored text")
    mail = desk.store(ContentType.EMAIL, "stored mail", name="mail")
    result = desk.send(an_sms(A, stored=text), an_email("a@x.org", stored=StoreRef(name="mail")))
    sms, email = (item.content for item in desk.alert(result).items)
    assert sms == SmsContent("Tocsin", "stored text")
    assert isinstance(email, EmailContent)
    assert email.body == "stored mail"
    assert mail.store_id


def test_ah_9_content_of_another_type_key_or_time_fails_the_element_alone(desk: Desk) -> None:
    mail = desk.store(ContentType.EMAIL, "a mail")
    others = desk.store(ContentType.SMS, "not yours", key=a_key("other"))
    late = desk.store(ContentType.SMS, "too late")
    desk.clock.advance(timedelta(days=30))
    fresh = desk.store(ContentType.SMS, "in time")
    wrong = [an_sms(A, stored=ref) for ref in (mail, others, late, StoreRef(name="nonesuch"))]
    result = desk.send(*wrong, an_sms(A, stored=fresh))
    assert [item.success for item in result.items] == [False] * 4 + [True]
    assert {item.failure_reason for item in result.items[:4]} == {"there is no stored sms of this id or name"}
    assert [item.requested for item in result.items] == [1] * 5


def test_ah_42_a_list_of_another_type_fails_the_element(desk: Desk) -> None:
    contacts = desk.store(ContentType.CONTACT_LIST, "ana")
    result = desk.send(an_sms(stored_recipients=contacts), an_sms(A))
    assert [item.success for item in result.items] == [False, True]
    assert result.items[0].failure_reason == "there is no stored recipientList of this id or name"


def test_a_stored_group_that_is_gone_fails_only_the_elements_that_need_it(desk: Desk) -> None:
    result = desk.send(an_sms(sets=("all",)), an_sms(A), group=StoreRef(name="gone"))
    assert [item.success for item in result.items] == [False, True]
    assert result.items[0].failure_reason == "there is no stored contactGroup of this id or name"


def test_a_stored_group_of_an_older_form_fails_its_elements_with_a_reason(desk: Desk) -> None:
    ref = desk.store(ContentType.CONTACT_GROUP, json.dumps(CREW))
    stored = desk.stored(ref)
    assert stored is not None
    for content in ("{", '{"people": []}'):
        mine = desk.stores.stores[stored.tenant, stored.key_id]
        mine[stored.store_id] = replace(stored, content=content)
        result = desk.send(an_sms(sets=("all",)), an_sms(A), group=ref)
        assert [item.success for item in result.items] == [False, True]


def test_use_renews_a_store_and_only_use_does(desk: Desk) -> None:
    used = desk.store(ContentType.SMS, "used")
    people = desk.store(ContentType.RECIPIENT_LIST, A)
    group = desk.store(ContentType.CONTACT_GROUP, json.dumps(CREW))
    unused = desk.store(ContentType.SMS, "in an element that reaches nobody")
    desk.clock.advance(timedelta(days=10))

    desk.send(an_sms(stored=used, stored_recipients=people), an_sms("bad", stored=unused), group=group)

    renewed, first = NOON + timedelta(days=40), NOON + timedelta(days=30)
    assert [desk.expiry(ref) for ref in (used, people, group, unused)] == [renewed, renewed, first, first]
    desk.send(an_sms(sets=("all",)), group=group)
    assert desk.expiry(group) == renewed


def test_a_send_of_which_nothing_is_accepted_renews_nothing(desk: Desk) -> None:
    text = desk.store(ContentType.SMS, "text")
    desk.clock.advance(timedelta(days=10))
    assert not desk.send(an_sms("bad", stored=text)).success
    assert desk.expiry(text) == NOON + timedelta(days=30)


def test_a_store_that_cannot_be_renewed_does_not_take_acceptance_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise StorageUnavailable

    ref = desk.store(ContentType.SMS, "text")
    monkeypatch.setattr(desk.stores, "touch", down)
    assert desk.send(an_sms(A, stored=ref)).success


def test_a_store_is_read_once_however_often_a_call_names_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = desk.store(ContentType.SMS, "text")
    reads = []
    get = desk.stores.get

    def counted(*args: object) -> StoredContent | None:
        reads.append(args)
        return get(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.stores, "get", counted)
    desk.send_alert(desk.key, a_request(an_sms(A, stored=ref), an_sms(B, stored=ref)), None)
    assert len(reads) == 1
