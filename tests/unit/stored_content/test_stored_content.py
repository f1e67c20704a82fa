"""Storing, deleting and loading: AH-9, AH-120 to AH-122 for stores, and requirements 1.12."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from tests.builders import number
from tests.fakes.time import NOON
from tests.unit.alerts.desk import Desk, a_key
from tocsin.calendar.domain.lifetime import Lifetime, parse_lifetime
from tocsin.identity.domain.api_key import Right
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import StoreId
from tocsin.stored_content.application.delete import DeleteContent
from tocsin.stored_content.application.load_alert import LoadStoredAlert
from tocsin.stored_content.domain.store_request import DeleteElement, DeleteRequest, StoreElement
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef

TONE = base64.b64encode(b"RIFF....WAVE").decode()
GOOD = {
    ContentType.SMS: "trunk 7 is down",
    ContentType.EMAIL: "trunk 7 is down",
    ContentType.CALL: TONE,
    ContentType.INBOUND_CALL: "Trunk seven is down.",
    ContentType.RECIPIENT_LIST: f"{number(1)}, ana@x.org",
    ContentType.CONTACT_LIST: "ana, bob",
    ContentType.CONTACT_SET_LIST: "night, all",
    ContentType.CONTACT_GROUP: json.dumps({"contacts": [{"id": "ana"}]}),
    ContentType.ALERT: json.dumps({"alert": [{"alertType": "sms"}]}),
}
EXTRAS = {ContentType.CALL: {"voiceFormat": "wav"}, ContentType.INBOUND_CALL: {"voiceFormat": "tts"}}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def elements(**changes: object) -> list[StoreElement]:
    return [
        StoreElement(kind, f"tag {kind}", content, extras=EXTRAS.get(kind, {}), **changes)  # type: ignore[arg-type]
        for kind, content in GOOD.items()
    ]


def test_all_nine_types_are_stored_and_answered_in_order(desk: Desk) -> None:
    result = desk.store_content(desk.key, elements(name="n"))
    assert result.success
    assert set(GOOD) == set(ContentType)
    assert [(item.type, item.tag, item.name) for item in result.items] == [(kind, f"tag {kind}", "n") for kind in GOOD]
    assert {item.expiration_in_days for item in result.items} == {30}
    for item in result.items:
        by_id = desk.stores.get(desk.key.tenant, desk.key.id, StoreRef(item.store_id), item.type, NOON)  # type: ignore[arg-type]
        by_name = desk.stores.get(desk.key.tenant, desk.key.id, StoreRef(name="n"), item.type, NOON)  # type: ignore[arg-type]
        assert by_id == by_name
        assert by_id is not None
        assert by_id.content == GOOD[by_id.type]


@pytest.mark.parametrize(
    ("kind", "content", "extras"),
    [
        (ContentType.SMS, " ", {}),
        (ContentType.EMAIL, "no parts", {"emailBodyIsMultipart": True, "multipartBoundary": "b1"}),
        (ContentType.EMAIL, "no boundary", {"emailBodyIsMultipart": True}),
        (ContentType.EMAIL, "x", {"emailBodyContentType": "text/html\r\nBcc: x@y.z"}),
        (ContentType.CALL, "not base64!", {"voiceFormat": "mp3"}),
        (ContentType.CALL, "", {"voiceFormat": "aiff"}),
        (ContentType.INBOUND_CALL, "", {"voiceFormat": "tts"}),
        (ContentType.RECIPIENT_LIST, " , ", {}),
        (ContentType.RECIPIENT_LIST, f"{number(1)}, 12", {}),
        (ContentType.CONTACT_LIST, "", {}),
        (ContentType.CONTACT_SET_LIST, ",", {}),
        (ContentType.CONTACT_GROUP, "{", {}),
        (ContentType.CONTACT_GROUP, "[" * 100_000, {}),
        (ContentType.CONTACT_GROUP, '{"contacts": [{"id": "a"}], "sets": [{"name": "all", "ids": []}]}', {}),
        (ContentType.ALERT, "[]", {}),
        (ContentType.ALERT, '{"alert": []}', {}),
    ],
)
def test_what_could_not_be_used_is_not_stored_and_does_not_hold_up_the_rest(
    desk: Desk, kind: ContentType, content: str, extras: dict[str, object]
) -> None:
    good = StoreElement(ContentType.SMS, "good", "text")
    result = desk.store_content(desk.key, [StoreElement(kind, "bad", content, "n", extras=extras), good])
    bad, fine = result.items
    assert (bad.success, bad.tag, bad.type, bad.store_id) == (False, "bad", kind, None)
    assert bad.failure_reason
    assert fine.success
    assert result.success
    assert result.failure_reason is None


def test_ah_35_a_stored_group_cannot_define_all_and_the_reason_says_where(desk: Desk) -> None:
    content = json.dumps({"contacts": [{"id": "a"}], "sets": [{"name": "all", "ids": ["a"]}]})
    result = desk.store_content(desk.key, [StoreElement(ContentType.CONTACT_GROUP, "t", content)])
    assert not result.success
    assert result.failure_reason is not None
    assert "/sets/0/name" in result.failure_reason


def test_a_store_of_the_same_name_and_type_is_replaced_and_keeps_its_id(desk: Desk) -> None:
    old = desk.store(ContentType.SMS, "old", name="n")
    other = desk.store(ContentType.RECIPIENT_LIST, number(1), name="n")
    new = desk.store(ContentType.SMS, "new", name="n")
    assert old == new != other
    stored = desk.stored(new)
    assert stored is not None
    assert stored.content == "new"


@pytest.mark.parametrize(
    ("lifetime", "days", "expires"),
    [
        ("7d", 7, NOON + timedelta(days=7)),
        ("90m", 1, NOON + timedelta(minutes=90)),
        ("1M", 30, NOON.replace(month=12)),
        ("0d", 0, None),
    ],
)
def test_ah_120_ah_121_a_lifetime_is_answered_in_days(desk: Desk, lifetime: str, days: int, expires: object) -> None:
    key = a_key(rights=frozenset({Right.SET_LIFETIME}))
    element = StoreElement(ContentType.SMS, "t", "text", lifetime=parse_lifetime(lifetime))
    (item,) = desk.store_content(key, [element]).items
    assert item.expiration_in_days == days
    assert desk.expiry(StoreRef(item.store_id)) == expires


def test_ah_122_without_the_right_no_lifetime_is_set_and_nothing_is_stored(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.store_content(desk.key, [*elements(), StoreElement(ContentType.SMS, "t", "x", lifetime=Lifetime())])
    assert not desk.stores.list(desk.key.tenant, desk.key.id, None, NOON)


def test_a_lifetime_beyond_the_calendar_is_a_fault_and_nothing_is_stored(desk: Desk) -> None:
    key = a_key(rights=frozenset({Right.SET_LIFETIME}))
    with pytest.raises(InvalidRequest) as caught:
        desk.store_content(key, elements(lifetime=parse_lifetime("999999M")))
    assert len(caught.value.faults) == 9
    assert caught.value.faults[8].pointer == "/content/8/options/lifetime"
    assert not desk.stores.list(key.tenant, key.id, None, NOON)


# --- delete -------------------------------------------------------------------------------------------------------


@pytest.fixture
def delete(desk: Desk) -> DeleteContent:
    return DeleteContent(desk.stores, desk.clock)


def test_one_store_is_deleted_by_its_id_and_its_name_is_free(desk: Desk, delete: DeleteContent) -> None:
    ref = desk.store(ContentType.SMS, "text", name="n")
    (item,) = delete(desk.key, DeleteRequest((DeleteElement(ref.store_id, tag="t"),))).items
    assert (item.success, item.tag, item.type, item.store_id, item.name) == (
        True,
        "t",
        ContentType.SMS,
        ref.store_id,
        "n",
    )
    assert desk.stored(ref) is None
    assert desk.stores.get(desk.key.tenant, desk.key.id, StoreRef(name="n"), ContentType.SMS, NOON) is None


def test_what_is_not_there_or_not_yours_fails_alike(desk: Desk, delete: DeleteContent) -> None:
    foreign = desk.store(ContentType.SMS, "text", key=a_key("other"))
    mine = desk.store(ContentType.SMS, "text")
    result = delete(
        desk.key,
        DeleteRequest(
            (
                DeleteElement(foreign.store_id, tag="a"),
                DeleteElement(StoreId("nonesuch"), tag="b"),
                DeleteElement(mine.store_id, ContentType.EMAIL, "c"),
            )
        ),
    )
    assert not result.success
    assert result.failure_reason == "there is no store of this id"
    assert desk.stored(foreign, a_key("other")) is not None
    assert desk.stored(mine) is not None


def test_every_store_of_a_type_is_deleted_and_named(desk: Desk, delete: DeleteContent) -> None:
    texts = [desk.store(ContentType.SMS, "a"), desk.store(ContentType.SMS, "b")]
    mail = desk.store(ContentType.EMAIL, "c")
    (item,) = delete(desk.key, DeleteRequest((DeleteElement(None, ContentType.SMS, "t"),))).items
    assert item.success
    assert set(item.deleted or ()) == {ref.store_id for ref in texts}
    assert desk.stored(mail) is not None


def test_all_true_wipes_everything_of_the_key_and_nothing_else(desk: Desk, delete: DeleteContent) -> None:
    desk.store_content(desk.key, elements())
    foreign = desk.store(ContentType.SMS, "text", key=a_key("other"))
    (item,) = delete(desk.key, DeleteRequest(everything=True)).items
    assert len(item.deleted or ()) == 9
    assert not desk.stores.list(desk.key.tenant, desk.key.id, None, NOON)
    assert desk.stored(foreign, a_key("other")) is not None
    assert delete(desk.key, DeleteRequest(everything=True)).success


# --- load ---------------------------------------------------------------------------------------------------------


def test_ah_9_a_stored_alert_is_loaded_by_id_or_name_and_renewed(desk: Desk) -> None:
    load = LoadStoredAlert(desk.stores, desk.clock)
    ref = desk.store(ContentType.ALERT, GOOD[ContentType.ALERT], name="n")
    desk.clock.advance(timedelta(days=29))
    assert load(desk.key, ref).content == GOOD[ContentType.ALERT]
    assert desk.expiry(ref) == NOON + timedelta(days=59)
    desk.clock.advance(timedelta(days=29))
    assert load(desk.key, StoreRef(name="n")).content == GOOD[ContentType.ALERT]


def test_ah_9_what_is_no_stored_alert_of_this_key_is_not_found(desk: Desk) -> None:
    load = LoadStoredAlert(desk.stores, desk.clock)
    text = desk.store(ContentType.SMS, "text")
    foreign = desk.store(ContentType.ALERT, GOOD[ContentType.ALERT], key=a_key("other"))
    expired = desk.store(ContentType.ALERT, GOOD[ContentType.ALERT])
    desk.clock.advance(timedelta(days=30))
    for ref in (text, foreign, expired, StoreRef(name="nonesuch")):
        with pytest.raises(NotFound):
            load(desk.key, ref)
