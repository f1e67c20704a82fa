from __future__ import annotations

import base64

import pytest

from tests.builders import an_acceptance
from tests.fakes.time import NOON
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.reply_event import LONGEST, reply_event, shortened, wire_text
from tocsin.responses.domain.response import Response
from tocsin.responses.domain.uncounted import UncountedReason, uncounted_text


def answered(text: str = "yes", **facts: object) -> tuple[Alert, Response]:
    acceptance = an_acceptance()
    (key,) = acceptance.chunks
    response = Response(key, 0, ResponseKind.SMS, "in-1", "+447700900001", "c0", NOON, text, **facts)  # type: ignore[arg-type]
    return acceptance.alert, response


def test_a_reply_is_told_with_what_was_said() -> None:
    event = reply_event(*answered())
    assert (event.event, event.alertee, event.contact_id, event.whence) == ("reply", "+447700900001", "c0", NOON)
    assert event.details == {"reply": "yes", "replyEncoding": "utf8", "evidence": "wrote", "counted": True}


def test_a_late_reply_and_an_unmatched_one_say_so() -> None:
    assert reply_event(*answered(late=True)).details["late"] is True
    unmatched = reply_event(*answered(matched=False), candidates=[AlertRef("a"), AlertRef("b")])
    assert (unmatched.event, unmatched.details["candidates"]) == ("unmatched", ["a", "b"])


@pytest.mark.parametrize("reason", [*UncountedReason, "phone_auto_text"])
def test_decided_8_3_an_answer_that_does_not_count_says_why(reason: str) -> None:
    event = reply_event(*answered(reason=reason, evidence=Evidence.CONFIRMED))
    assert (event.reason, event.details["counted"], event.details["evidence"]) == (reason, False, "confirmed")
    assert event.details["reasonText"] == uncounted_text(reason)


def test_an_unmatched_answer_has_that_reason() -> None:
    event = reply_event(*answered(matched=False))
    assert (event.reason, event.details["counted"]) == ("unmatched", False)


def test_decided_8_3_who_is_not_ok_counts_and_the_event_says_so() -> None:
    event = reply_event(*answered(evidence=Evidence.PRESSED, not_ok=True))
    assert (event.reason, event.details["counted"], event.details["notOk"]) == (None, True, True)
    assert "notOk" not in reply_event(*answered()).details


def test_the_same_answer_has_the_same_event_id_and_another_one_its_own() -> None:
    assert reply_event(*answered()).event_id == reply_event(*answered("else")).event_id
    alert, response = answered()
    other = Response(response.key, 0, ResponseKind.SMS, "in-2", "+447700900001", "c0", NOON)
    assert reply_event(alert, other).event_id != reply_event(alert, response).event_id


@pytest.mark.parametrize("text", ["", "Grüße \N{FIRE ENGINE}\nzwei\tZeilen\r\n"])
def test_text_goes_as_it_is(text: str) -> None:
    assert wire_text(text) == (text, "utf8")


@pytest.mark.parametrize("text", ["\x00", "a\x1bb", "\x7f", "\ufffe"])
def test_control_characters_go_as_base64(text: str) -> None:
    reply, encoding = wire_text(text)
    assert encoding == "base64"
    assert base64.b64decode(reply).decode() == text


def test_a_lone_surrogate_is_replaced() -> None:
    assert base64.b64decode(wire_text("\ud83d")[0]) == b"?"


def test_an_endless_answer_is_cut_and_says_so() -> None:
    assert shortened("x" * LONGEST) == ("x" * LONGEST, {})
    assert shortened("x" * (LONGEST + 1)) == ("x" * LONGEST, {"truncated": True})
