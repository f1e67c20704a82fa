"""Send the mails that Tocsin makes for an account: by its own server, else by that of the system.

`MailRouting` is the `MailRoutes` of the email channel. Mails of a client's calls and mails to owners never come here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.cause import CauseKind
from tocsin.content.domain.mail_header import UnsafeMail, single_address
from tocsin.content.domain.mime import MailTemplate
from tocsin.delivery.application.channels import MailRoute
from tocsin.delivery.domain.submission import OutcomeUnknown, Rejected, Submission, Waits
from tocsin.delivery.ports.senders import EmailSender, OutgoingEmail
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.limits.ports import Counters
from tocsin.notices.domain.owner_notification import OwnerNotification
from tocsin.tenant_mail.domain import breaker
from tocsin.tenant_mail.domain.mail_settings import MailServerState, MailSettings, OnUnknown
from tocsin.tenant_mail.domain.refused_mail import without_address
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerAnswer
from tocsin.tenant_mail.ports import AccessTokens, MailSettingsStore, OwnServers, RefusedMails

MailOwner = Callable[[TenantId, OwnerNotification], None]
"""Mails the owners of an account by the system's server, once per change. Raises StorageUnavailable."""

UNREADABLE = Rejected("check_failed", permanent=False)
"""The settings could not be read."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_ROUNDS = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailRouting:
    """Several threads may use it at once.

    Attributes:
        system: the system's server.
        system_allowed: whether an account without a server of its own may use it. May raise StorageUnavailable.
        mail_domain: the platform's.
    """

    store: MailSettingsStore
    smtp: OwnServers
    api: OwnServers
    tokens: AccessTokens
    system: EmailSender
    system_allowed: Callable[[TenantId], bool]
    mail_domain: str
    mail_owner: MailOwner
    refused: RefusedMails
    counters: Counters
    clock: Clock

    def __call__(self, alert: Alert, item: AlertItem) -> MailRoute | Rejected:
        """Return how a mail of the account goes now, or why it cannot go."""
        try:
            settings = self.store.get(alert.tenant)
            if not settings.has_own_server:
                allowed = self.system_allowed(alert.tenant)
                no_server = Rejected(MailReason.NO_MAIL_SERVER, permanent=True)
                return MailRoute(self.system, reply_to=settings.reply_to) if allowed else no_server
        except StorageUnavailable:
            return UNREADABLE
        address = settings.sender_address
        if address is None or not _is_address(address):
            return Rejected(MailReason.REFUSED, permanent=True)
        compile = partial(MailTemplate.compile, domain=self.mail_domain, sender_address=address)
        return MailRoute(OwnServer(self, settings, always=_is_test(alert)), compile, settings.reply_to)


@dataclass(frozen=True, slots=True)
class OwnServer:
    """An EmailSender: the own server of one account, as its settings were when the mail was begun.

    Attributes:
        always: it is a test, which is tried also while the server is failing, and never twice.
    """

    routing: MailRouting
    settings: MailSettings
    always: bool = False

    def send(self, message: OutgoingEmail) -> Submission:
        """Send one mail by the account's server, unless the server is failing and was tried within a minute."""
        submission, said = self._send(message)
        if isinstance(submission, Rejected) and submission is not UNREADABLE and not self.always:
            words = without_address(said, message.to)
            try:
                self.routing.refused.note(message.id, words, self.routing.clock(), waits=not submission.permanent)
            except StorageUnavailable:
                # It is tried at its own times, also if the settings are saved before.
                _log.warning("refused_mail_not_noted", extra={"tenant": self.settings.tenant})
        return submission

    def _send(self, message: OutgoingEmail) -> tuple[Submission, str]:
        """Return the outcome, and the server's words."""
        store, tenant = self.routing.store, self.settings.tenant
        try:
            now = self.routing.clock()
            state = store.state(tenant)
            if not self.always:
                if not breaker.may_try(state, now):
                    return Rejected(state.reason, permanent=False), state.said
                if (waits := self._turn(now)) is not None:
                    return waits, ""
                claimed = breaker.trying(state, now)
                if claimed is not None and not store.save_state(tenant, claimed):
                    # Another worker tries in this minute.
                    return Rejected(state.reason, permanent=False), state.said
        except StorageUnavailable:
            return UNREADABLE, ""
        answer = self._answer(message)
        try:
            self._note(answer)
        except StorageUnavailable:
            _log.warning("mail_server_state_not_saved", extra={"tenant": tenant})
        submission = answer.submission
        once = self.always or self.settings.on_unknown is OnUnknown.SILENCE
        if once and isinstance(submission, OutcomeUnknown):
            return replace(submission, resend=False), answer.said
        return submission, answer.said

    def _turn(self, now: datetime) -> Waits | None:
        """Count a mail in this minute; return until when it waits if the server takes no more. May raise."""
        most = self.settings.most_a_minute
        if most is None:
            return None
        minute = (now - _EPOCH) // _MINUTE
        begins = _EPOCH + minute * _MINUTE
        counter = f"own_mail#{minute}"
        asked = self.routing.counters.add(self.settings.tenant, counter, 1, begins + 2 * _MINUTE)
        # The second thirty wait for the next minute, the third for the one after it, so that few wait twice.
        later = (asked - 1) // most
        return Waits("mail_rate", begins + later * _MINUTE) if later else None

    def _answer(self, message: OutgoingEmail) -> ServerAnswer:
        servers = self.routing.api if self.settings.sends_by_api else self.routing.smtp
        message_id = f"{message.id.of_message}@{message.sender.rpartition('@')[2]}"
        token = self.routing.tokens.token(self.settings)
        if isinstance(token, ServerAnswer):
            return token
        answer = servers.send(self.settings, message, message_id, token)
        if token is not None and answer.reason == MailReason.AUTH_FAILED:
            # The token may have been revoked before its end. A new one is asked for once.
            token = self.routing.tokens.token(self.settings, refused=token)
            if isinstance(token, ServerAnswer):
                return token
            answer = servers.send(self.settings, message, message_id, token)
        return answer

    def _note(self, answer: ServerAnswer) -> None:
        store, tenant = self.routing.store, self.settings.tenant
        if not answer.works and store.get(tenant).version != self.settings.version:
            return  # the settings were saved meanwhile: this says nothing about the server that they name
        for _ in range(_ROUNDS):
            now = self.routing.clock()
            state = store.state(tenant)
            new = breaker.after(state, answer, now)
            if new is None or store.save_state(tenant, new):
                if new is not None and breaker.owner_is_due(new, now):
                    self.routing.mail_owner(tenant, _notification(new, now))
                    store.save_state(tenant, breaker.told(new))
                return


def _notification(state: MailServerState, now: datetime) -> OwnerNotification:
    since = state.since or now
    text = (
        f"Mails of your account do not go out by your own mail server since {since:%Y-%m-%d %H:%M} UTC: "
        f"{state.reason}. They are tried again for 24 hours. Please check the mail settings."
    )
    return OwnerNotification(f"mail server {since:%Y%m%dT%H%M%S}", since, "Your mail server does not work", text)


def _is_test(alert: Alert) -> bool:
    return alert.cause is not None and alert.cause.kind is CauseKind.MAIL_TEST


def _is_address(text: str) -> bool:
    try:
        single_address("From", text)
    except UnsafeMail:
        return False
    return True
