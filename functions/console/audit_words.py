"""Entries of the audit trail in words: what was done, and what was different before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.words import ROLES
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.audit.domain.entry import AuditEntry

KINDS = {
    "account": "the account",
    "alert": "the alert",
    "alert_rule": "the alert rule",
    "api_key": "the key",
    "appointment": "the appointment",
    "callback": "the callback",
    "company": "the company",
    "event_source": "the event source",
    "group": "the group",
    "integration": "the integration",
    "integration_alert": "an alert of integrations",
    "line": "the line",
    "mail_template": "the mail template",
    "notification_settings": "the notification settings of",
    "phone_number": "the number",
    "role": "the role",
    "token": "the token",
    "user": "",
}
"""What stands before a thing's name. People need no article."""

ACTIONS = {
    "account.updated": "changed the settings of {}",
    "alert.acknowledged": "marked a receiver of {} as having answered",
    "alert.escalated": "sent the next step of {}",
    "alert.resent": "sent {} again to those it had not reached",
    "alert.stopped": "stopped {}",
    "alert_rule.copied": "copied an alert rule to {}",
    "alert_rule.given": "gave {} to another person",
    "api_key.capacity_added": "added capacity to {}",
    "api_key.created": "made {}",
    "api_key.disabled": "disabled {}",
    "api_key.enabled": "enabled {}",
    "api_key.former_ended": "ended the former token of {}",
    "api_key.rotated": "gave {} a new token",
    "appointment.cancelled": "cancelled {}",
    "appointment.transferred": "gave {} to another person",
    "callback.chosen": "sent the results of a key to {}",
    "callback.created": "made {}",
    "callback.disabled": "turned {} off",
    "callback.enabled": "turned {} on",
    "callback.left": "stopped sending the results of a key to {}",
    "callback.redelivered": "sent events to {} again",
    "callback.rotated": "gave {} a new secret",
    "event_source.secret_given": "gave {} one more secret",
    "group.transferred": "gave places in {} to another person",
    "integration.reported": "reported the state of {}",
    "line.transferred": "gave {} to another person",
    "mail_settings.updated": "changed the mail settings",
    "stored_alert.armed": "let {} wait for a word",
    "token.created": "made {} for themselves",
    "token.deleted": "deleted {} of theirs",
    "user.created": "added {}",
    "user.disabled": "disabled {}",
    "user.enabled": "enabled {}",
    "user.erased": "erased {}",
    "user.invited": "invited {}",
    "user.address_asked": "asked for a new address of their own",
    "user.address_changed": "changed their address",
    "user.mfa_disabled": "turned the authenticator app off",
    "user.mfa_enabled": "turned the authenticator app on",
    "user.mfa_reset": "turned off the authenticator app of {}",
    "user.texts_stopped": "ended the texts of notices to {}, by the link in a text",
    "user.not_me": "said about an invitation: this is not me",
    "user.password_changed": "changed their password",
    "user.password_reset": "set a new password after forgetting the former one",
    "user.password_set": "set their first password",
    "user.session_ended": "ended a session of theirs",
    "user.sessions_ended": "ended all sessions of {}",
    "user.sign_in_refused": "was refused at the sign-in",
    "user.signed_in": "signed in",
    "user.signed_out": "signed out",
    "user.signed_out_everywhere": "signed out everywhere",
    "user.tokens_deleted": "deleted all tokens of theirs",
}
"""What was done, by action; {} is the thing. An action that is not here is said with its own verb."""

_VERBS = {"created": "added", "updated": "changed"}
_FIELDS = {
    "contacts": "Linked contacts",
    "sms_enabled": "Texts",
    "mfa": "Authenticator app",
    "mfa_required": "Authenticator app required",
    "e164": "Number",
    "fisher_mode": "Fisher mode",
    "bus": "Event bus",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as a sentence: who, then `did` before and `more` after the thing's name.

    Attributes:
        thing: name of the thing; "" if the sentence has none.
        changes: field, as it was, as it is.
    """

    who: str
    did: str
    thing: str
    more: str
    changes: list[tuple[str, str, str]]


def told(entry: AuditEntry, roles: Mapping[str, str]) -> Told:
    """Return an entry in words.

    Args:
        roles: names of the account's own roles, by id.
    """
    names = {**roles, **ROLES}
    did, slot, more = _sentence(entry, names).partition("{}")
    fields = dict.fromkeys([*entry.before, *entry.after])
    changes = [
        (_word(name), _value(name, entry.before.get(name), names), _value(name, entry.after.get(name), names))
        for name in fields
    ]
    return Told(who_of(entry.who), did.rstrip(), _name(entry) if slot else "", more, changes)


def who_of(actor: Actor) -> str:
    """Return the name of who acts. The name of an erased person is gone."""
    match actor.kind:
        case ActorKind.OPERATOR:
            return "The operator"
        case ActorKind.SYSTEM:
            return "Tocsin"
        case ActorKind.KEY:
            return f"The key {actor.name or actor.id}"
    return actor.name or "A former user"


def _sentence(entry: AuditEntry, roles: Mapping[str, str]) -> str:
    kind, _, verb = entry.action.partition(".")
    if entry.action == "user.updated" and set(entry.after) == {"role"}:
        role = str(entry.after["role"])
        found = "gave {} the role " + roles.get(role, role).replace("{}", "")
    else:
        article = KINDS.get(kind, f"the {kind.replace('_', ' ')}")
        found = ACTIONS.get(entry.action) or f"{_VERBS.get(verb, verb.replace('_', ' '))} {{}}"
        found = found.replace("{}", f"{article} {{}}") if article else found
    return f"{found}, {entry.count} times" if entry.count > 1 else found


def _name(entry: AuditEntry) -> str:
    return entry.thing.name or ("a former user" if entry.thing.kind == "user" else entry.thing.id)


def _word(name: str) -> str:
    return _FIELDS.get(name, name.replace("_", " ").capitalize())


def _value(name: str, value: Any, roles: Mapping[str, str]) -> str:
    """Return a value as people say it; "" for none."""
    return roles.get(value, value) if name == "role" and isinstance(value, str) else _said(value)


def _said(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(_said(each) for each in value) or "none"
        case Mapping():
            return ", ".join(f"{key.replace('_', ' ')}: {_said(each)}" for key, each in value.items()) or "none"
    return str(value)
