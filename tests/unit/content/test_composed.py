"""K19: a Mac's accents and everybody else's are the same text, name, id and keyword, and cost the same."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tests.unit.alerts.desk import Desk
from tocsin.content.domain.content import SmsContent
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.kernel.domain.plain_text import composed

LETTERS = st.characters(categories=["L"]).filter(lambda c: unicodedata.normalize("NFC", c) == c)
WORDS = st.text(st.sampled_from("éèñüöåçşığřđấ한がÀ") | LETTERS, min_size=1, max_size=12)


def written(form: str, value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFD" if form == "NFD" else "NFC", value)
    if isinstance(value, list):
        return [written(form, item) for item in value]
    return (
        {written(form, name): written(form, item) for name, item in value.items()} if isinstance(value, dict) else value
    )


@given(word=WORDS, form=st.sampled_from(["NFC", "NFD"]), escaped=st.booleans())
def test_a_call_means_the_same_in_both_forms(word: str, form: str, escaped: bool) -> None:
    contact = {"id": f"c-{word}", "sms": "+447400123456", "lookups": {f"k{word}": f"Hello {word}"}}
    group = {"contacts": [contact], "sets": [{"name": f"s {word}", "ids": [written(form, contact["id"])]}]}
    element: dict[str, Any] = {"alertType": "sms", "tag": word, "sender": "Tocsin", "content": f"{{k{word}}} {word}"}
    call = {
        "contactGroup": {"inlineContactGroup": written(form, group)},
        "alert": [
            {
                **written(form, element),
                "contactSets": [f"s {word}"],
                "lookups": {"uniqueLookups": True, "performLookups": True},
            }
        ],
    }
    desk = Desk()
    result = desk.send_alert(desk.key, read_stored(json.dumps(call, ensure_ascii=escaped), "ref", NOON))
    (who,) = desk.recipients(result)
    assert (who.contact_id, dict(who.lookups)) == (f"c-{word}", {f"k{word}": f"Hello {word}"})
    content = desk.alert(result).items[0].content
    assert isinstance(content, SmsContent)
    assert content.text == f"{{k{word}}} {word}"
    assert result.items[0].tag == word


def test_accents_of_their_own_cost_no_part_more() -> None:
    text = "é" * 160
    for form in ("NFC", "NFD"):
        desk = Desk()
        element = {"alertType": "sms", "tag": "t", "sender": "Tocsin", "recipients": ["+447400123456"]}
        call = {"alert": [{**element, "content": written(form, text)}]}
        result = desk.send_alert(desk.key, read_stored(json.dumps(call), "ref", NOON))
        assert result.items[0].segments == 1


@given(st.text(st.sampled_from("a\u0315\u0300\u0345\u0344é"), max_size=200))
def test_rows_of_marks_are_cut_and_nothing_else_changes(text: str) -> None:
    found = composed(text)

    assert max(map(len, re.findall("[\u0300-\u034e]+", unicodedata.normalize("NFD", found))), default=0) <= 60
    assert unicodedata.is_normalized("NFC", found)
    if not re.search("[\u0300-\u034e]{31}", text):
        assert found == unicodedata.normalize("NFC", text)


def test_half_a_million_marks_are_sorted_in_rows_of_thirty() -> None:
    found = composed("a" + "\u0315\u0300" * 250_000)  # sorted as one row they take minutes

    assert found.count("\u034f") == 500_000 // 30
