"""Whether an account's mail server is tried, and what is known of it after a try.

unknown, ok ──a mail did not go because of the server──► failing ──a mail went──► ok
failing: one try a minute for the whole account; after an hour its owner is told, once
any ──the mailbox's consent is gone──► disconnected ──connected again──► unknown
any ──settings of the server are saved──► unknown
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tocsin.tenant_mail.domain.mail_settings import MailServerState, ServerState
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerAnswer

BETWEEN_TRIES = timedelta(minutes=1)
TOLD_AFTER = timedelta(hours=1)
"""How long a server fails before the owner is mailed. Most failures are over before."""


def may_try(state: MailServerState, now: datetime) -> bool:
    """Whether a mail may be tried now."""
    if state.state is ServerState.DISCONNECTED:
        return False
    return state.state is not ServerState.FAILING or state.tries_at is None or state.tries_at <= now


def trying(state: MailServerState, now: datetime) -> MailServerState | None:
    """Return the state that keeps all other mails from a failing server for a minute; None: it is not failing."""
    if state.state is not ServerState.FAILING:
        return None
    return replace(state, tries_at=now + BETWEEN_TRIES, version=state.version + 1)


def after(state: MailServerState, answer: ServerAnswer, now: datetime) -> MailServerState | None:
    """Return the state after a try; None: nothing new is known. The last words of the server stay until a mail goes."""
    if answer.works is None:
        return None
    if answer.works:
        known = (state.state, state.reason, state.said)
        if known == (ServerState.OK, answer.reason, answer.said):
            return None
        since = state.since if state.state is ServerState.OK else now
        return MailServerState(ServerState.OK, since, answer.reason, answer.said, version=state.version + 1)
    consent_gone = answer.reason == MailReason.NOT_CONNECTED
    fails_as = ServerState.DISCONNECTED if consent_gone else ServerState.FAILING
    going_on = state.state is fails_as
    return MailServerState(
        fails_as,
        state.since if going_on else now,
        answer.reason,
        answer.said,
        None if consent_gone else now + BETWEEN_TRIES,
        told=going_on and state.told,
        version=state.version + 1,
    )


def owner_is_due(state: MailServerState, now: datetime) -> bool:
    """Whether the owner is to be mailed about a server that does not work: after an hour, at once without consent."""
    if state.told or state.since is None:
        return False
    if state.state is ServerState.DISCONNECTED:
        return True
    return state.state is ServerState.FAILING and now - state.since >= TOLD_AFTER


def told(state: MailServerState) -> MailServerState:
    """Return the state after the owner was mailed."""
    return replace(state, told=True, version=state.version + 1)


def saved(state: MailServerState) -> MailServerState:
    """Return the state after settings of the server were saved: it is tried at once."""
    return MailServerState(version=state.version + 1)
