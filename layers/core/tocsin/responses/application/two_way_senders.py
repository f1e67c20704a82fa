"""The owners of two-way numbers, cached briefly. Only the owner sends from a two-way number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tocsin.alerts.application.preparation import Prepared
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
"""How long a process caches the owner of a number."""

_KEPT = 1000
_OF_ANOTHER_TENANT = "`sender` is a two-way number of another account; send from a number of yours, or from a name"


class RecentNumbers:
    """A cache of numbers' owners, each at most OWNER_KNOWN_FOR old. For one thread."""

    def __init__(self, numbers: TwoWayNumbers, clock: Clock) -> None:
        self._numbers = numbers
        self._clock = clock
        self._known: dict[str, tuple[datetime, TwoWayNumber | None]] = {}

    def owner(self, number: str) -> TwoWayNumber | None:
        """Return the owner of a number, None if the number has none. Raises StorageUnavailable."""
        now = self._clock()
        read_at, owner = self._known.get(number, (None, None))
        if read_at is None or not timedelta(0) <= now - read_at < OWNER_KNOWN_FOR:
            owner = self._numbers.find(number)
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[number] = (now, owner)
        return owner


class CheckSender:
    """A filter: fails an element whose sender is another tenant's two-way number, because replies would go there.

    A number without an owner may be the client's own at the carrier, so it is accepted.
    """

    def __init__(self, numbers: TwoWayNumbers, clock: Clock) -> None:
        self._recent = RecentNumbers(numbers, clock)

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores
    ) -> list[Prepared]:
        """Return the elements; receivers of an element with another tenant's sender are excluded (ElementFilter)."""
        return [replace(each, element=self._checked(key.tenant, each.element)) for each in prepared]

    def _checked(self, tenant: TenantId, element: PreparedElement) -> PreparedElement:
        """Return the element; if its sender is another tenant's number, without receivers and with the reason."""
        content = element.content
        if not isinstance(content, SmsContent) or not content.sender.startswith("+") or not element.recipients:
            return element
        owner = self._recent.owner(content.sender)
        if owner is None or owner.tenant == tenant:
            return element
        out = tuple(Exclusion.of(who, ExclusionReason.FOREIGN_SENDER) for who in element.recipients)
        excluded = element.excluded + out
        return replace(
            element,
            recipients=(),
            content=None,
            failure_reason=_OF_ANOTHER_TENANT,
            excluded=excluded,
            failure_code=ExclusionReason.FOREIGN_SENDER.value,
        )
