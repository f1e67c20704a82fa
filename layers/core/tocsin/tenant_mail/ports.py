"""Ports of tenant mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.senders import OutgoingEmail
from tocsin.kernel.domain.ids import TenantId
from tocsin.tenant_mail.domain.connecting import ConnectAttempt
from tocsin.tenant_mail.domain.mail_run import MailRun
from tocsin.tenant_mail.domain.mail_settings import MailServerState, MailServerType, MailSettings, MailTransport
from tocsin.tenant_mail.domain.mailbox_consent import MailApp, MailTokens
from tocsin.tenant_mail.domain.refused_mail import WaitingMail
from tocsin.tenant_mail.domain.server_answer import ServerAnswer
from tocsin.tenant_mail.domain.template_words import MailTemplateRow
from tocsin.tenant_mail.domain.voicemails import MailedVoicemails


class MailSettingsStore(Protocol):
    """The settings of each account; secrets are sealed in a row of their own."""

    def get(self, tenant: TenantId) -> MailSettings:
        """Return the settings with their secrets, strongly consistent; the defaults if they were never saved."""
        ...

    def save(self, settings: MailSettings, now: datetime) -> bool:
        """Store settings over the version before their own. False: another writer was first; read again."""
        ...

    def state(self, tenant: TenantId) -> MailServerState:
        """Return the state of the account's mail server, strongly consistent."""
        ...

    def save_state(self, tenant: TenantId, state: MailServerState) -> bool:
        """Store a state over the version before its own. False: another writer was first; read again."""
        ...


class OwnServers(Protocol):
    """The mail servers of accounts. Several threads may use it at once."""

    def send(self, settings: MailSettings, mail: OutgoingEmail, message_id: str, token: str | None) -> ServerAnswer:
        """Send one mail and return what became of it. Never raises because of the server or the network.

        Args:
            settings: with an own server.
            message_id: the id that stands in the mail; it is the provider's id of an accepted one.
            token: access token of the mailbox that consented; None = sign in as the settings say.
        """
        ...

    def close(self) -> None:
        """Close what is kept between mails. Call it before the process may be frozen."""
        ...


class RefusedMails(Protocol):
    """Mails that accounts' own servers did not take: the servers' words, and which alerts have mails that wait.

    Several threads may use it at once.
    """

    def note(self, id: MessageId, said: str, now: datetime, *, waits: bool) -> None:
        """Keep the server's words about a mail in place of earlier ones, for WORDS_KEPT; "" = keep none.

        Args:
            said: without the receiver's address.
            waits: it is tried again; its alert is among the waiting ones for WAITS_KEPT.
        """
        ...

    def said(
        self, tenant: TenantId, messages: Sequence[tuple[ChunkKey, int]], now: datetime
    ) -> Mapping[tuple[ChunkKey, int], str]:
        """Return the words about messages, given by chunk and position; those without words are absent."""
        ...

    def waiting(self, tenant: TenantId, limit: int, now: datetime) -> Sequence[WaitingMail]:
        """Return at most `limit` alerts that may have mails that wait, strongly consistent, oldest alert first."""
        ...

    def forget(self, tenant: TenantId, waiting: WaitingMail) -> None:
        """Take an alert off the waiting ones, unless another mail of it was refused since."""
        ...


class ConnectAttempts(Protocol):
    """Connections of mailboxes that were begun. They go soon after they can no longer be finished."""

    def begin(self, attempt: ConnectAttempt) -> None:
        """Store a new attempt, so that its id alone finds it."""
        ...

    def find(self, id: str) -> ConnectAttempt | None:
        """Return an attempt, strongly consistent; None = there is none. It may be over."""
        ...

    def save(self, attempt: ConnectAttempt) -> bool:
        """Store an attempt over the version before its own. False: another call was first."""
        ...


class AccessTokens(Protocol):
    """Access tokens of the mailboxes that consented, from Microsoft and Google. Several threads may use it at once."""

    def token(self, settings: MailSettings, refused: str | None = None) -> str | ServerAnswer | None:
        """Return the token to send by; None: these settings need none. Else why there is none.

        Args:
            refused: a token that the mail server did not take; another one is asked for.
        """
        ...


class TokenServers(Protocol):
    """The token servers of Microsoft and Google. Several threads may use it at once."""

    def consent_page(
        self,
        type: MailServerType,
        client_id: str,
        *,
        redirect_uri: str,
        state: str,
        challenge: str,
        mailbox: str = "",
        transport: MailTransport = MailTransport.API,
    ) -> str:
        """Return the URL of the page on which a mailbox consents.

        Args:
            redirect_uri: where the page sends the browser with `code` and `state`.
            challenge: of PKCE, see `challenge_of`.
            mailbox: that is proposed.
        """
        ...

    def redeem(self, type: MailServerType, app: MailApp, *, code: str, verifier: str, redirect_uri: str) -> MailTokens:
        """Return the tokens of a consent.

        Raises:
            ServerFault: `not_connected` the code is used, over or of another verifier; `auth_failed` of the app;
                `refused` or `unreachable` for now.
        """
        ...

    def refresh(self, type: MailServerType, app: MailApp, refresh_token: str) -> MailTokens:
        """Return new tokens.

        Raises:
            ServerFault: as `redeem`; `not_connected` the mailbox consents no more.
        """
        ...


class MailTemplates(Protocol):
    """The templates of accounts."""

    def get(self, tenant: TenantId, name: str) -> MailTemplateRow | None:
        """Return an account's own template, strongly consistent; None = it has none of this name."""
        ...

    def all(self, tenant: TenantId) -> Sequence[MailTemplateRow]:
        """Return all templates of an account's own, by name."""
        ...

    def save(self, tenant: TenantId, template: MailTemplateRow) -> bool:
        """Store a template over the version before its own. False: another writer was first; read again."""
        ...

    def delete(self, tenant: TenantId, name: str) -> bool:
        """Delete a template. False: there was none."""
        ...


@dataclass(frozen=True, slots=True)
class MailRunPage:
    """Runs, newest first. A page may be short. `next` is opaque, None on the last page."""

    runs: Sequence[MailRun]
    next: str | None


class MailRuns(Protocol):
    """What became of the mail about each event, for RUN_KEPT after the receipt of the event."""

    def add(self, run: MailRun) -> bool:
        """Add a run without an alert of its own. False: the event has one already, which stays as it is."""
        ...

    def get(self, tenant: TenantId, id: str, now: datetime) -> MailRun | None:
        """Return a run, strongly consistent; None = there is none."""
        ...

    def page(self, tenant: TenantId, limit: int, cursor: str | None, now: datetime) -> MailRunPage:
        """Return a page of runs.

        Raises:
            InvalidRequest: the cursor is of another list.
        """
        ...


class VoicemailLists(Protocol):
    """The voicemails that were mailed, by mailbox and caller, for a day. They are written with their alerts."""

    def get(self, tenant: TenantId, name: str) -> MailedVoicemails:
        """Return the list of a mailbox and a caller, strongly consistent; an empty one if none is kept."""
        ...
