"""The mail settings and templates of accounts in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.delivery.ports.senders import OutgoingEmail
from tocsin.kernel.domain.ids import TenantId
from tocsin.tenant_mail.domain.mail_settings import MailServerState, MailSettings
from tocsin.tenant_mail.domain.server_answer import ServerAnswer, accepted
from tocsin.tenant_mail.domain.template_words import MailTemplateRow


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


class FakeMailTemplates:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], MailTemplateRow] = {}
        self.outage = Outage()

    def get(self, tenant: TenantId, name: str) -> MailTemplateRow | None:
        self.outage.check()
        return self.kept.get((tenant, name))

    def all(self, tenant: TenantId) -> Sequence[MailTemplateRow]:
        return [row for (owner, _), row in sorted(self.kept.items()) if owner == tenant]

    def save(self, tenant: TenantId, template: MailTemplateRow) -> bool:
        standing = self.get(tenant, template.name)
        if standing == template:
            return True
        if (standing.version if standing else 0) != template.version - 1:
            return False
        self.kept[tenant, template.name] = template
        return True

    def delete(self, tenant: TenantId, name: str) -> bool:
        self.outage.check()
        return self.kept.pop((tenant, name), None) is not None


class FakeOwnServers:
    """Answers each mail by the next of `answers`, then accepts. `sent` holds user name, receiver, message id, token, mail."""

    def __init__(self, *answers: ServerAnswer) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, str, str | None, bytes]] = []
        self.closed = 0

    def send(self, settings: MailSettings, mail: OutgoingEmail, message_id: str, token: str | None) -> ServerAnswer:
        self.sent.append((settings.username, mail.to, message_id, token, mail.mime))
        return self.answers.pop(0) if self.answers else accepted(message_id)

    def close(self) -> None:
        self.closed += 1


class FakeAccessTokens:
    """Gives `tokens` one after another; None: the settings need none."""

    def __init__(self, *tokens: str | ServerAnswer | None) -> None:
        self.tokens = list(tokens)
        self.refused: list[str | None] = []

    def token(self, settings: MailSettings, refused: str | None = None) -> str | ServerAnswer | None:
        self.refused.append(refused)
        return self.tokens.pop(0) if self.tokens else None
