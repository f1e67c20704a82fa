"""What a log line may hold is a list; everything else stays inside."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.process import observability
from tocsin.entrypoint.process.observability import RedactingFormatter, scrubbed
from tocsin.kernel.domain.errors import StorageUnavailable


def line(message: object, *args: object, error: BaseException | None = None, **extra: object) -> dict[str, Any]:
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": message, "args": args, **extra})
    record.exc_info = (type(error), error, error.__traceback__) if error else None
    found: dict[str, Any] = json.loads(RedactingFormatter().format(record))
    return found


def test_arguments_are_filled_in_only_if_they_are_numbers_or_words_of_ours() -> None:
    assert line("sent %d of %s to %s", 3, MessageState.SENT, "Ana")["message"] == "sent 3 of sent to …"
    assert line("100 % sure")["message"] == "100 % sure"
    assert line("%d", "Ana")["message"] == "%d"


def test_only_listed_fields_get_out() -> None:
    found = line("x", tenant="acme", alert="019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90", phone="+447911123456", name2="Ana")

    assert found["tenant"] == "acme"
    assert found["alert"].startswith("019a")
    assert "phone" not in found
    assert "name2" not in found


def test_a_store_and_an_object_that_stay_behind_can_be_found() -> None:
    place = "sealed/keep-0030/acme/019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90/CHUNK-00-000"

    assert line("x", object=place, store="019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90")["object"] == place


@pytest.mark.parametrize("value", ["a@b.org", "+447911123456", "447911123456", "Ana Maria", "x" * 101, ["a"], object()])
def test_a_listed_field_that_holds_something_else_is_redacted(value: object) -> None:
    assert line("x", reason=value)["reason"] == "[redacted]"


@pytest.mark.parametrize(
    "text",
    [
        "to a@b.org",
        "to +44 7911 123456",
        "to 447911123456",
        "to (020) 7946-0018",
        "key tcs_live_acme_k1_0abcdefghijklm",
    ],
)
def test_a_message_is_scrubbed(text: str) -> None:
    assert "[redacted]" in scrubbed(text)
    assert line(text)["message"] == scrubbed(text)


def test_a_message_that_is_no_text_is_named_by_its_type() -> None:
    assert line({"phone": "+447911123456"})["message"] == "(dict)"


def test_an_exception_says_what_and_where_and_not_about_whom() -> None:
    try:
        try:
            raise KeyError("Ana")
        except KeyError as cause:
            raise StorageUnavailable("Ana's row") from cause
    except StorageUnavailable as error:
        found = line("failed", error=error)

    assert found["exception"]["code"] == "STORAGE_UNAVAILABLE"
    assert found["exception"]["type"] == "tocsin.kernel.domain.errors.StorageUnavailable"
    assert found["exception"]["cause"]["type"] == "builtins.KeyError"
    assert "test_observability.py" in found["exception"]["at"][-1]
    assert "Ana" not in json.dumps(found)


def test_libraries_log_through_the_same_formatter(capfd: pytest.CaptureFixture[str]) -> None:
    observability.configure("somebody")
    logging.getLogger("botocore.hooks").warning("sending to %s", "a@b.org")

    assert "a@b.org" not in "".join(capfd.readouterr())


def test_facts_of_a_call_do_not_stay_for_the_next(capfd: pytest.CaptureFixture[str]) -> None:
    observability.configure("somebody")
    observability.note(tenant="acme")
    for _ in range(2):
        observability.called(route="GET /x", status=200, seconds=0.5, request_id="r1")
    first, second = map(json.loads, capfd.readouterr().out.splitlines())

    assert (first["tenant"], first["status"], first["milliseconds"]) == ("acme", 200, 500)
    assert "tenant" not in second
