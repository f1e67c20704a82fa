"""Composition of the use cases of event sources and telephony events, for the settings API and the console.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.bootstrap.storage import Storage
    from tocsin.telephony.application.manage_sources import ManageSources


class TelephonyUseCases:
    """The use cases of event sources and telephony events."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @cached_property
    def manage_sources(self) -> ManageSources:
        """Sources of events."""
        from tocsin.telephony.application.manage_sources import ManageSources

        return ManageSources(
            sources=self._storage.event_sources,
            samples=self._storage.source_samples,
            trail=self._storage.audit_trail,
            sealer=self._storage.sealer,
            clock=self._storage.clock,
            randomness=self._storage.randomness,
        )
