"""The desk a client calls at: every use case behind the API, over fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tests.builders import KEY, TENANT
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.conversations import FakeTwoWayNumbers
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.fakes.randomness import SeededRandomness
from tests.fakes.responses import FakeResponses
from tests.fakes.schedules import no_schedules
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeLimitSettings
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import VirtualClock
from tests.fakes.work import FakeDispatchProgress
from tocsin.alerts.application.element_filter import ElementFilter
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.elements import Element, Receivers
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.client_api.application.cancel_alerts import CancelAlerts
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.options import EmailOptions, SmsOptions, VoiceOptions
from tocsin.escalation.application.prepare import begun
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId
from tocsin.limits.application.number_filter import NumberFilter
from tocsin.linked_alerts.application.join import JoinLinkSet
from tocsin.privacy.application.drop_erased import DropErased
from tocsin.privacy.application.erase_contact import fingerprint
from tocsin.responses.application.two_way_senders import CheckSender
from tocsin.stored_content.application.store import StoreContent
from tocsin.stored_content.domain.store_request import StoreElement
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef


def a_key(
    key_id: str = KEY, *, kind: KeyKind = KeyKind.LIVE, rights: frozenset[Right] = frozenset(), **changes: object
) -> ApiKey:
    """Return a key; by default live, unlimited and without special rights."""
    key = ApiKey(TENANT, ApiKeyId(key_id), kind, "test", "hash", rights)
    return replace(key, **changes)  # type: ignore[arg-type]


def an_sms(
    *to: str, tag: str = "s", text: str | None = "trunk 7 is down", stored: StoreRef | None = None, **receivers: object
) -> Element:
    """Return an sms element to plain numbers, or to whatever receiver forms are named."""
    who = Receivers(recipients=to, **receivers)  # type: ignore[arg-type]
    return Element(Channel.SMS, tag, who, SmsOptions("Tocsin"), None if stored else text, stored)


def an_email(
    *to: str,
    tag: str = "e",
    body: str | None = "trunk 7 is down",
    options: EmailOptions | None = None,
    stored: StoreRef | None = None,
    **receivers: object,
) -> Element:
    """Return an email element."""
    who = Receivers(recipients=to, **receivers)  # type: ignore[arg-type]
    options = options or EmailOptions(subject="Trunk 7")
    return Element(Channel.EMAIL, tag, who, options, None if stored else body, stored)


def a_call(*to: str, channel: Channel = Channel.CALL) -> Element:
    """Return a voice element."""
    return Element(channel, "c", Receivers(recipients=to), VoiceOptions("+442079460018"), "trunk 7 is down")


def a_request(*elements: Element, **fields: object) -> SendRequest:
    """Return a call with these elements."""
    return SendRequest("ref-1", elements, **fields)  # type: ignore[arg-type]


def a_claim(key: str = "once", fingerprint: str = "f1") -> IdempotencyClaim:
    """Return a use of an Idempotency-Key."""
    return IdempotencyClaim("sendalert", key, fingerprint)


class Desk:
    """One world of fakes; its parts may be inspected.

    `filters` is the list that every send passes: one more entry is one more reason why somebody is not contacted.
    """

    def __init__(self, capacities: dict[Channel, int] | None = None) -> None:
        self.clock = VirtualClock()
        self.rng = SeededRandomness()
        self.keys = FakeApiKeyRepository()
        self.work = FakeDispatchProgress()
        self.alerts = FakeAlertRepository(self.work, self.keys.capacities)
        self.links = FakeLinkSets()
        self.links.written_participants(self.alerts)
        self.responses = FakeResponses(self.links)
        self.told = FakeAccountNotices()
        self.stores = FakeStoredContentRepository()
        self.queue = FakeDispatchQueue()
        self.key = a_key(limited=frozenset(capacities or ()))
        self.keys.add(self.key, capacities or {})
        self.tenants = FakeTenantRepository()
        self.tenants.add(Tenant(TENANT, "Acme", self.clock()))
        clocks = AccountClocks(self.tenants, self.clock)
        self.sealer, self.erasures = FakeSealer(), FakeErasureLedger()
        self.numbers, self.sending_limits = FakeTwoWayNumbers(), FakeLimitSettings()
        self.filters: list[ElementFilter] = [
            DropErased(self.erasures, self.sealer),
            CheckSender(self.numbers, self.clock),
            NumberFilter(self.sending_limits, self.clock),
        ]
        prepare = PrepareSend(
            self.stores,
            self.rng,
            clocks=clocks,
            begin_escalation=begun,
            join=JoinLinkSet(self.links),
            filters=self.filters,
        )
        self.send_alert = SendAlert(prepare, self.alerts, self.keys, self.queue, self.clock, self.told)
        self.scheduled_links: set[str] = set()
        self.cancel_alerts = CancelAlerts(
            self.alerts,
            self.work,
            FakeMessageRows(),
            self.clock,
            self.links,
            no_schedules(self.alerts, self.clock),
            names_link=lambda key, link_ref, now: link_ref in self.scheduled_links,
        )
        self.store_content = StoreContent(self.stores, self.clock, self.rng)

    def send(
        self,
        *elements: Element,
        key: ApiKey | None = None,
        claim: IdempotencyClaim | None = None,
        group: ContactGroup | StoreRef | None = None,
        urgent: bool = False,
        link: LinkOptions | None = None,
    ) -> SendResult:
        request = a_request(*elements, group=group, urgent=urgent, link=link)
        return self.send_alert(key or self.key, request, claim)

    def erase(self, *addresses: str) -> None:
        """Enter people into the ledger of the erased; the walk that takes them out of everything has not begun."""
        self.erasures.enter(TENANT, [fingerprint(self.sealer, TENANT, one) for one in addresses], self.clock())

    def store(self, kind: ContentType, content: str, *, name: str | None = None, key: ApiKey | None = None) -> StoreRef:
        """Store something and return how it is named."""
        (item,) = self.store_content(key or self.key, [StoreElement(kind, "t", content, name)]).items
        assert item.success, item.failure_reason
        return StoreRef(store_id=item.store_id)

    def stored(self, ref: StoreRef, key: ApiKey | None = None) -> StoredContent | None:
        key = key or self.key
        return self.stores.find(key.tenant, key.id, StoreId(ref.store_id or ""), self.clock())

    def alert(self, result: SendResult) -> Alert:
        """Return the alert a result speaks of."""
        found = self.alerts.get(self.key.tenant, AlertRef(result.alert_ref or ""))
        assert found is not None
        return found

    def recipients(self, result: SendResult, item: int = 0) -> list[Recipient]:
        """Return who was accepted for an element, in order."""
        keys = dict.fromkeys(batch.key for batch in self.alert(result).batches() if batch.key.item == item)
        return [recipient for key in keys for recipient in self.alerts.recipients(key)]

    def expiry(self, ref: StoreRef) -> datetime | None:
        """Return when a store expires."""
        found = self.stored(ref)
        assert found is not None
        return found.expires_at
