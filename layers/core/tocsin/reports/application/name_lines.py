"""What lines are called, by the names that events give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.directory.domain.things import Kind, Line
from tocsin.directory.ports import Directory
from tocsin.kernel.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class NameAllLines:
    """Reads the lines of the directory. It is a `NameLines`."""

    directory: Directory

    def __call__(self, tenant: TenantId) -> Mapping[str, str]:
        """Return extension and label of each line, by its id, extension and aliases. Raises StorageUnavailable."""
        named: dict[str, str] = {}
        for line in self.directory.all(tenant, Kind.LINE):
            if isinstance(line, Line):
                shown = f"{line.extension} {line.label}".strip()
                named |= dict.fromkeys((name.casefold() for name in (line.id, line.extension, *line.aliases)), shown)
        return named
