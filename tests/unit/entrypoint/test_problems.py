"""The table of errors is whole, and nothing of the inside gets out."""

from __future__ import annotations

import inspect

import pytest

from tocsin.entrypoint.http.problems import PROBLEMS, envelope, failure_of, problem_details
from tocsin.identity.domain import refusals
from tocsin.integrations.domain import refusals as refusals_of_integrations
from tocsin.kernel.domain import errors
from tocsin.kernel.domain.errors import FAULTS_LISTED, Fault, InvalidRequest, TocsinError
from tocsin.preferences.domain import refusals as refusals_of_preferences
from tocsin.tenant_mail.domain import refusals as refusals_of_mail

CLASSES = {
    found
    for module in (errors, refusals, refusals_of_integrations, refusals_of_mail, refusals_of_preferences)
    for _, found in inspect.getmembers(module, inspect.isclass)
    if issubclass(found, TocsinError) and found not in (TocsinError, refusals_of_mail.MailNotSent)
}


def test_every_error_has_a_row_and_a_code_of_its_own() -> None:
    assert set(PROBLEMS) == CLASSES
    assert len({found.code for found in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("kind", [KeyError, RuntimeError, RecursionError, errors.SealBroken])
def test_what_nobody_foresaw_is_a_500_without_a_word_about_it(kind: type[Exception]) -> None:
    failure = failure_of(kind("arn:aws:dynamodb:eu-west-1:123456789012:table/core"))

    assert failure.problem.status == 500
    for told in (envelope(failure, "r1", None), problem_details(failure, "r1")):
        assert "arn" not in str(told)
        assert "r1" in str(told)


@pytest.mark.parametrize("kind", [errors.StorageUnavailable, errors.StaleWrite])
def test_what_may_be_tried_again_says_when(kind: type[TocsinError]) -> None:
    failure = failure_of(kind("ProvisionedThroughputExceededException on core"))

    assert int(failure.headers["Retry-After"]) > 0
    assert "core" not in failure.sentence


def test_a_request_in_progress_says_how_long() -> None:
    assert failure_of(errors.IdempotencyInProgress(7)).headers["Retry-After"] == "7"


def test_both_shapes_name_every_fault() -> None:
    failure = failure_of(InvalidRequest([Fault("/a", "REQUIRED", "is required"), Fault("", "EMPTY_BODY", "is empty")]))

    verb, resource = envelope(failure, "r1", "ref"), problem_details(failure, "r1")
    assert verb["failureReason"] == "/a: is required; is empty"
    assert [(e["pointer"], e["code"]) for e in verb["errors"]] == [("/a", "REQUIRED"), ("", "EMPTY_BODY")]
    assert [(e["detail"], e["code"]) for e in resource["errors"]] == [("/a", "REQUIRED"), ("", "EMPTY_BODY")]
    assert (verb["clientRef"], verb["returnCode"], resource["status"]) == ("ref", 400, 400)


def test_many_faults_are_cut_and_the_sentence_names_ten() -> None:
    faults = [Fault(f"/{n}", "REQUIRED", "is required") for n in range(250)]
    many, few = failure_of(InvalidRequest(faults)), failure_of(InvalidRequest(faults[:FAULTS_LISTED]))

    assert many.faults == few.faults == tuple(faults[:FAULTS_LISTED])
    assert many.sentence == "; ".join(f"/{n}: is required" for n in range(10)) + "; and many more"
    assert few.sentence.endswith("; and 90 more")
    for shape in (envelope(many, "r1", None), problem_details(many, "r1")):
        assert shape["moreErrors"] is True
    for shape in (envelope(few, "r1", None), problem_details(few, "r1")):
        assert "moreErrors" not in shape
