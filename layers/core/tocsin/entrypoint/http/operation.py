"""The description of one operation in the OpenAPI document: request, response, errors, examples.

Each module of routes has its operations in a module beside it, or beside the shapes of its bodies. No call loads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VERB_ERRORS = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)
"""Statuses an apiKey verb can fail with."""

RESOURCE_ERRORS = (400, 401, 403, 404, 429, 500, 503)

EDIT_ERRORS = (400, 401, 403, 404, 409, 412, 413, 415, 429, 500, 503)
"""Statuses a PUT or DELETE of a resource can fail with."""

ACT_ERRORS = (400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503)
"""Statuses a POST to a resource can fail with."""


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """One query parameter."""

    name: str
    description: str
    schema: Mapping[str, Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Attributes:
        bodies: the shapes a request may have; empty for a GET.
        answer: shape of the 200 response, or None if `media` describes it.
        others: other shapes of the 200 response.
        refusal: shape of the 422 response of a verb that may accept nothing, of the 400 response of a form; None = that
            of any failure.
        form: the request is a form, as browsers send them.
        created: answers 201, with `Location` and `ETag` of what was created.
        accepted: answers 202.
        judges_each: a 422 has the shape of a 202: every part of the call was refused.
        other_media: further media types of a 200 response that is a text.
        partial: answers 202 if its time was over; the call is repeated to go on.
        errors: statuses it can fail with.
        idempotent: takes an Idempotency-Key.
        for_company: takes X-Company from people.
        versioned: answers 304 to the `ETag` of what it would answer.
        secured: needs an API key.
        request, response: an example of each.
    """

    method: str
    path: str
    name: str
    summary: str
    description: str
    bodies: tuple[type, ...] = ()
    answer: Any = None
    others: tuple[type, ...] = ()
    media: str = "application/json"
    refusal: Any = None
    form: bool = False
    errors: tuple[int, ...] = ()
    query: tuple[QueryParameter, ...] = ()
    idempotent: bool = False
    for_company: bool = False
    created: bool = False
    accepted: bool = False
    judges_each: bool = False
    other_media: tuple[str, ...] = ()
    partial: bool = False
    versioned: bool = False
    secured: bool = True
    request: Mapping[str, Any] | None = None
    response: Any = None
    tags: tuple[str, ...] = field(default=())

    @property
    def verb(self) -> bool:
        """Whether it is an apiKey verb: a POST to one word, whose errors have the shape of the verbs."""
        makes = self.created or self.accepted
        return self.method == "POST" and "/" not in self.path.strip("/") and not makes
