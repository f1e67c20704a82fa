"""Which telephony events are mailed, by which template and to whom; and why one is not.

    event ──► template ──► wanted? ──► new enough? ──► receivers? ──► a server? ──► mail

The template is known from the event alone. The rest is decided when the event is acted on, by the settings of then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.directory.domain.things import Group, Line
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import UserId
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.tenant_mail.domain.mail_settings import OFF_BY_DEFAULT, MailFlag, MailSettings

OLDEST = timedelta(hours=1)
"""An event that is received later than this after it happened is not mailed."""


class MailOutcome(StrEnum):
    """What became of the mail about an event; the values are words of the API."""

    SENT = "sent"
    ALREADY_SENT = "already_sent"  # another event about the same voicemail was mailed
    SWITCHED_OFF = "switched_off"
    TOO_OLD = "too_old"
    NO_ADDRESS = "no_address"  # of the person whom it is for
    NO_RECIPIENTS = "no_recipients"
    NO_MAIL_SERVER = "no_mail_server"
    TOO_LONG = "too_long"  # with the values of the event


class Audience(StrEnum):
    """Whom a template is for."""

    NEW_USER = "new_user"  # and the recipients, without secrets
    QUEUE_MANAGERS = "queue_managers"  # and the recipients
    MAILBOX_OWNERS = "mailbox_owners"
    PERSON = "person"  # whom the event names; else the recipients
    RECIPIENTS = "recipients"
    INVITEES = "invitees"


@dataclass(frozen=True, slots=True)
class MailedType:
    """How events of one type are mailed.

    Attributes:
        template: its name.
        flag: the switch; None = such events are always mailed (PN-23).
        urgent: the mail goes before broadcasts.
    """

    template: str
    audience: Audience
    flag: MailFlag | None = None
    urgent: bool = False


_VOICEMAIL = MailedType("VOICEMAIL_RECEIVED", Audience.MAILBOX_OWNERS)
_FLAG = MailFlag

MAILED: Mapping[str, MailedType] = {
    "user.created": MailedType("USER_CREATION", Audience.NEW_USER, _FLAG.USER_REGISTRATION),
    "queue.call_lost": MailedType("QUEUE_CALL_LOST", Audience.QUEUE_MANAGERS, _FLAG.QUEUE_CALL_LOST),
    "queue.sla_breached": MailedType("QUEUE_SLA", Audience.QUEUE_MANAGERS, _FLAG.QUEUE_SLA_BREACHED),
    "queue.callback": MailedType("QUEUE_CALLBACK", Audience.QUEUE_MANAGERS, _FLAG.QUEUE_CALLBACK),
    "queue.callback_failed": MailedType("QUEUE_CALLBACK_FAILED", Audience.QUEUE_MANAGERS, _FLAG.QUEUE_CALLBACK_FAILED),
    "voicemail.received": _VOICEMAIL,
    "call.ended": _VOICEMAIL,  # of status voicemail only
    "report.completed": MailedType("CALL_REPORT_COMPLETED", Audience.PERSON),
    "disk.low": MailedType("DISK_LOW", Audience.RECIPIENTS),
    "license.limited": MailedType("LICENSE_LIMITED", Audience.RECIPIENTS, _FLAG.LICENSE_LIMITED),
    "emergency.call": MailedType("EMERGENCY_CALL", Audience.RECIPIENTS, _FLAG.EMERGENCY_CALL, urgent=True),
    "trunk.connected": MailedType("TRUNK_CONNECTED", Audience.RECIPIENTS),
    "trunk.disconnected": MailedType("TRUNK_DISCONNECTED", Audience.RECIPIENTS),
    "account.recharged": MailedType("RECHARGE", Audience.PERSON),
    "conference.invited": MailedType("CONFERENCE_INVITATION", Audience.INVITEES),
}
"""Types of events that are mailed. Source: the template names of the tenant notification API (14)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingsOfEvent:
    """Things of the directory that an event names, and their people.

    Attributes:
        person: the user whom the event names; None = the event names none, or none of the directory.
        extension: of the person's first line; "" = the person has none.
        queue, managers: the queue, and who manages it.
        mailbox, owners: the line or group whose mailbox it is; the line's user, or the group's managers.
    """

    person: User | None = None
    extension: str = ""
    queue: Group | None = None
    managers: tuple[User, ...] = ()
    mailbox: Line | Group | None = None
    owners: tuple[User, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDecision:
    """What is mailed about an event, or why nothing is.

    Attributes:
        outcome: SENT = the mail is to be sent.
        to: who gets the mail as it is; each mailbox once.
        without_secrets: who gets it without passwords and PINs; none of them is in `to`.
        people: owners of the mailbox whose mail about the voicemail it is.
    """

    outcome: MailOutcome
    to: tuple[str, ...] = ()
    without_secrets: tuple[str, ...] = ()
    people: tuple[UserId, ...] = ()


def mailed_type(event: TelephonyEvent) -> MailedType | None:
    """Return how an event may be mailed; None = never. Events of sandbox keys are never mailed."""
    is_other_call = event.type == "call.ended" and event.data.get("status") != "voicemail"
    return None if event.sandbox or is_other_call else MAILED.get(event.type)


def decide_mail(
    event: TelephonyEvent,
    mailed: MailedType,
    settings: MailSettings,
    things: ThingsOfEvent,
    *,
    may_use_system: bool,
    unwilling: Collection[UserId] = (),
) -> MailDecision:
    """Return to whom an event is mailed, or why it is not.

    Args:
        may_use_system: the account may use the system's mail server if it has none of its own.
        unwilling: owners of the mailbox who want no mail about voicemails.
    """
    if not is_wanted(mailed, settings):
        return MailDecision(outcome=MailOutcome.SWITCHED_OFF)
    if event.received_at - event.at > OLDEST:
        return MailDecision(outcome=MailOutcome.TOO_OLD)
    decision = _receivers(event, mailed.audience, settings.recipients, things, unwilling)
    if decision.outcome is MailOutcome.SENT and not (settings.has_own_server or may_use_system):
        return MailDecision(outcome=MailOutcome.NO_MAIL_SERVER)
    return decision


def is_wanted(mailed: MailedType, settings: MailSettings) -> bool:
    """Whether an account wants mails about events of a type (PN-22)."""
    flag = mailed.flag
    return flag is None or dict(settings.flags).get(flag, flag not in OFF_BY_DEFAULT)


def _receivers(
    event: TelephonyEvent,
    audience: Audience,
    recipients: Iterable[str],
    things: ThingsOfEvent,
    unwilling: Collection[UserId],
) -> MailDecision:
    match audience:
        case Audience.NEW_USER:
            # The address that the event gives is used only for a person whom the directory does not know.
            own = _addresses([things.person]) if things.person else _once([event.data.get("email") or ""])
            others = _once([*own, *recipients])[len(own) :]
            outcome = MailOutcome.SENT if own else MailOutcome.NO_ADDRESS
            return MailDecision(outcome=outcome, to=own, without_secrets=others if own else ())
        case Audience.QUEUE_MANAGERS:
            to = _once([*_addresses(things.managers), *recipients])
        case Audience.MAILBOX_OWNERS:
            reached = [who for who in things.owners if _addresses([who])]
            willing = [who for who in reached if who.id not in unwilling]
            if things.owners and not willing:
                return MailDecision(outcome=MailOutcome.SWITCHED_OFF if reached else MailOutcome.NO_ADDRESS)
            outcome = MailOutcome.SENT if willing else MailOutcome.NO_RECIPIENTS
            return MailDecision(outcome=outcome, to=_addresses(willing), people=tuple(who.id for who in willing))
        case Audience.PERSON:
            to = _addresses([things.person] if things.person else []) or _once(recipients)
        case Audience.RECIPIENTS:
            to = _once(recipients)
        case Audience.INVITEES:
            to = _once(event.data["invitees"])
    return MailDecision(outcome=MailOutcome.SENT if to else MailOutcome.NO_RECIPIENTS, to=to)


def _addresses(people: Iterable[User]) -> tuple[str, ...]:
    """Return the addresses of those who get notices: neither disabled people nor who said "this is not me"."""
    return _once(who.email for who in people if who.state is not UserState.DISABLED and who.not_me_at is None)


def _once(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return each mailbox once, in the spelling that comes first (PN-28)."""
    found: dict[str, str] = {}
    for address in addresses:
        if address:
            found.setdefault(mailbox_key(address), address)
    return tuple(found.values())
