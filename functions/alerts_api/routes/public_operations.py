"""The public routes, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import Operation
from alerts_api.schemas.health import Health

_GET_HEALTH_RESPONSE: dict[str, Any] = {"status": "ok"}

OPERATIONS = (
    Operation(
        method="GET",
        path="/health",
        name="getHealth",
        tags=("About",),
        summary="Whether the API is up",
        description="Answers without a call to any store.",
        answer=Health,
        secured=False,
        errors=(429, 500),
        response=_GET_HEALTH_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/openapi.json",
        name="getOpenApi",
        tags=("About",),
        summary="This document",
        description="The OpenAPI 3.1 description of this API.",
        secured=False,
        errors=(429, 500),
    ),
    Operation(
        method="GET",
        path="/docs",
        name="getDocs",
        tags=("About",),
        summary="This document as a page",
        description="The OpenAPI document as a readable page.",
        media="text/html",
        secured=False,
        errors=(429, 500),
    ),
)
