"""Whose a two-way number is, remembered for a moment; and nobody but its tenant sends from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tocsin.alerts.application.prepare_elements import Prepared
from tocsin.alerts.domain.capacity import PreparedElement
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.request import SendRequest
from tocsin.content.domain.content import SmsContent
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.responses.ports.conversations import TwoWayNumbers
from tocsin.stored_content.application.call_stores import CallStores

OWNER_KNOWN_FOR = timedelta(seconds=60)
"""How long a process goes by what it has read of a number."""

_KEPT = 1000
_OF_ANOTHER_TENANT = "`sender` is a two-way number of another account; send from a number of yours, or from a name"


class RecentNumbers:
    """The owners of the last numbers asked for, at most OWNER_KNOWN_FOR old. Belongs to one thread."""

    def __init__(self, numbers: TwoWayNumbers, clock: Clock) -> None:
        self._numbers = numbers
        self._clock = clock
        self._known: dict[str, tuple[datetime, TwoWayNumber | None]] = {}

    def owner(self, number: str) -> TwoWayNumber | None:
        """Return whose a number is, None if it is nobody's. Raises StorageUnavailable."""
        now = self._clock()
        read_at, owner = self._known.get(number, (None, None))
        if read_at is None or not timedelta(0) <= now - read_at < OWNER_KNOWN_FOR:
            owner = self._numbers.find(number)
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[number] = (now, owner)
        return owner


class CheckSender:
    """A filter: fail an element that would send from a number of another tenant's: the answers would be theirs to read.

    A number that is nobody's here may be the client's own at the carrier, and is let pass.
    """

    def __init__(self, numbers: TwoWayNumbers, clock: Clock) -> None:
        self._recent = RecentNumbers(numbers, clock)

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores
    ) -> list[Prepared]:
        """See ElementFilter."""
        return [replace(each, element=self._checked(key.tenant, each.element)) for each in prepared]

    def _checked(self, tenant: TenantId, element: PreparedElement) -> PreparedElement:
        """Return the element, without receivers and saying why if its sender is somebody else's."""
        content = element.content
        if not isinstance(content, SmsContent) or not content.sender.startswith("+") or not element.recipients:
            return element
        owner = self._recent.owner(content.sender)
        if owner is None or owner.tenant == tenant:
            return element
        out = tuple(
            Exclusion(who.contact_id, who.address, ExclusionReason.FOREIGN_SENDER) for who in element.recipients
        )
        excluded = element.excluded + out
        return replace(element, recipients=(), content=None, failure_reason=_OF_ANOTHER_TENANT, excluded=excluded)
