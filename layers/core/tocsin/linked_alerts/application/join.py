"""Find the linked set of a request, or begin one. Nothing is written here: the decision is written with the alert.

no set       the request must have a contact group, and its alert becomes the master of a new set
a set        the request uses the group of the set and ignores its own
cancelled    the request fails, unless it lifts the cancellation
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alerts.application.draft import Joined
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.response_kind import Answered
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest, Superseded
from tocsin.kernel.domain.ids import AlertRef
from tocsin.linked_alerts.domain.link_set import LinkBegun, LinkJoined, LinkSet
from tocsin.linked_alerts.ports import LinkSets
from tocsin.stored_content.application.call_stores import CallStores, StoreUnusable

LINK_LIFETIME = Lifetime(duration=timedelta(days=30))
"""Default lifetime of a set, and lifetime of the cancellation of a set without alerts."""


LINK_CANCELLED = "link_cancelled"
"""Reason of `Superseded` for a cancelled set."""


@dataclass(frozen=True, slots=True)
class JoinLinkSet:
    """Decide which linked set a request joins or begins. Writes nothing."""

    links: LinkSets

    def __call__(self, key: ApiKey, request: SendRequest, stores: CallStores, ref: AlertRef, now: datetime) -> Joined:
        """Return the request as a member of the set that its `link` names.

        Raises:
            InvalidRequest: the set does not exist, and the request may not begin it or has no group.
            Superseded: the set was cancelled, and the request does not lift the cancellation.
            StorageUnavailable: the set cannot be read.
        """
        options = request.link
        assert options is not None
        link_key = options.key or LinkKey.of(key.tenant, key.id, options.link_ref, key.made)
        standing = self.links.standing(link_key, now)
        cancelled = standing is not None and standing.cancelled_at is not None
        if cancelled and not options.cancel_cancellation:
            sentence = "the alerts of this link were cancelled; use cancelCancellation to continue"
            raise Superseded(sentence, LINK_CANCELLED)
        if isinstance(standing, LinkSet):
            return self._joined(standing, request, stores, lift=cancelled)
        begun = _begun(link_key, options, request, stores, ref, now)
        return Joined(begun.link, request, LinkBegun(begun, cancelled), {})

    def _joined(self, standing: LinkSet, request: SendRequest, stores: CallStores, *, lift: bool) -> Joined:
        answered: Answered = {}
        if any(element.except_responded for element in request.elements):
            answered = self.links.answered(standing.link, least=request.least_evidence)
        ignored = request.group is not None and _group(request, stores) != standing.group
        member = replace(request, group=standing.group, group_stored_at=standing.created_at)
        return Joined(standing.link, member, LinkJoined(standing, lift), answered, ignored)


def _begun(
    key: LinkKey, options: LinkOptions, request: SendRequest, stores: CallStores, ref: AlertRef, now: datetime
) -> LinkSet:
    if options.only_if_exists:
        message = "names no linked set that exists, and linkOnlyIfRefAlreadyExists is set"
        raise InvalidRequest([Fault("/linkedAlerts/linkRef", "NO_SUCH_LINK", message)])
    if request.group is None:
        message = "the first alert of a linked set needs a contactGroup in the request"
        raise InvalidRequest([Fault("/contactGroup", "CONTACT_GROUP_REQUIRED", message)])
    group = _group(request, stores)
    if group is None:
        message = "there is no usable stored contactGroup of this id or name"
        raise InvalidRequest([Fault("/contactGroup/storedContactGroup", "NO_SUCH_STORE", message)])
    try:
        expires_at = (options.lifetime or LINK_LIFETIME).after(now)
    except ValueError as error:
        raise InvalidRequest([Fault("/linkedAlerts/lifetime", "OUT_OF_RANGE", str(error))]) from error
    return LinkSet(key, options.link_ref, ref, group, now, expires_at)


def _group(request: SendRequest, stores: CallStores) -> ContactGroup | None:
    """Return the contact group of a request; None = its stored content cannot be used."""
    if request.group is None or isinstance(request.group, ContactGroup):
        return request.group
    try:
        return stores.contact_group(request.group)
    except StoreUnusable:
        return None
