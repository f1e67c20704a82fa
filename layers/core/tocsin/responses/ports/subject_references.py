"""Port of the references in mail subjects. Acceptance of the alert stores them."""

from __future__ import annotations

from typing import Protocol

from tocsin.kernel.domain.ids import AlertRef, TenantId


class SubjectReferences(Protocol):
    """Finds the alert of a reference in a mail subject."""

    def find(self, reference: str) -> tuple[TenantId, AlertRef] | None:
        """Return tenant and alert of a reference, None if unknown. The alert may have expired.

        Args:
            reference: with its brackets.
        """
        ...
