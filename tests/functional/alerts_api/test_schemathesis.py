"""Requests nobody thought of, made from the OpenAPI document; the answers must be as it says (reliability A2, A4).

`TOCSIN_FUZZ=1000` looks longer.
"""

from __future__ import annotations

import os
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

from tests.functional.alerts_api.conftest import Door
from tests.functional.gateway import wsgi

EXAMPLES = int(os.environ.get("TOCSIN_FUZZ", "15"))
"""Requests per operation and mode. The schema of a send is large: one takes a fifth of a second to make."""

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance, negative_data_rejection]

pytestmark = pytest.mark.deep

DOOR = Door()
API = schemathesis.openapi.from_wsgi("/openapi.json", wsgi(DOOR.gateway))
OPERATIONS: list[Any] = [found.ok() for found in API.get_all_operations()]  # type: ignore[union-attr]
CASES = [
    pytest.param(operation, mode, id=f"{operation.label} {mode.value}")
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or list(operation.iter_parameters()) or list(operation.body)
]


@pytest.mark.parametrize(("operation", "mode"), CASES)
def test_every_answer_is_as_the_document_says(operation: Any, mode: GenerationMode) -> None:
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
        response = case.call()
        # 501 is an answer like any other: a feature of the document that is not served yet.
        assert response.status_code < 500 or response.status_code == 501, response.text
        case.validate_response(response, checks=CHECKS)

    every()
