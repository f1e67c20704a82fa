"""Do what events bring about.

    order ──► read the rows ──► each act in turn ──► the row is done

Every act may be repeated: a worker that dies leaves the row owed, and the next order begins with the first act again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.acts import Act, ActKind
from tocsin.telephony.domain.stored_event import EventOrder, StoredEvent
from tocsin.telephony.ports.event_rows import EventRows

Perform = Callable[[TenantId, StoredEvent, Act], None]
"""Performs one act of an event. It may be repeated. Raises StorageUnavailable: repeat it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ActOnEvents:
    """Does what is owed of the events of an order.

    Attributes:
        perform: how acts of each kind are performed.
    """

    rows: EventRows
    perform: Mapping[ActKind, Perform]
    clock: Clock

    def __call__(self, order: EventOrder) -> None:
        """Do it. Events that are gone, or owe nothing any more, are skipped. A failed one stops no other.

        Raises:
            Exception: the first failure. Some acts may be done; the same order may be repeated.
        """
        failures: list[Exception] = []
        for name, stored in self.rows.read(order.tenant, order.names, self.clock()).items():
            if not stored.owed:
                continue
            try:
                for act in stored.acts:
                    self.perform[ActKind(act[0])](order.tenant, stored, act)
                self.rows.done(order.tenant, name)
            except Exception as error:
                _log.warning("an event was not acted on", extra={"tenant": order.tenant, "event": name}, exc_info=True)
                failures.append(error)
        if failures:
            raise failures[0]
