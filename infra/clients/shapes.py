"""The few kinds of types that both client languages have, and what a call is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Named:
    """A shape, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Basic:
    """string, integer, number, boolean, null or any."""

    word: str


@dataclass(frozen=True, slots=True)
class Words:
    """One of these constants."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class List:
    """A JSON array."""

    of: Type


@dataclass(frozen=True, slots=True)
class Map:
    """A JSON object with any keys."""

    of: Type


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several types; no choice is in a choice."""

    options: tuple[Type, ...]


Type = Named | Basic | Words | List | Map | Choice


@dataclass(frozen=True, slots=True)
class Member:
    """A field of an object."""

    name: str
    type: Type
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A named object with `members`, or a name for `type`."""

    name: str
    about: str
    members: tuple[Member, ...] = ()
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A call.

    Attributes:
        name: operationId.
        path: with `{parameters}`.
        body: type of the request's JSON; None = no body.
        version: the body has the field `version`.
        answer: type of the response's JSON; None = no content.
        item: type of an entry, if the answer is one page of `{items, next_cursor}`.
    """

    name: str
    method: str
    path: str
    summary: str
    in_path: tuple[str, ...]
    query: tuple[Member, ...]
    headers: tuple[str, ...]
    body: Type | None
    version: bool
    answer: Type | None
    item: Type | None


@dataclass(slots=True)
class Api:
    """What the document describes: shapes by name, and operations."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
