"""Port of the references in subjects. They are written when their alert is accepted."""

from __future__ import annotations

from typing import Protocol

from tocsin.kernel.domain.ids import AlertRef, TenantId


class SubjectReferences(Protocol):
    """From a reference in a subject to its alert."""

    def find(self, reference: str) -> tuple[TenantId, AlertRef] | None:
        """Return whose alert it stands for, brackets included; the alert may be over."""
        ...
