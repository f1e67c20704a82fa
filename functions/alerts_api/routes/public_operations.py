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
        summary="This reference",
        description="The OpenAPI document as a page on which each operation can be tried.",
        media="text/html",
        secured=False,
        errors=(429, 500),
    ),
    Operation(
        method="GET",
        path="/docs/guides/{guide}",
        name="getGuide",
        tags=("About",),
        summary="A guide",
        description="One of the pages to which this reference's introduction leads.",
        media="text/html",
        secured=False,
        errors=(404, 429, 500),
    ),
    Operation(
        method="GET",
        path="/docs/assets/{file}",
        name="getAsset",
        tags=("About",),
        summary="A file of these pages",
        description="A script or stylesheet. A browser keeps it for a year, because its name has its digest.",
        media="text/*",
        secured=False,
        errors=(404, 429, 500),
    ),
)
