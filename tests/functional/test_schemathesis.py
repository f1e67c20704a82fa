"""Requests that no test lists, made from the OpenAPI document; the answers must be as it says (reliability A2, A4).

`TOCSIN_FUZZ=1000` looks longer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.every_option.document import OF_PEOPLE
from tests.functional.alerts_api.conftest import Door
from tests.functional.gateway import wsgi
from tests.functional.ingest_events.conftest import IngestWorld
from tests.functional.settings_api.conftest import World

EXAMPLES = int(os.environ.get("TOCSIN_FUZZ", "15"))
"""Requests per operation and mode. The schema of a send is large: one takes a fifth of a second to make."""

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance, negative_data_rejection]

pytestmark = pytest.mark.deep

DOOR, WORLD, EVENTS = Door(), World(), IngestWorld()
EVENTS.as_key()
TAKE_EVENTS = {("POST", "/events"), ("POST", "/events/{id}"), ("POST", "/iam/events")}


def _served() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Return the APIs under one address, as API Gateway has them."""
    served = {"": wsgi(DOOR.gateway), "people": wsgi(WORLD.gateway), "events": wsgi(EVENTS.gateway)}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return served[environ.get("HTTP_X_SERVED_BY", "")](environ, start_response)

    return application


API = schemathesis.openapi.from_wsgi("/openapi.json", _served())
OPERATIONS: list[Any] = [found.ok() for found in API.get_all_operations()]  # type: ignore[union-attr]
CASES = [
    pytest.param(operation, mode, id=f"{operation.label} {mode.value}")
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or list(operation.iter_parameters()) or list(operation.body)
]


@pytest.mark.parametrize(("operation", "mode"), CASES)
def test_every_answer_is_as_the_document_says(operation: Any, mode: GenerationMode) -> None:
    takes_events = (operation.method.upper(), operation.path) in TAKE_EVENTS
    by = "events" if takes_events else "people" if OF_PEOPLE & set(operation.tags or ()) else ""

    @given(operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    def every(case: Any) -> None:
        case.headers["Authorization"] = f"Bearer {DOOR.token}"
        if by:
            case.headers["X-Served-By"] = by
        response = case.call()
        assert response.status_code < 500, response.text
        if mode is GenerationMode.POSITIVE:
            assert "there is no such route" not in response.text, "the document has routes that are served"
        # If-Match is judged before the body.
        checks = [check for check in CHECKS if response.status_code != 412 or check is not negative_data_rejection]
        case.validate_response(response, checks=checks)

    every()
