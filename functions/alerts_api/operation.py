"""What the descriptions of the operations of the alerts API have in common."""

from __future__ import annotations

from tocsin.entrypoint.http.operation import (
    ACT_ERRORS,
    EDIT_ERRORS,
    RESOURCE_ERRORS,
    VERB_ERRORS,
    Operation,
    QueryParameter,
)

__all__ = ["ACT_ERRORS", "EDIT_ERRORS", "RESOURCE_ERRORS", "VERB_ERRORS", "Operation", "QueryParameter"]

EXAMPLE_ALERT = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"
EXAMPLE_STORE = "019aa3c4-9f10-7b1e-8c55-0d3c6b5a4f21"
