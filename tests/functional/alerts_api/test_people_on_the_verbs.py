"""A person's bearer on the verbs: by role, under the account key, for their company, in their range (decided 2.9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.directory.test_directory import a_user
from tests.functional.alerts_api.conftest import Door, sms
from tests.functional.alerts_api.people import ACME, ACTS, NORTH, OWN, ROLES, SOUTH, Crowd, a_principal
from tests.functional.alerts_api.test_scheduling import work_off
from tests.functional.gateway import Answer
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.headline import SenderKind, SentBy
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.personal_token import PersonalToken, PersonalTokenText
from tocsin.identity.domain.user import UserState
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.ids import CompanyId, UserId

SEND: dict[str, Any] = {"clientRef": "r", "alert": [sms()]}
SOON = {"options": {"schedule": {"start": "now", "delay": "5m"}}}
LATER = {"options": {"schedule": {"start": "now", "repeat": "1d", "end": "2027-01-01T00:00:00Z"}}}
BOTH = frozenset({NORTH, SOUTH})

VERBS: dict[str, dict[str, Any]] = {
    "/sendalert": SEND,
    "/sendalerts": {"clientRef": "r", "alerts": [SEND]},
    "/sendstoredalert": {"storeName": "drill"},
    "/schedulestoredalert": {"storeName": "drill", "schedule": {"start": "now", "delay": "5m"}},
    "/pausescheduledalert": {"scheduleId": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"},
    "/storecontent": {"content": [{"contentType": "sms", "tag": "t", "content": "hello"}]},
    "/deletecontent": {"content": [{"contentType": "sms", "tag": "t"}]},
    "/cancelalerts": {"cancel": [{"alertId": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"}]},
}
GROUP = {"name": "crew", "contacts": [{"id": "ana", "sms": "+447700900001"}]}
MANAGES_KEYS = {"account_owner", "admin"}


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


def also(crowd: Crowd, name: str, role: str, **more: Any) -> str:
    """Let another person call; return their token."""
    person = a_principal(role, id=UserId(name), **{k: v for k, v in more.items() if k != "companies"})
    if "companies" in more:
        assert person.user is not None
        companies = more["companies"]
        person = replace(person, companies=companies, user=replace(person.user, companies=companies))
    crowd.callers[name] = person
    return name


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["failureCode"]


def the_alert(crowd: Door) -> Alert:
    (alert,) = crowd.alerts.alerts.values()
    return alert


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_decided_2_9_a_verb_needs_the_right_to_send_and_says_so_before_it_looks_at_the_body(
    crowd: Crowd, verb: str
) -> None:
    for role in ROLES:
        for body in (VERBS[verb], {"nonsense": True}):
            answer = crowd.verb(role, verb, body)
            refused = code(answer) == (403, "FORBIDDEN") if answer.status == 403 else False
            assert refused is (role not in ACTS), (role, answer.text)


@pytest.mark.parametrize(("verb", "body"), [("/collectevents", {}), ("/setinfo", {"name": "x"})])
def test_decided_2_9_what_is_about_the_key_itself_needs_keys_manage(
    crowd: Crowd, verb: str, body: dict[str, Any]
) -> None:
    allowed = {role for role in ROLES if crowd.verb(role, verb, body).status != 403}
    assert allowed == MANAGES_KEYS


def test_decided_2_9_everybody_gets_info_and_only_who_manages_keys_its_notices(crowd: Crowd) -> None:
    assert {role for role in ROLES if crowd.verb(role, "/getinfo", {}).status == 200} == set(ROLES)
    for section in ("getMessages", "getCallbackInfo"):
        assert {role for role in ROLES if crowd.verb(role, "/getinfo", {section: True}).status == 200} == MANAGES_KEYS


def test_decided_2_11_a_token_that_may_not_manage_keys_neither_collects_nor_sets_info(crowd: Crowd) -> None:
    token = also(crowd, "u7", "account_owner", manages_people=False)
    for verb, body in (("/collectevents", {}), ("/setinfo", {"name": "x"}), ("/getinfo", {"getMessages": True})):
        assert code(crowd.verb(token, verb, body)) == (403, "FORBIDDEN")
    assert crowd.verb(token, "/sendalert", SEND).status == 200


def test_a_personal_token_is_enough_until_its_person_is_disabled(crowd: Crowd) -> None:
    person = a_user("u7", role=SystemRole.ADMIN, state=UserState.ACTIVE, confirmed_email=True)
    text = PersonalTokenText(ACME, person.id, "k7f3q9k7f3q9", "s" * 27)
    digest, now = text.digest(pepper_of(crowd.sealer, ACME)), crowd.clock()
    kept = PersonalToken(ACME, person.id, text.id, digest, "Script", now, now + timedelta(days=1))
    crowd.directory.add(person)
    crowd.tokens.tokens[ACME, person.id, text.id] = kept
    assert crowd.verb(str(text), "/sendalert", SEND).status == 200
    assert the_alert(crowd).made == Made(person.id)
    crowd.directory.add(replace(person, state=UserState.DISABLED))
    assert crowd.verb(str(text), "/sendalert", SEND).status == 401


def test_a_token_that_may_only_read_sends_nothing(crowd: Crowd) -> None:
    token = also(crowd, "u7", "account_owner", read_only=True)
    assert code(crowd.verb(token, "/sendalert", SEND)) == (403, "FORBIDDEN")
    ref = crowd.alert(Made())
    assert crowd.by(token, "POST", f"/alerts/{ref}/stop", {}).status == 403
    assert crowd.by(token, "GET", f"/alerts/{ref}").status == 200
    assert crowd.verb(token, "/getinfo", {}).status == 200


def test_decided_2_9_an_api_key_in_the_body_cannot_stand_beside_a_persons_bearer(crowd: Crowd) -> None:
    for key in (crowd.token, "account_owner"):
        answer = crowd.verb("account_owner", "/sendalert", {**SEND, "apiKey": key})
        assert code(answer) == (400, "VALIDATE_FAILED")
        assert answer.faults() == {"/apiKey": "CONFLICT"}
    assert crowd.gateway.post("/sendalert", {"version": "latest", **SEND, "apiKey": "account_owner"}).status == 401
    assert crowd.alerts.alerts == {}


# --- whose and for which company ---------------------------------------------------------------------------------------


def test_decided_2_1_what_a_manager_sends_is_theirs_and_their_companys(crowd: Crowd) -> None:
    assert crowd.verb("manager", "/sendalert", SEND).status == 200
    alert = the_alert(crowd)
    assert (alert.key_id, alert.sent_by) == (ACCOUNT_KEY, SentBy(SenderKind.USER, OWN, "U1"))
    assert alert.company == NORTH


def test_decided_2_1_who_has_several_companies_says_for_which(crowd: Crowd) -> None:
    token = also(crowd, "u7", "manager", companies=BOTH)
    missing = crowd.verb(token, "/sendalert", SEND)
    assert (missing.status, missing.faults()) == (400, {"/company": "COMPANY_REQUIRED"})
    wrong = crowd.verb(token, "/sendalert", SEND, X_Company="west")
    assert (wrong.status, wrong.faults()) == (400, {"/company": "UNKNOWN_COMPANY"})
    assert crowd.verb(token, "/sendalert", SEND, X_Company=SOUTH).status == 200
    assert the_alert(crowd).company == SOUTH


def test_decided_2_1_who_reaches_the_whole_account_may_choose_any_company_of_it(crowd: Crowd) -> None:
    assert crowd.verb("admin", "/sendalert", SEND, X_Company="west").faults() == {"/company": "UNKNOWN_COMPANY"}
    assert crowd.verb("admin", "/sendalert", SEND, X_Company=NORTH).status == 200
    assert the_alert(crowd).company == NORTH


def test_decided_2_1_what_an_api_key_sends_has_its_company(crowd: Crowd) -> None:
    key = crowd.new_key("acme", "k7", company=NORTH)
    assert crowd.post("/sendalert", {**SEND, "apiKey": key}, X_Company=NORTH).faults() == {"": "CONFLICT"}
    assert crowd.post("/sendalert", {**SEND, "apiKey": key}).status == 200
    assert (the_alert(crowd).company, the_alert(crowd).made.by) == (NORTH, None)


def test_decided_2_1_the_runs_of_a_schedule_inherit_maker_and_company(crowd: Crowd) -> None:
    assert crowd.verb("manager", "/sendalert", {**SEND, **SOON}).status == 200
    crowd.callers["manager"] = replace(crowd.callers["manager"], companies=frozenset({CompanyId("west")}))
    work_off(crowd, crowd.clock() + timedelta(hours=1))
    assert the_alert(crowd).made == Made(OWN, NORTH)


# --- names ---------------------------------------------------------------------------------------------------------------


def stored(crowd: Crowd, token: str, content: str, kind: str = "sms", **headers: str) -> str:
    entry = {"contentType": kind, "tag": "t", "content": content, "storeDetails": {"storeName": "drill"}}
    answer = crowd.verb(token, "/storecontent", {"content": [entry]}, **headers)
    assert answer.status == 200, answer.text
    id: str = answer.json["content"][0]["storeId"]
    return id


def test_decided_2_9_names_are_unique_per_person_and_company(crowd: Crowd) -> None:
    manager, other = also(crowd, "u7", "manager", companies=BOTH), also(crowd, "u8", "manager", companies=BOTH)
    north, south = (stored(crowd, manager, "a", X_Company=company) for company in (NORTH, SOUTH))
    others = stored(crowd, other, "b", X_Company=NORTH)
    assert len({north, south, others}) == 3
    assert stored(crowd, manager, "c", X_Company=NORTH) == north

    body = {"clientRef": "r", "alert": [sms(content=..., storedContent={"storeName": "drill"})]}
    texts = {}
    for company in (NORTH, SOUTH):
        answer = crowd.verb(manager, "/sendalert", body, X_Company=company)
        assert answer.status == 200, answer.text
        (item,) = crowd.alerts.alerts[ACME, answer.json["alertRef"]].items
        texts[company] = item.content.text  # type: ignore[union-attr]
    assert texts == {NORTH: "c", SOUTH: "a"}
    assert crowd.verb(other, "/sendalert", body, X_Company=SOUTH).status == 422  # no store of this name


def test_decided_2_9_a_link_ref_of_another_person_is_another_link(crowd: Crowd) -> None:
    linked = {**SEND, "linkedAlerts": {"linkRef": "flood"}, "contactGroup": {"inlineContactGroup": GROUP}}
    first, second = also(crowd, "u7", "manager"), also(crowd, "u8", "manager")
    assert crowd.verb(first, "/sendalert", linked).status == 200
    cancel = {"cancel": [{"linkRef": "flood"}]}
    assert crowd.verb(second, "/cancelalerts", cancel).json["cancel"][0]["failureCode"] == "NOT_FOUND"
    joins = {**linked, "linkedAlerts": {"linkRef": "flood", "linkOnlyIfRefAlreadyExists": True}}
    assert crowd.verb(second, "/sendalert", joins).faults() == {"/linkedAlerts/linkRef": "NO_SUCH_LINK"}
    assert crowd.verb(first, "/cancelalerts", cancel).json["cancel"][0]["success"]


def test_decided_2_9_idempotency_keys_are_a_persons_own(crowd: Crowd) -> None:
    first, second = also(crowd, "u7", "manager"), also(crowd, "u8", "manager")
    refs = [
        crowd.verb(token, "/sendalert", SEND, Idempotency_Key="once").json["alertRef"]
        for token in (first, first, second)
    ]
    assert refs[0] == refs[1] != refs[2]
    stores = [
        crowd.verb(token, "/storecontent", VERBS["/storecontent"], Idempotency_Key="once").json["content"][0]["storeId"]
        for token in (first, first, second)
    ]
    assert stores[0] == stores[1] != stores[2]


# --- schedules and triggers ------------------------------------------------------------------------------------------------


def schedules(crowd: Crowd) -> dict[str, str]:
    """Let a colleague in the same company, one in another, and an admin have scheduled an alert each."""
    tokens = [also(crowd, "u7", "manager"), also(crowd, "u8", "manager", companies=frozenset({SOUTH})), "admin"]
    return {token: crowd.verb(token, "/sendalert", {**SEND, **LATER}).json["scheduleId"] for token in tokens}


def test_decided_2_9_a_manager_changes_and_lists_the_schedules_of_their_company(crowd: Crowd) -> None:
    made = schedules(crowd)
    manager = also(crowd, "u9", "manager")
    listed = crowd.verb(manager, "/getinfo", {"getScheduledAlertInfo": True}).json["info"]["scheduled"]
    assert [entry["scheduledAlertId"] for entry in listed] == [made["u7"]]
    for verb in ("/pausescheduledalert", "/resumescheduledalert", "/cancelscheduledalert"):
        answers = {maker: crowd.verb(manager, verb, {"scheduleId": id}).status for maker, id in made.items()}
        assert answers == {"u7": 200, "u8": 404, "admin": 404}
    entries = [{"scheduleId": id} for id in made.values()]
    cancelled = crowd.verb("account_owner", "/cancelalerts", {"cancel": entries}).json["cancel"]
    assert [entry["success"] for entry in cancelled] == [True, True, True]


def test_a_store_that_a_schedule_out_of_range_needs_is_not_deleted_and_the_schedule_not_named(crowd: Crowd) -> None:
    content = {"contentType": "alert", "contentEncoding": "json", "tag": "t", "content": SEND}
    store = crowd.verb("manager", "/storecontent", {"content": [content]}).json["content"][0]["storeId"]
    admin = also(crowd, "u7", "admin")
    when = {"storeId": store, "schedule": LATER["options"]["schedule"]}
    assert crowd.verb(admin, "/schedulestoredalert", when).status == 200

    for ends in (False, True):
        entry = {"tag": "t", "storeId": store, "endWaiting": ends}
        refused = crowd.verb("manager", "/deletecontent", {"content": [entry]}).json["content"][0]
        assert (refused["failureCode"], refused["waiting"]) == ("IN_USE", [])
    assert crowd.verb(admin, "/deletecontent", {"content": [{**entry}]}).status == 200


def test_decided_2_9_triggers_keep_to_the_range_and_a_keyword_in_use_names_nothing(crowd: Crowd) -> None:
    words = {"trigger": {"triggers": [{"type": "shortlink", "keyword": "go", "tag": "t"}]}}
    other = also(crowd, "u8", "manager", companies=frozenset({SOUTH}))
    store = crowd.verb(other, "/sendalert", {**SEND, **words}).json["storeId"]

    taken = crowd.verb("manager", "/sendalert", {**SEND, **words})
    assert taken.faults() == {"/trigger/triggers/0/keyword": "KEYWORD_IN_USE"}
    assert store not in taken.text
    assert crowd.verb("manager", "/getinfo", {"getKeywordInfo": True}).json["info"]["keywords"] == []
    cancel = {"cancel": [{"triggered": {"storeId": store}}]}
    assert crowd.verb("manager", "/cancelalerts", cancel).json["cancel"][0]["success"] is False
    assert crowd.verb(other, "/cancelalerts", cancel).json["cancel"][0]["success"] is True
