"""What a person sees and does by the API: every role, on things of every maker, over every route (decided 2.1, 2.9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import email, sms
from tests.functional.alerts_api.people import (
    ACME,
    ACTS,
    EVERYTHING,
    MADE,
    NORTH,
    OWN,
    READS_STORES,
    ROLES,
    SEES,
    Crowd,
    a_principal,
)
from tests.functional.gateway import Answer
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.ids import AlertRef, StoreId

UNKNOWN = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"
ANA, MAILBOX = "+447700900001", "u1@example.org"
GROUP = {"name": "crew", "contacts": [{"id": "ana", "sms": ANA}, {"id": "ben", "sms": "+447700900002"}], "sets": []}
READS = ("", "/recipients", "/recipients?state=excluded", "/responses", f"/explain/{ANA}", "/incident", "/export.csv")
ACTIONS: dict[str, dict[str, Any]] = {
    "stop": {},
    "escalate": {"step": 1},
    "acknowledge": {"recipient": ANA},
    "resend": {},
}


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


def hidden(answer: Answer) -> bool:
    """Whether the answer is the same as for a thing that is not there."""
    return answer.status == 404 and answer.json["code"] == "NOT_FOUND"


# --- alerts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_decided_2_1_every_read_of_an_alert_keeps_to_the_range(crowd: Crowd, role: str) -> None:
    refs = dict(crowd.alerts_of_all())
    for name, ref in refs.items():
        for path in READS:
            answer = crowd.by(role, "GET", f"/alerts/{ref}{path}")
            assert answer.status == 200 if name in SEES[role] else hidden(answer), (name, path, answer.text)
    for path in READS:
        assert hidden(crowd.by(role, "GET", f"/alerts/{crowd.of_others()}{path}")), path

    listed = crowd.by(role, "GET", "/alerts?limit=100").json["items"]
    assert {row["alert_ref"] for row in listed} == {ref for name, ref in refs.items() if name in SEES[role]}
    sums = crowd.by(role, "GET", "/alerts/summary?client_ref=ref-1").json
    assert sums["alerts"] == len(SEES[role])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ACTIONS)
def test_decided_2_1_every_act_on_an_alert_keeps_to_the_range(crowd: Crowd, role: str, action: str) -> None:
    refs = dict(crowd.alerts_of_all())
    for name, ref in {**refs, "another tenant's": crowd.of_others(), "unknown": AlertRef(UNKNOWN)}.items():
        answer = crowd.by(role, "POST", f"/alerts/{ref}/{action}", ACTIONS[action])
        if role not in ACTS:
            assert (answer.status, answer.json["code"]) == (403, "FORBIDDEN"), (name, answer.text)
        elif name not in SEES[role] & EVERYTHING:
            assert hidden(answer), (name, answer.text)
        else:
            assert answer.status in (200, 409, 422), (name, answer.text)
    stopped = {name for name, ref in refs.items() if crowd.alerts.alerts[ACME, ref].cancelled_at}
    assert stopped == (SEES[role] if action == "stop" and role in ACTS else frozenset())


@pytest.mark.parametrize("role", ROLES)
def test_decided_2_9_cancelalerts_keeps_to_the_range(crowd: Crowd, role: str) -> None:
    refs = {**dict(crowd.alerts_of_all()), "another tenant's": crowd.of_others()}
    body = {"cancel": [{"alertId": ref} for ref in refs.values()]}
    answer = crowd.verb(role, "/cancelalerts", body)
    if role not in ACTS:
        assert (answer.status, answer.json["failureCode"]) == (403, "FORBIDDEN")
        return
    done = {name for name, entry in zip(refs, answer.json["cancel"], strict=True) if entry["success"]}
    assert done == SEES[role]


def test_a_person_sees_live_alerts_only(crowd: Crowd) -> None:
    ref = crowd.alert(Made(OWN, NORTH))
    crowd.alerts.alerts[ACME, ref] = replace(crowd.alerts.alerts[ACME, ref], sandbox=True)
    for role in ROLES:
        assert hidden(crowd.by(role, "GET", f"/alerts/{ref}"))
        assert crowd.by(role, "GET", "/alerts").json["items"] == []
    assert hidden(crowd.by("account_owner", "POST", f"/alerts/{ref}/stop", {}))


# --- alerts that one received --------------------------------------------------------------------------------------


def received(crowd: Crowd, made: Made = MADE["another company's"]) -> AlertRef:
    """Let a mail and a text have gone out, the mail to the person and somebody else."""
    elements = [email(recipients=["bob@example.org", MAILBOX], content="come"), sms(recipients=[ANA], content="secret")]
    ref = AlertRef(crowd.send(*elements, title="Pump").json["alertRef"])
    crowd.alerts.alerts[ACME, ref] = replace(crowd.alerts.alerts[ACME, ref], company=made.company)
    return ref


@pytest.mark.parametrize("role", [role for role in ROLES if "another company's" not in SEES[role]])
def test_decided_2_1_a_receiver_sees_their_own_row_and_the_text_and_no_other(crowd: Crowd, role: str) -> None:
    ref = received(crowd)
    answers = {path: crowd.by(role, "GET", f"/alerts/{ref}{path}") for path in (*READS[:4], *READS[5:])}
    answers["list"] = crowd.by(role, "GET", "/alerts")
    for path, answer in answers.items():
        assert answer.status == 200, (path, answer.text)
        for others in ("bob@example.org", ANA, "secret"):
            assert others not in answer.text, (path, answer.text)

    one = answers[""].json
    assert (one["title"], one["recipient_count"], sum(one["counts"].values())) == ("Pump", 1, 1)
    assert one["excluded_count"] == 0
    assert [row["address"] for row in answers["/recipients"].json["items"]] == [MAILBOX]
    assert [row["recipient_count"] for row in answers["list"].json["items"]] == [1]
    (person,) = answers["/incident"].json["people"]["items"]
    assert [message["address"] for message in person["messages"]] == [MAILBOX]
    assert [each["text"] for each in answers["/incident"].json["contents"]] == ["come"]
    assert MAILBOX in answers["/export.csv"].text

    assert hidden(crowd.by(role, "GET", f"/alerts/{ref}/explain/{ANA}"))
    assert hidden(crowd.by(role, "GET", f"/alerts/{ref}/explain/~0.0.0"))
    assert crowd.by(role, "GET", f"/alerts/{ref}/explain/{MAILBOX}").status == 200


def test_decided_2_1_a_receiver_sees_their_own_answers_only(crowd: Crowd) -> None:
    ref = received(crowd)
    for who, note in ((ANA, "Ana rang"), (MAILBOX, "I rang")):
        answer = crowd.by("account_owner", "POST", f"/alerts/{ref}/acknowledge", {"recipient": who, "note": note})
        assert answer.status == 200, answer.text
    for path in ("/responses", "/incident", "/export.csv", ""):
        text = crowd.by("user", "GET", f"/alerts/{ref}{path}").text
        assert ("I rang" in text, "Ana rang" in text) == (path != "", False), (path, text)
    assert crowd.by("user", "GET", f"/alerts/{ref}").json["responses"] == 1


def test_decided_2_1_an_address_that_is_not_confirmed_never_counts(crowd: Crowd) -> None:
    ref = received(crowd)
    person = a_principal("user")
    assert person.user is not None
    crowd.callers["user"] = replace(person, user=replace(person.user, confirmed_email=False))
    assert hidden(crowd.by("user", "GET", f"/alerts/{ref}"))
    assert crowd.by("user", "GET", "/alerts").json["items"] == []


def linked(crowd: Crowd, role: str, *contacts: str) -> None:
    """Let contacts be linked to the person of a role, who has no confirmed address."""
    person = a_principal(role)
    assert person.user is not None
    user = replace(person.user, confirmed_email=False, contacts=frozenset(contacts))
    crowd.callers[role] = replace(person, user=user)


def test_decided_2_1_who_is_linked_to_a_contact_sees_its_own_row_and_the_text(crowd: Crowd) -> None:
    group = {"inlineContactGroup": {"contacts": [*GROUP["contacts"], {"id": "eve", "email": MAILBOX}]}}
    texts = sms(recipients=[], contacts=["ana", "ben"], content="come")
    mails = email(recipients=[], contacts=["eve"], content="stay")
    ref = AlertRef(crowd.send(texts, mails, title="Pump", contactGroup=group).json["alertRef"])
    linked(crowd, "user", "ana")
    linked(crowd, "manager", "ana")

    answers = {path: crowd.by("user", "GET", f"/alerts/{ref}{path}") for path in (*READS[:4], *READS[5:])}
    answers["list"] = crowd.by("user", "GET", "/alerts")
    for path, answer in answers.items():
        assert answer.status == 200, (path, answer.text)
        for others in ("+447700900002", MAILBOX, "stay"):
            assert others not in answer.text, (path, answer.text)
    assert [row["address"] for row in answers["/recipients"].json["items"]] == [ANA]
    assert [each["text"] for each in answers["/incident"].json["contents"]] == ["come"]
    assert [row["alert_ref"] for row in answers["list"].json["items"]] == [ref]

    assert hidden(crowd.by("user", "GET", f"/alerts/{ref}/explain/ben"))
    for action, body in ACTIONS.items():
        assert hidden(crowd.by("manager", "POST", f"/alerts/{ref}/{action}", body))
    linked(crowd, "user")
    assert hidden(crowd.by("user", "GET", f"/alerts/{ref}"))
    assert crowd.by("user", "GET", "/alerts").json["items"] == []


def test_a_contact_of_another_tenant_with_the_same_id_is_not_the_persons(crowd: Crowd) -> None:
    group = {"inlineContactGroup": {"contacts": GROUP["contacts"]}}
    alert = [sms(recipients=[], contacts=["ana"])]
    call = {"clientRef": "r", "alert": alert, "contactGroup": group, "apiKey": crowd.foreign}
    sent = crowd.post("/sendalert", call)
    linked(crowd, "user", "ana")
    assert hidden(crowd.by("user", "GET", f"/alerts/{sent.json['alertRef']}"))
    assert crowd.by("user", "GET", "/alerts").json["items"] == []


def test_a_receiver_does_not_learn_who_else_received_it_by_searching(crowd: Crowd) -> None:
    ref = received(crowd)
    assert crowd.by("user", "GET", "/alerts?receiver=bob@example.org").json["items"] == []
    assert [row["alert_ref"] for row in crowd.by("user", "GET", f"/alerts?receiver={MAILBOX}").json["items"]] == [ref]


def test_who_only_received_an_alert_cannot_act_on_it(crowd: Crowd) -> None:
    ref = received(crowd)
    for action, body in ACTIONS.items():
        assert hidden(crowd.by("manager", "POST", f"/alerts/{ref}/{action}", body))
    entry = crowd.verb("manager", "/cancelalerts", {"cancel": [{"alertId": ref}]})
    assert entry.status == 422
    assert crowd.alerts.alerts[ACME, ref].cancelled_at is None


# --- stores --------------------------------------------------------------------------------------------------------


def stores_of_all(crowd: Crowd) -> dict[str, StoreId]:
    """Let a contact group of each kind be stored under the account key."""
    found = {}
    content = {"contentType": "contactGroup", "tag": "t", "content": GROUP}
    for name, made in MADE.items():
        answer = crowd.post("/storecontent", {"content": [content]})
        id = StoreId(answer.json["content"][0]["storeId"])
        (owner,) = [owner for owner, mine in crowd.stores.stores.items() if id in mine and owner[1] != ACCOUNT_KEY]
        store = crowd.stores.stores[owner].pop(id)
        crowd.stores.stores.setdefault((ACME, ACCOUNT_KEY), {})[id] = replace(store, key_id=ACCOUNT_KEY, made=made)
        found[name] = id
    return found


@pytest.mark.parametrize("role", ROLES)
def test_decided_2_9_every_read_of_a_store_keeps_to_the_range(crowd: Crowd, role: str) -> None:
    stores = stores_of_all(crowd)
    for name, id in {**stores, "unknown": StoreId(UNKNOWN)}.items():
        for path in ("", "/contacts", "/contacts/ana"):
            answer = crowd.by(role, "GET", f"/stores/{id}{path}")
            assert answer.status == 200 if name in READS_STORES[role] else hidden(answer), (name, path, answer.text)
    seen = {id for name, id in stores.items() if name in READS_STORES[role]}
    assert {row["store_id"] for row in crowd.by(role, "GET", "/stores?limit=100").json["items"]} == seen
    info = crowd.verb(role, "/getinfo", {"getStoredContentInfo": True})
    assert {entry["storeId"] for entry in info.json["info"]["stored"]} == seen


Change = Callable[[Crowd, str, StoreId], Answer]
CHANGES: dict[str, Change] = {
    "put a contact": lambda crowd, role, id: crowd.by(role, "PUT", f"/stores/{id}/contacts/ana", {"sms": ANA}),
    "remove a contact": lambda crowd, role, id: crowd.by(role, "DELETE", f"/stores/{id}/contacts/ana"),
    "put a set": lambda crowd, role, id: crowd.by(role, "PUT", f"/stores/{id}/sets/night", {"ids": ["ana"]}),
    "send to it": lambda crowd, role, id: crowd.verb(
        role,
        "/sendalert",
        {
            "clientRef": "r",
            "contactGroup": {"storedContactGroup": id},
            "alert": [{name: value for name, value in sms(contactSets=["all"]).items() if name != "recipients"}],
        },
    ),
    "delete it": lambda crowd, role, id: crowd.verb(role, "/deletecontent", {"content": [{"tag": "t", "storeId": id}]}),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("change", CHANGES)
def test_decided_2_9_every_use_of_a_store_keeps_to_the_range(crowd: Crowd, role: str, change: str) -> None:
    for name, id in stores_of_all(crowd).items():
        answer = CHANGES[change](crowd, role, id)
        if role not in ACTS:
            assert answer.status == 403, (name, answer.text)
        elif name in SEES[role]:
            assert answer.status in (200, 201, 204), (name, answer.text)
        else:
            assert answer.status in (400, 404, 422), (name, answer.text)
            assert crowd.stores.find(ACME, ACCOUNT_KEY, id, crowd.clock()) is not None
