"""Calls that people were told of and texts of contacts, in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.kernel.domain.ids import TenantId
from tocsin.personal_notices.domain.bursts import BURSTS_KEPT, TextsOfContact
from tocsin.personal_notices.domain.told_calls import TOLD_KEPT, ToldCalls


class FakeCallsTold:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], tuple[ToldCalls, datetime]] = {}
        self.outage = Outage()

    def find(self, tenant: TenantId, caller: str, now: datetime) -> ToldCalls:
        self.outage.check()
        calls, until = self.kept.get((tenant, caller), (ToldCalls(tenant, caller), now))
        return calls if now < until else replace(calls, calls=())

    def save(self, calls: ToldCalls, now: datetime) -> bool:
        self.outage.check()
        standing, _ = self.kept.get((calls.tenant, calls.caller), (ToldCalls(calls.tenant, calls.caller), now))
        if standing.version != calls.version - 1:
            return standing == calls
        self.kept[calls.tenant, calls.caller] = calls, now + TOLD_KEPT
        return True


class FakeTextsOfContacts:
    """`kept` may be inspected; `lost` counts the writes that another writer was faster than."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str, str], tuple[TextsOfContact, datetime]] = {}
        self.lost = 0
        self.outage = Outage()

    def find(self, tenant: TenantId, number: str, contact: str, now: datetime) -> TextsOfContact:
        self.outage.check()
        texts, until = self.kept.get((tenant, number, contact), (TextsOfContact(), now))
        return texts if now < until else TextsOfContact(version=texts.version)

    def save(self, tenant: TenantId, number: str, contact: str, texts: TextsOfContact, now: datetime) -> bool:
        self.outage.check()
        standing, _ = self.kept.get((tenant, number, contact), (TextsOfContact(), now))
        if standing.version != texts.version - 1:
            self.lost += standing != texts
            return standing == texts
        self.kept[tenant, number, contact] = texts, now + BURSTS_KEPT
        return True
