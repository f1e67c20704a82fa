"""The mail settings and templates of accounts in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.senders import OutgoingEmail
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.tenant_mail.domain.mail_settings import MailServerState, MailServerType, MailSettings
from tocsin.tenant_mail.domain.mailbox_consent import MailApp, MailTokens
from tocsin.tenant_mail.domain.refused_mail import WAITS_KEPT, WORDS_KEPT, WaitingMail
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerAnswer, ServerFault, accepted
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


class FakeTokenServers:
    """Gives tokens `a1`, `a2` … for grants in `good`, and with `rotates` a new grant each time."""

    def __init__(self, *good: str, rotates: bool = False) -> None:
        self.good = set(good)
        self.rotates = rotates
        self.apps: list[MailApp] = []
        self.faults: list[ServerFault] = []

    def consent_page(self, type: MailServerType, client_id: str, **asked: str) -> str:
        return f"https://{type}.example/{client_id}?state={asked['state']}&code_challenge={asked['challenge']}"

    def redeem(self, type: MailServerType, app: MailApp, *, code: str, verifier: str, redirect_uri: str) -> MailTokens:
        return self.refresh(type, app, code)

    def refresh(self, type: MailServerType, app: MailApp, refresh_token: str) -> MailTokens:
        if self.faults:
            raise self.faults.pop(0)
        if refresh_token not in self.good:
            raise ServerFault(MailReason.NOT_CONNECTED, "invalid_grant")
        self.apps.append(app)
        new = f"grant{len(self.apps)}" if self.rotates else None
        if new is not None:
            self.good = {new}
        return MailTokens(f"a{len(self.apps)}", timedelta(hours=1), new)


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


class FakeRefusedMails:
    """`words` and `alerts` may be inspected."""

    def __init__(self) -> None:
        self.words: dict[tuple[ChunkKey, int], tuple[str, datetime]] = {}
        self.alerts: dict[tuple[TenantId, AlertRef], WaitingMail] = {}
        self.outage = Outage()

    def note(self, id: MessageId, said: str, now: datetime, *, waits: bool) -> None:
        self.outage.check()
        if waits:
            at = _milliseconds(now)
            assert at is not None
            self.alerts[id.key.tenant, id.key.alert] = WaitingMail(id.key.alert, at)
        if said:
            self.words[id.key, id.position] = (said, now + WORDS_KEPT)

    def said(
        self, tenant: TenantId, messages: Sequence[tuple[ChunkKey, int]], now: datetime
    ) -> Mapping[tuple[ChunkKey, int], str]:
        self.outage.check()
        found = {place: self.words[place] for place in messages if place in self.words}
        return {place: said for place, (said, until) in found.items() if now < until}

    def waiting(self, tenant: TenantId, limit: int, now: datetime) -> Sequence[WaitingMail]:
        self.outage.check()
        found = [each for (owner, _), each in sorted(self.alerts.items(), key=lambda kept: kept[0]) if owner == tenant]
        return [each for each in found if now < each.at + WAITS_KEPT][:limit]

    def forget(self, tenant: TenantId, waiting: WaitingMail) -> None:
        self.outage.check()
        if self.alerts.get((tenant, waiting.alert)) == waiting:
            del self.alerts[tenant, waiting.alert]


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
