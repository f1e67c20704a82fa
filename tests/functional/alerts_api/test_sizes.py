"""No call makes more than it may: sizes are computed before anything is written (issue 17.2, decided 8.20)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tests.functional.gateway import Answer
from tocsin.alerts.domain.alert import CALL_BYTES, STORED_BYTES
from tocsin.identity.domain.api_key import MAIL_BYTES

PERSONAL = {"performLookups": True, "uniqueLookups": True}


def group(contacts: int, value: str, **more: Any) -> dict[str, Any]:
    return {
        "inlineContactGroup": {
            "contacts": [
                {"id": f"c{n}", "email": f"p{n}@example.org", "sms": f"+4477009{n:05}", "lookups": {"a": value}, **more}
                for n in range(contacts)
            ]
        }
    }


def both(door: Door, body: dict[str, Any], **more: Any) -> tuple[Answer, Answer]:
    """Return the answers of the plan and of the call."""
    plan = door.post("/sendalert", {"clientRef": "r", **body, "mode": "plan", **more})
    return plan, door.post("/sendalert", {"clientRef": "r", **body, **more})


def of_size(octets: int, keyword: str = "a", value: str = "x" * 1_000) -> str:
    """Return a body that has about so many bytes with its values."""
    return f"{{{keyword}}}" * (octets // len(value))


@pytest.mark.parametrize("kind", ["text/plain; charset=utf-8", "text/html"])
def test_17_2_a_mail_over_a_megabyte_excludes_its_receiver_and_no_other(door: Door, kind: str) -> None:
    contacts = group(3, "x")
    contacts["inlineContactGroup"]["contacts"][1]["lookups"]["a"] = "&" * 1_024
    element = email(
        contactSets=["all"], recipients=..., lookups=PERSONAL, emailBodyContentType=kind, content="{a}" * 1_100
    )

    plan, sent = both(door, {"alert": [element], "contactGroup": contacts})

    assert (plan.status, sent.status) == (200, 200), sent.text
    assert sent.json["alerts"][0]["sentCount"] == 2
    for entry in (plan.json["steps"][0]["alerts"][0], sent.json["alerts"][0]):
        assert "1 whose email would be too large (mail_too_large)" in entry["failureReason"]
    excluded = door.get(f"/alerts/{sent.json['alertId']}/recipients", state="excluded").json
    assert [row["reason"] for row in excluded["items"]] == ["mail_too_large"]


@pytest.mark.parametrize("form", ["text/plain", "text/html", "multipart"])
def test_17_2_if_every_mail_is_too_large_the_call_is(door: Door, form: str) -> None:
    element = email(contactSets=["all"], recipients=..., lookups=PERSONAL, content="{a}" * 2_000)
    if form == "multipart":
        part = "--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        element |= {"emailBodyIsMultipart": True, "multipartBoundary": "b", "content": part + "{a}" * 2_000}
    else:
        element["emailBodyContentType"] = form

    for answer in both(door, {"alert": [element], "contactGroup": group(2, "x" * 1_024)}):
        assert answer.status == 413
        assert answer.json["failureCode"] == "REQUEST_TOO_LARGE"
        assert answer.json["allowed"] == MAIL_BYTES
        assert answer.json["counted"] >= 2_000 * 1_024


def test_17_2_the_operator_may_allow_larger_mails(door: Door) -> None:
    token = door.new_key("acme", "k9", mail_bytes=3_000_000)
    element = email(contactSets=["all"], recipients=..., lookups=PERSONAL, content="{a}" * 2_000)

    for answer in both(door, {"alert": [element], "contactGroup": group(2, "x" * 1_024)}, apiKey=token):
        assert answer.status == 200


def test_17_2_all_mails_of_a_call_are_at_most_256_megabytes(door: Door) -> None:
    element = email(contactSets=["all"], recipients=..., lookups=PERSONAL, content=of_size(1_000_000))

    for answer in both(door, {"alert": [element], "contactGroup": group(300, "x" * 1_000)}):
        assert answer.status == 413
        assert answer.json["allowed"] == CALL_BYTES
        assert answer.json["counted"] == pytest.approx(300 * 1_000_000, rel=0.01)


def test_17_2_a_mail_that_is_the_same_for_all_counts_once(door: Door) -> None:
    common = email(contactSets=["all"], recipients=..., lookups={"performLookups": True}, content="x" * 900_000)

    for answer in both(door, {"alert": [common], "contactGroup": group(490, "x")}):
        assert answer.status == 200


def test_decided_8_20_a_personal_newsletter_of_25_kilobytes_to_ten_thousand_people_is_possible(door: Door) -> None:
    token = door.new_key("acme", "k9", personal_cap=10_000)
    contacts = [{"id": f"c{n}", "email": f"p{n}@x.org"} for n in range(10_000)]
    element = email(contactSets=["all"], recipients=..., lookups=PERSONAL, content="{recipient}" + "x" * 25_000)
    body = {"alert": [element], "contactGroup": {"inlineContactGroup": {"contacts": contacts}}}

    answer = door.post("/sendalert", {"clientRef": "r", "apiKey": token, **body})

    assert answer.status == 200
    assert answer.json["alerts"][0]["sentCount"] == 10_000


def test_17_2_steps_count_with_the_alert(door: Door) -> None:
    mail = email(contactSets=["all"], recipients=..., lookups=PERSONAL, content=of_size(900_000))
    steps = {"steps": [{"after": "1h", "alert": [mail]}, {"after": "1h", "alert": [mail]}]}

    assert door.send(mail, contactGroup=group(100, "x" * 1_000)).status == 200
    assert door.send(mail, contactGroup=group(100, "x" * 1_000), escalation=steps).status == 413


@pytest.mark.parametrize("transliterate", [False, True])
def test_17_2_texts_that_would_be_too_long_are_not_written(door: Door, transliterate: bool) -> None:
    token = door.new_key("acme", "k9", transliterate=transliterate)
    contacts = group(40, "😀" * 1_024)
    contacts["inlineContactGroup"]["contacts"][7]["lookups"]["a"] = ""

    answer = door.post(
        "/sendalert",
        {
            "clientRef": "r",
            "apiKey": token,
            "contactGroup": contacts,
            "alert": [sms(contactSets=["all"], recipients=..., lookups=PERSONAL, content="x" + "{a}" * 500)],
        },
    )

    assert answer.status == 200
    assert answer.json["alerts"][0]["sentCount"] == 1
    assert (
        "39 whose text would have more than 1600 characters (text_too_long)"
        in answer.json["alerts"][0]["failureReason"]
    )


def test_a_stored_text_over_the_limit_is_too_long_for_everybody(door: Door) -> None:
    store = door.post("/storecontent", {"content": [{"contentType": "sms", "tag": "t", "content": "x" * 1_601}]}).json

    answer = door.send(sms(content=..., storedContent=store["content"][0]["storeId"]))

    assert answer.status == 422
    assert "text_too_long" in answer.json["failureReason"]


def test_17_2_stored_texts_are_counted_as_often_as_they_are_named(door: Door) -> None:
    store = door.post(
        "/storecontent", {"content": [{"contentType": "email", "tag": "t", "content": "x" * 900_000}]}
    ).json
    mail = email(content=..., storedContent=store["content"][0]["storeId"])

    assert door.send(mail, mail, mail, mail).status == 200
    answer = door.send(*[mail] * 25)
    assert answer.status == 413
    assert answer.json["allowed"] == STORED_BYTES
