"""The contacts of a linked set that have answered, and how."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.alerts.domain.response_kind import ResponseKind

Answered = Mapping[str, frozenset[ResponseKind]]
"""How each contact of a set has answered so far, by contact id; contacts without an answer are absent."""


def has_answered(contact_id: str | None, kinds: frozenset[ResponseKind], answered: Answered) -> frozenset[ResponseKind]:
    """Return in which of these ways a contact has answered; empty for a plain recipient."""
    return frozenset() if contact_id is None else answered.get(contact_id, frozenset()) & kinds
