"""An incident and its table at the API boundary (console 4.2, decided 2.18)."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tests.functional.alerts_api.test_alert_list import answered, delivered, sent
from tests.functional.gateway import Answer
from tocsin.history.application import export_results
from tocsin.identity.domain.api_key import Right

ANA, BEN, CY = "+447700900001", "+447700900002", "+447700900003"
GROUP = {
    "inlineContactGroup": {
        "contacts": [{"id": "ana", "sms": ANA, "email": "ana@example.org"}, {"id": "ben", "sms": BEN}]
    }
}
STEPS = {"steps": [{"after": "5m", "alert": [sms(recipients=[CY], tag="chief")]}]}


def crew(door: Door, **more: Any) -> str:
    return sent(
        door,
        sms(recipients=..., contactSets=["all"], content="Pump 7 stopped. Come!"),
        email(recipients=..., contacts=["ana"], subject="Pump 7"),
        contactGroup=GROUP,
        **more,
    )


def table(answer: Answer) -> list[list[str]]:
    assert answer.status == 200, answer.text
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))


def test_console_4_2_an_incident_is_one_page(door: Door) -> None:
    ref = crew(door, title="Pump 7 stopped", escalation=STEPS)
    delivered(door, ref)
    answered(door, ref, 0)

    found = door.get(f"/alerts/{ref}/incident").json

    assert (found["alert_ref"], found["title"], found["state"]) == (ref, "Pump 7 stopped", "answered")
    assert found["sent_by"] == {"kind": "key", "id": "k1", "name": "k1"}
    assert found["escalation"] == door.get(f"/alerts/{ref}").json["escalation"]
    assert [(each["step"], each["state"], each["tags"]) for each in found["steps"]] == [
        (0, "taken", ["t"]),
        (1, "not_taken", ["chief"]),
    ]
    people = found["people"]
    assert (people["count"], people["answered"], people["not_reached"], people["next_cursor"]) == (2, 1, 0, None)
    assert [(each["contact_id"], [m["address"] for m in each["messages"]]) for each in people["items"]] == [
        ("ana", [ANA, "ana@example.org"]),
        ("ben", [BEN]),
    ]
    assert people["items"][0]["answer"]["text"] == "yes"
    assert [message["recipient"] for message in people["items"][0]["messages"]] == ["~0.0.0", "~1.0.0"]
    assert [(each["channel"], each["subject"], each["text"]) for each in found["contents"]] == [
        ("sms", None, "Pump 7 stopped. Come!"),
        ("email", f"Pump 7 {door.get(f'/alerts/{ref}').json['email_subject_ref']}", "hello"),
    ]
    assert {line["kind"] for line in found["timeline"]} == {"accepted", "answered", "acknowledged"}


def test_console_4_2_an_unchanged_incident_is_a_304(door: Door) -> None:
    ref = crew(door)
    headers = {"Authorization": f"Bearer {door.token}"}
    first = door.gateway.get(f"/alerts/{ref}/incident", headers)
    version = first.headers["ETag"]

    for given in (version, f'"other", {version}', f"W/{version}"):
        again = door.gateway.get(f"/alerts/{ref}/incident", {**headers, "If-None-Match": given})
        assert (again.status, again.text, again.headers["ETag"]) == (304, "", version)
    other_page = door.gateway.get(f"/alerts/{ref}/incident", {**headers, "If-None-Match": version}, show="answered")
    assert other_page.status == 200
    delivered(door, ref)
    assert door.gateway.get(f"/alerts/{ref}/incident", {**headers, "If-None-Match": version}).status == 200


def test_people_of_an_incident_are_walked(door: Door) -> None:
    ref = sent(door, sms(recipients=[ANA, BEN, CY]))
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = door.get(f"/alerts/{ref}/incident", **query).json["people"]
        seen += [person["messages"][0]["address"] for person in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == [ANA, BEN, CY]
    assert door.get(f"/alerts/{ref}/incident", show="answered", cursor=query["cursor"]).status == 400
    assert door.get(f"/alerts/{ref}/incident", show="some").status == 400


@pytest.mark.parametrize("path", ["incident", "export.csv"])
def test_s1_only_a_key_that_may_read_alerts_of_this_tenant_reads_them(door: Door, path: str) -> None:
    ref = crew(door)
    tokens = {
        door.new_key("acme", "blind", Right.SET_LIFETIME): 403,
        door.new_key("other", "k2", Right.READ_ALERTS): 404,
        "tcs_live_acme_k1_nonsense": 401,
    }
    for token, status in tokens.items():
        answer = door.gateway.get(f"/alerts/{ref}/{path}", {"Authorization": f"Bearer {token}"})
        assert answer.status == status
        assert ANA not in answer.text
    assert door.get(f"/alerts/nonsense/{path}").status == 404


def test_s10_the_table_has_a_line_for_each_receiver_and_no_formula(door: Door) -> None:
    ref = sent(door, sms(recipients=[ANA, BEN], tag="=cmd()"), email(recipients=["a@example.org", "no address"]))
    answered(door, ref, 1)

    answer = door.get(f"/alerts/{ref}/export.csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="alert-{ref}.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    columns, *lines = table(answer)
    rows = [dict(zip(columns, line, strict=True)) for line in lines]
    assert columns == list(export_results.COLUMNS)
    assert [(row["address"], row["state"], row["tag"]) for row in rows] == [
        (f"'{ANA}", "queued", "'=cmd()"),
        (f"'{BEN}", "queued", "'=cmd()"),
        ("a@example.org", "queued", "t"),
        ("no address", "excluded", "t"),
    ]
    assert [row["answer"] for row in rows] == ["", "yes", "", ""]
    assert rows[1]["answer_kind"] == "sms"
    assert rows[3]["reason"]
    assert rows[3]["reason_text"]


def test_a_table_that_is_too_long_is_cut_and_says_where(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a part that holds no more than one chunk of receivers
    numbers = [f"+44770091{n:04}" for n in range(600)]
    ref = sent(door, sms(recipients=numbers))
    whole = table(door.get(f"/alerts/{ref}/export.csv"))
    monkeypatch.setattr(export_results, "MOST_BYTES", 1_000)

    query: dict[str, str] = {}
    parts: list[list[list[str]]] = []
    while True:
        answer = door.get(f"/alerts/{ref}/export.csv", **query)
        parts.append(table(answer))
        is_cut = "-cut.csv" in answer.headers["Content-Disposition"]
        assert is_cut == ("X-Next-Cursor" in answer.headers)
        if not is_cut:
            break
        query["cursor"] = answer.headers["X-Next-Cursor"]

    assert [len(part) for part in parts] == [251, 251, 101]
    assert [line for part in parts for line in part[1:]] == whole[1:]
    assert door.get(f"/alerts/{sent(door)}/export.csv", cursor=query["cursor"]).status == 400
