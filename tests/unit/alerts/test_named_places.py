"""K16: whoever is refused is named by place, in every form a receiver can be given in, and with the stable code."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tests.unit.alerts.desk import Desk
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.stored_content.domain.stored_content import ContentType
from tocsin.stored_content.domain.validation import why_unstorable

BAD = {
    "12{:03}": "PHONE_NOT_INTERNATIONAL",
    "+1x{:03}": "PHONE_MALFORMED",
    "+999 123 4{:03}": "PHONE_IMPOSSIBLE",
    "a{}@x.org": "email_for_phone",
}
ENTRIES = st.lists(st.none() | st.sampled_from(sorted(BAD)), min_size=1, max_size=30) | st.sampled_from(
    [[form] * 13 for form in BAD]
)


def named(entries: list[str | None]) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the addresses, each another one, and the places and codes of the bad ones."""
    texts = [entry.format(at) if entry else f"+4474001{at:05}" for at, entry in enumerate(entries)]
    return texts, [(at, BAD[entry]) for at, entry in enumerate(entries) if entry]


def failure(desk: Desk, element: dict[str, Any], **call: Any) -> str | None:
    sms = {"alertType": "sms", "tag": "t", "sender": "Tocsin", "content": "x"}
    request = read_stored(json.dumps({"alert": [{**sms, **element}], **call}), "ref", NOON)
    return desk.send_alert(desk.key, request).items[0].failure_reason


@pytest.mark.parametrize("form", ["recipients", "list", "column", "stored", "contacts", "sets"])
@given(entries=ENTRIES)
def test_the_first_ten_are_named_wherever_they_stand(form: str, entries: list[str | None]) -> None:
    texts, bad = named(entries)
    desk, call = Desk(), dict[str, Any]()
    element: dict[str, Any]
    match form:
        case "recipients":
            element, place = {"recipients": texts}, "recipients[{}]"
        case "list":
            element, place = {"recipientList": ",".join(texts)}, "entry {1} of recipientList"
        case "column":
            element, place = {"recipientList": "\r\n".join([*texts, ""])}, "line {1} of recipientList"
        case "stored":
            # A list could be stored when it was checked less strictly.
            ref = desk.store(ContentType.CONTACT_LIST, "\n".join([*texts, ""]))
            kept = desk.stored(ref)
            assert kept is not None
            desk.stores.put(replace(kept, type=ContentType.RECIPIENT_LIST))
            element, place = {"storedRecipients": ref.store_id}, "line {1} of the stored list"
        case _:
            contacts = [{"id": f"c{at}", "sms": text} for at, text in enumerate(texts)]
            call["contactGroup"] = {"inlineContactGroup": {"contacts": contacts}}
            element = (
                {"contactSets": ["all"]} if form == "sets" else {"contacts": [f"c{at}" for at in range(len(texts))]}
            )
            place = "contactGroup.contacts[{}]"
    said = failure(desk, element, **call) or ""
    for code in set(BAD.values()):
        places = [place.format(at, at + 1) for at, of in bad if of == code]
        if places:
            shown = ", ".join(places[:10]) + (f" and {len(places) - 10} more" if len(places) > 10 else "")
            assert f"({code}): {shown}" in said
        else:
            assert code not in said
    assert "+999" not in said
    assert "@" not in said


@given(ENTRIES)
def test_a_list_that_cannot_be_stored_names_its_lines_too(entries: list[str | None]) -> None:
    texts, bad = named([None if entry == "a{}@x.org" else entry for entry in entries])
    said = why_unstorable(ContentType.RECIPIENT_LIST, "\n".join([*texts, ""]), {})
    if not bad:
        assert said is None
        return
    assert said is not None
    shown = ", ".join(f"line {at + 1} ({code})" for at, code in bad[:10])
    assert said.endswith(f": {shown}" + (f" and {len(bad) - 10} more" if len(bad) > 10 else ""))
