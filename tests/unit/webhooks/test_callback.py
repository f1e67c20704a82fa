"""The parts of a callback: its body, its orders, what is wrong with its URL."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.egress.domain.callback_url import Callback, CallbackEncoding, url_faults
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.webhooks.domain.callback import EndpointKey, PackKey, callback_body
from tocsin.webhooks.domain.callback_order import CallbackOrder, DeliveryOrder, PackOrder, decode, encode
from tocsin.webhooks.domain.endpoint import CallbackLane

EVENT = {
    "eventId": "evt_1",
    "alertees": ["+447700900001", "ana@x.example"],
    "tag": "größe & co=1",
    "possibleDuplicate": True,
    "version": 3,
    "reply": {"text": "yes"},
    "nothing": None,
}
PACK = PackKey(TenantId("acme"), AlertRef("0192aaaa-0000-7000-8000-000000000000"), "0000#ab")


def test_ah_127_json_is_the_object_itself() -> None:
    assert json.loads(callback_body(EVENT, CallbackEncoding.JSON)) == EVENT


def test_ah_127_a_form_has_a_field_per_entry() -> None:
    assert parse_qsl(callback_body(EVENT, CallbackEncoding.FORM).decode(), strict_parsing=True) == [
        ("eventId", "evt_1"),
        ("alertees", "+447700900001"),
        ("alertees", "ana@x.example"),
        ("tag", "größe & co=1"),
        ("possibleDuplicate", "true"),
        ("version", "3"),
        ("reply", '{"text":"yes"}'),
    ]


@given(st.dictionaries(st.text(max_size=9), st.one_of(st.text(max_size=30), st.booleans(), st.integers())))
def test_w1_the_same_event_always_gives_the_same_bytes(event: dict[str, object]) -> None:
    for encoding in CallbackEncoding:
        assert callback_body(event, encoding) == callback_body(dict(event), encoding)


def test_a_body_never_fails_on_text_that_is_no_text() -> None:
    for encoding in CallbackEncoding:
        assert b"?" in callback_body({"tag": "\ud800"}, encoding) or encoding is CallbackEncoding.FORM


@pytest.mark.parametrize(
    "order",
    [
        PackOrder(PACK),
        PackOrder(PACK, CallbackLane.SLOW, 4),
        PackOrder(PACK, urgent=True),
        DeliveryOrder(TenantId("acme"), ("evt_1", "evt_2"), CallbackLane.QUICK, 2),
        DeliveryOrder(TenantId("acme"), ("evt_1",), CallbackLane.SLOW, 2, urgent=True),
    ],
)
def test_an_order_reads_back(order: CallbackOrder) -> None:
    assert decode(encode(order)) == order
    assert len(encode(order)) < 200


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", '{"v":2}', '{"v":1,"t":"acme"}', '{"v":1,"t":"acme","l":"quick","b":0}',
        '{"v":1,"t":"acme","l":"warp","b":0,"e":["x"]}', '{"v":1,"t":"acme","l":"slow","b":0,"e":[1]}',
        '{"v":1,"t":"acme","l":"slow","b":"x","e":[]}', "[" * 3000, '{"v":1,"t":"acme","l":"slow","b":1e999,"e":[]}',
    ],
)  # fmt: skip
def test_r8_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        decode(text)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://hooks.example.org/a?b=c", None),
        ("https://hooks.example.org:8443/", None),
        ("https://8.8.8.8/", None),
        ("http://hooks.example.org/", "WRONG_FORM"),
        ("https://hooks.example.org:22/", "WRONG_FORM"),
        ("https://a@hooks.example.org/", "WRONG_FORM"),
        ("gopher://x", "WRONG_FORM"),
        ("https://2130706433/", "WRONG_FORM"),
        ("https://[::ffff:127.0.0.1]/", "NOT_PUBLIC"),
        ("https://100.64.0.1/", "NOT_PUBLIC"),
        ("https://sqs.eu-west-2.amazonaws.com/", "NOT_PUBLIC"),
    ],
)
def test_w8_a_callback_url_leads_to_a_public_place(url: str, code: str | None) -> None:
    assert [(f.pointer, f.code) for f in url_faults(url, "/u", CLOSED)] == ([("/u", code)] if code else [])


def test_the_open_policy_lets_this_machine_through_and_nothing_else() -> None:
    opened = EgressPolicy(loopback=True)
    assert url_faults("http://127.0.0.1:8000/", "/u", opened) == []
    assert url_faults("http://10.0.0.1/", "/u", opened)
    assert url_faults("http://hooks.example.org/", "/u", opened)


def test_s6_an_endpoint_is_its_whole_url() -> None:
    of = [
        EndpointKey.of(TenantId(tenant), ApiKeyId(key), url)
        for tenant in ("acme", "other")
        for key in ("k1", "k2")
        for url in ("https://a.example/", "https://b.example/", "https://a.example/?t=1")
    ]
    assert len(set(of)) == len(of)
    assert "a.example" not in repr(Callback("https://a.example/").__class__) + of[0].hash
