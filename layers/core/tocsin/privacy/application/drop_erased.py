"""At acceptance: excludes erased people whom stored content still names.

An erasure takes minutes. Until the erasure reaches a row, stored content, the group of a linked set and the steps of an
escalation may still name the person; only the erasure ledger says that the person was erased. An address in the call
itself is new data, so an erased person whom a later call names is contacted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial

from tocsin.alerts.application.preparation import Prepared
from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.privacy.application.erase_contact import fingerprint
from tocsin.privacy.domain.erasure import canonical
from tocsin.privacy.ports import ErasureLedger
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.stored_content.domain.stored_content import ContentType

_NAMING = {ContentType.RECIPIENT_LIST, ContentType.CONTACT_GROUP}
"""Types of stored content with addresses; lists of contacts and of sets contain ids only."""


class DropErased:
    """A filter: excludes receivers who were erased after the stored content that names them was written."""

    def __init__(self, ledger: ErasureLedger, sealer: Sealer) -> None:
        self._ledger = ledger
        self._sealer = sealer

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores
    ) -> list[Prepared]:
        """Return the elements without receivers who were erased after their stored content was written.

        Each of them becomes an exclusion with reason ERASED and no address (ElementFilter).
        """
        tenant = key.tenant
        erased_since = cache(partial(self._ledger.since, tenant))  # most elements of a call use the same content
        return [
            self._checked(tenant, request, element, each, stores, erased_since)
            for element, each in zip(request.elements, prepared, strict=True)
        ]

    def _checked(
        self,
        tenant: TenantId,
        request: SendRequest,
        element: Element,
        each: Prepared,
        stores: CallStores,
        erased_since: Callable[[datetime], Collection[bytes]],
    ) -> Prepared:
        written = [at for ref, kind in each.uses if kind in _NAMING and (at := stores.written(ref, kind))]
        if request.stored_at is not None:
            written.append(request.stored_at)
        if request.group_stored_at is not None and element.receivers.from_group:
            written.append(request.group_stored_at)
        if not written or not each.element.recipients:
            return each
        erased = erased_since(min(written))
        if not erased:
            return each
        anew = _named_anew(request, element)
        kept = tuple(
            one
            for one in each.element.recipients
            if mailbox_key(one.address) in anew or fingerprint(self._sealer, tenant, one.address) not in erased
        )
        if gone := len(each.element.recipients) - len(kept):
            reasons = [each.element.failure_reason] if each.element.failure_reason else []
            why = "; ".join([*reasons, f"{gone} who asked to be forgotten since they were stored"])
            excluded = each.element.excluded + (Exclusion(None, ERASED_ADDRESS, ExclusionReason.ERASED),) * gone
            kept_of = replace(each.element, recipients=kept, failure_reason=why, excluded=excluded)
            return replace(each, element=kept_of)
        return each


def _named_anew(request: SendRequest, element: Element) -> set[str]:
    """Return the addresses in the call itself, as mailbox keys."""
    if request.stored_at is not None:
        return set()
    said = list(element.receivers.recipients)
    if isinstance(request.group, ContactGroup) and request.group_stored_at is None:
        said += [contact.address_on(element.channel) for contact in request.group.contacts.values()]
    anew = set()
    for address in said:
        try:
            anew.add(mailbox_key(canonical(address)))
        except ValueError:
            continue
    return anew
