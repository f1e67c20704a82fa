"""The owners of our numbers, cached briefly. Only the owner texts from a number, calls from it, or is called on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from tocsin.alerts.application.preparation import Prepared
from tocsin.alerts.domain.capacity import PreparedElement
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import ANYBODY
from tocsin.content.domain.content import SmsContent
from tocsin.identity.domain.account_key import ACCOUNT_KEY, INSIDE
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.application.recently_read import RecentlyRead
from tocsin.kernel.ports import Clock
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.responses.ports.conversations import TwoWayNumbers
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.voice.domain.call_content import CallContent

OWNER_KNOWN_FOR = timedelta(seconds=60)
"""How long a process caches the owner of a number."""

_KEPT = 1000
_OF_ANOTHER_TENANT = "`sender` is a two-way number of another account; send from a number of yours, or from a name"
_OF_THE_INSIDE = "sender_not_allowed"
_NOT_OF_THE_ACCOUNT = "its From number is no number of this account any more"
_NOT_OURS = "`{field}` {number} is no number of this API key; your operator registers numbers"


class RecentNumbers:
    """A cache of numbers' owners, each at most OWNER_KNOWN_FOR old. For one thread."""

    def __init__(self, numbers: TwoWayNumbers, clock: Clock) -> None:
        self._recent = RecentlyRead(numbers.find, clock, OWNER_KNOWN_FOR, _KEPT)

    def owner(self, number: str) -> TwoWayNumber | None:
        """Return the owner of a number, None if the number has none. Raises StorageUnavailable."""
        return self._recent(number)


class CheckSender:
    """A filter: fails an element that would text from, call from or wait at a number of another owner.

    A number without an owner may be the client's own at the carrier, so texts are sent from it, but not those of the
    inside. Calls are not sent from it either: the receiver would see a number whose owner was not asked. A live key
    calls from its own numbers, a sandbox key and a person from all numbers of the account.
    """

    def __init__(self, numbers: TwoWayNumbers, clock: Clock) -> None:
        self._recent = RecentNumbers(numbers, clock)

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores
    ) -> list[Prepared]:
        """Return the elements; receivers of an element with such a number are excluded (ElementFilter)."""
        return [replace(each, element=self._checked(key, each.element)) for each in prepared]

    def _checked(self, key: ApiKey, element: PreparedElement) -> PreparedElement:
        if not element.recipients or (failure_reason := self._objection(key, element)) is None:
            return element
        foreign, detail = ExclusionReason.FOREIGN_SENDER, _OF_THE_INSIDE if key.id == INSIDE else ""
        out = tuple(Exclusion.of(who, foreign, detail) for who in element.recipients if who != ANYBODY)
        return replace(
            element,
            recipients=(),
            content=None,
            failure_reason=failure_reason,
            excluded=element.excluded + out,
            failure_code=detail or foreign.value,
        )

    def _objection(self, key: ApiKey, element: PreparedElement) -> str | None:
        """Return why the number may not be used, None if it may."""
        match element.content:
            case SmsContent(sender=sender) if key.id == INSIDE and sender.startswith("+"):
                owner = self._recent.owner(sender)
                return None if owner is not None and owner.tenant == key.tenant else _NOT_OF_THE_ACCOUNT
            case SmsContent(sender=sender) if sender.startswith("+"):
                owner = self._recent.owner(sender)
                return None if owner is None or owner.tenant == key.tenant else _OF_ANOTHER_TENANT
            case CallContent(number=number):
                if _may_call(key, self._recent.owner(number)):
                    return None
                field = "sender" if element.channel is Channel.CALL else "telephoneNumber"
                return _NOT_OURS.format(field=field, number=number)
            case _:
                return None


def _may_call(key: ApiKey, owner: TwoWayNumber | None) -> bool:
    if owner is None or owner.tenant != key.tenant:
        return False
    return key.sandbox or key.id in (owner.key_id, ACCOUNT_KEY)
