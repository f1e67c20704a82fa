"""Paths: every verb where clients of the published API look for it, and ids with any sign in them."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from alerts_api.operations import OPERATIONS
from tests.functional.alerts_api.conftest import Door, sms

VERBS = sorted(operation.path for operation in OPERATIONS if operation.verb)


@pytest.mark.parametrize("path", VERBS)
def test_every_verb_is_served_under_both_paths_alike(door: Door, path: str) -> None:
    for body in ({}, {"apiKey": "tcs_live_acme_k1_wrong"}, {"alert": 7, "content": 7, "alerts": 7, "eventIds": 7}):
        plain, published = door.post(path, dict(body)), door.post(f"/api/json{path}", dict(body))
        assert plain.status == published.status != 404
        first, second = ({k: v for k, v in answer.json.items() if k != "requestId"} for answer in (plain, published))
        assert first == second


def test_they_share_their_idempotency_keys(door: Door) -> None:
    first = door.send(sms(), Idempotency_Key="k")
    again = door.post("/api/json/sendalert", {"clientRef": "ref-1", "alert": [sms()]}, Idempotency_Key="k")
    assert again.json == first.json
    assert len(door.alerts.alerts) == 1


@pytest.mark.parametrize("contact", ["a/b", "a//b", "/", "a/", "x/recipients", "50%", "a?b#c", "ü/é", "a b+c"])
@pytest.mark.parametrize("decoded", [False, True])
def test_a_contact_is_explained_whatever_signs_its_id_holds(door: Door, contact: str, decoded: bool) -> None:
    group = {"inlineContactGroup": {"contacts": [{"id": contact, "sms": "+447700900001"}]}}
    answer = door.send(sms(recipients=..., contacts=[contact]), contactGroup=group)
    path = quote(contact, safe="/" if decoded else "")
    story = door.get(f"/alerts/{answer.json['alertRef']}/explain/{path}")
    assert (story.status, story.json["recipient"]) == (200, contact)
