"""Every error has a code of its own and an answer, the drawn tree is the real one, and the gateway says the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.architecture.deployment import deployment, read_sources
from tocsin.entrypoint.http.problems import PROBLEMS, failure_of, problem_details
from tocsin.identity.domain import refusals
from tocsin.integrations.domain import refusals as integration_refusals
from tocsin.kernel.domain import errors
from tocsin.kernel.domain.errors import TocsinError
from tocsin.preferences.domain import refusals as preference_refusals
from tocsin.tenant_mail.domain import refusals as mail_refusals


def descendants(kind: type[TocsinError]) -> Iterator[type[TocsinError]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


# Only what these modules declare: adapters' tests may have made errors of their own.
MODULES = {each.__name__ for each in (errors, refusals, mail_refusals, preference_refusals, integration_refusals)}
ALL = [kind for kind in descendants(TocsinError) if kind.__module__ in MODULES]


def consumed() -> dict[str, str]:
    """Return parent by child, as the docstring draws them."""
    parents: dict[str, str] = {}
    stack: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^(    [│ ]*)(?:[├└]── )?([A-Z]\w+)(?:\s{2,}.*)?$", line)
        if not found:
            continue
        depth = line.index(found[2])
        while stack and stack[-1][0] >= depth:
            stack.pop()
        if stack:
            parents[found[2]] = stack[-1][1]
        stack.append((depth, found[2]))
    return parents


def test_the_consumed_tree_is_the_real_tree() -> None:
    assert consumed() == {kind.__name__: kind.__bases__[0].__name__ for kind in ALL}


def test_codes_are_unique() -> None:
    kinds: list[type[TocsinError]] = [TocsinError, *ALL]
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes)


def test_every_error_has_an_answer() -> None:
    leaves = {kind for kind in ALL if not any(child in ALL for child in kind.__subclasses__())}
    assert set(PROBLEMS) == leaves


GATEWAY: dict[str, TocsinError] = {
    "UNAUTHORIZED": errors.Unauthorized(),
    "ACCESS_DENIED": errors.Forbidden("anything"),
    "MISSING_AUTHENTICATION_TOKEN": errors.NotFound("anything"),
    "REQUEST_TOO_LARGE": errors.RequestTooLarge(1, "anything"),
}


@pytest.mark.parametrize("response", GATEWAY)
def test_the_gateway_answers_as_the_functions_do(response: str) -> None:
    # given what a function answers to the same fault
    failure = failure_of(GATEWAY[response])
    ours = problem_details(failure, "$context.requestId")

    # then the gateway says the same; only the sentence is its own
    declared = deployment(read_sources()).swagger()["x-amazon-apigateway-gateway-responses"][response]
    theirs = json.loads(declared["responseTemplates"]["application/json"])
    assert theirs.keys() == ours.keys()
    assert _without_sentences(theirs) == _without_sentences(ours)
    headers = {
        name.removeprefix("gatewayresponse.header."): value for name, value in declared["responseParameters"].items()
    }
    assert {k: v for k, v in headers.items() if k != "Content-Type"} == {
        k: f"'{v}'" for k, v in failure.headers.items()
    }


def _without_sentences(body: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in body.items() if key not in ("detail", "errors")}
    return kept | {"codes": [error["code"] for error in body["errors"]]}
