"""Changes of a person that follow from signing in, written to the directory."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.audit.domain.entry import AuditEntry
from tocsin.directory.ports import Directory, DirectoryChange
from tocsin.identity.domain.user import User


@dataclass(frozen=True, slots=True)
class WritePerson:
    """The port `PersonChanges` over the directory."""

    directory: Directory

    def replace(self, before: User, after: User, entry: AuditEntry) -> None:
        """Write a person and the audit entry, or neither. Raises StaleWrite."""
        self.directory.commit([DirectoryChange(before, after, entry)])
