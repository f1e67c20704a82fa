"""The mail settings of accounts in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.kernel.domain.ids import TenantId
from tocsin.tenant_mail.domain.mail_settings import MailServerState, MailSettings


class FakeMailSettingsStore:
    """`kept` and `states` may be inspected. Like the real one it keeps times to the millisecond."""

    def __init__(self) -> None:
        self.kept: dict[TenantId, MailSettings] = {}
        self.states: dict[TenantId, MailServerState] = {}
        self.outage = Outage()

    def get(self, tenant: TenantId) -> MailSettings:
        self.outage.check()
        return self.kept.get(tenant, MailSettings(tenant=tenant))

    def save(self, settings: MailSettings, now: datetime) -> bool:
        standing = self.get(settings.tenant)
        if standing == settings:
            return True
        if standing.version != settings.version - 1:
            return False
        self.kept[settings.tenant] = settings
        return True

    def state(self, tenant: TenantId) -> MailServerState:
        self.outage.check()
        return self.states.get(tenant, MailServerState())

    def save_state(self, tenant: TenantId, state: MailServerState) -> bool:
        if self.state(tenant).version != state.version - 1:
            return False
        self.states[tenant] = replace(state, since=_milliseconds(state.since), tries_at=_milliseconds(state.tries_at))
        return True


def _milliseconds(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(microsecond=at.microsecond // 1000 * 1000)
