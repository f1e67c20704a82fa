"""The 14 templates, the event that each is about, and where the value of each variable comes from.

The one table of template and variable: rendering, preview, warnings and the guide of tenant mail are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_data.shapes import time_in
from tocsin.tenant_mail.domain.template_text import QR_CODE

TENANT_NAME = "TENANT_NAME"
"""The variable that every template has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What an account knows about the things of an event. "" = it knows nothing.

    Attributes:
        zone: of times in mails.
        queue_name, queue_number: of the queue, in the directory.
        mailbox_label: of the line whose mailbox it is.
        person_name, person_email, person_extension: of the person in the directory whom the event is about.
        pbx: where the telephone system is reached, by the names of PBX_FACTS.
    """

    zone: tzinfo = UTC
    queue_name: str = ""
    queue_number: str = ""
    mailbox_label: str = ""
    person_name: str = ""
    person_email: str = ""
    person_extension: str = ""
    pbx: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MailVariable:
    """A variable.

    Attributes:
        about: where its value comes from; part of a sentence.
        sample: its value in previews.
        value: reads it; "" = unknown.
    """

    name: str
    about: str
    sample: str
    value: Callable[[TelephonyEvent, AccountFacts], str]


@dataclass(frozen=True, slots=True)
class TemplateKind:
    """One of the templates.

    Attributes:
        name: a word of the API.
        event: the type of the event that it is sent for; VOICEMAIL_RECEIVED also for `call.ended` of a voicemail.
        variables: by name, without TENANT_NAME.
    """

    name: str
    event: str
    variables: Mapping[str, MailVariable]

    @property
    def known(self) -> frozenset[str]:
        """The names of all its variables."""
        return frozenset({*self.variables, TENANT_NAME})

    @property
    def samples(self) -> dict[str, str]:
        """A value of each variable, without TENANT_NAME."""
        return {name: variable.sample for name, variable in self.variables.items()}


def values_of(template: str, event: TelephonyEvent, facts: AccountFacts) -> dict[str, str]:
    """Return the value of each variable of a template, without TENANT_NAME; "" where there is none.

    Args:
        template: one of TEMPLATES.
        event: of the template's type. With USER_CREATION its data still has the secrets.
    """
    return {name: variable.value(event, facts) for name, variable in TEMPLATES[template].variables.items()}


def _text(data: Any, *path: str) -> str:
    for step in path:
        data = data.get(step) if isinstance(data, Mapping) else None
    return "" if data is None or isinstance(data, Mapping | list) else str(data)


def _whole(data: Mapping[str, Any], name: str) -> str:
    """Return a whole number, which JSON may write as 18.0."""
    number = data.get(name)
    return _text(data, name) if not isinstance(number, float) else f"{number:.0f}"


def _local(at: datetime | None, facts: AccountFacts) -> str:
    return "" if at is None else f"{at.astimezone(facts.zone):%Y-%m-%d %H:%M %Z}"


def _size(data: Mapping[str, Any], name: str) -> str:
    """Return a number of bytes as people read it: `1.0 GB`."""
    left = data.get(name)
    if not isinstance(left, int | float):
        return ""
    for unit in ("B", "kB", "MB", "GB"):
        if left < 1_000:
            return f"{left:.0f} {unit}" if unit == "B" else f"{left:.1f} {unit}"
        left /= 1_000
    return f"{left:.1f} TB"


def _amount(data: Mapping[str, Any]) -> str:
    amount = data.get("amount")
    return f"{amount:.2f} {_text(data, 'currency')}" if isinstance(amount, int | float) else ""


def _address(event: TelephonyEvent, facts: AccountFacts) -> str:
    extension = facts.person_extension or _text(event.known, "extension")
    domain = _text(event.known, "domain")
    return f"sip:{extension}@{domain}" if extension and domain else ""


def _field(name: str, sample: str, *path: str) -> MailVariable:
    """Return the variable that is a field of the event."""
    return MailVariable(name, f"`{'.'.join(path)}`", sample, lambda event, facts: _text(event.known, *path))


def _number(name: str, sample: str, path: str) -> MailVariable:
    return MailVariable(name, f"`{path}`", sample, lambda event, facts: _whole(event.known, path))


def _pbx(name: str, sample: str) -> MailVariable:
    fact = name.removeprefix("PBX_").lower()
    return MailVariable(
        name, f"`pbx.{fact}` of the account", sample, lambda event, facts: facts.pbx.get(fact, "")
    )  # fmt: skip


_DATE_TIME = MailVariable(
    "DATE_TIME", "`time` of the event, in the account's zone", "2026-11-28 18:44 GMT",
    lambda event, facts: _local(event.at, facts),
)  # fmt: skip
_CALLER = (
    _field("CALLER_NAME", "Ada Byron", "from", "name"),
    _field("CALLER_NUMBER", "+447700900123", "from", "number"),
)
_QUEUE = (
    *_CALLER,
    _DATE_TIME,
    MailVariable(
        "QUEUE_NAME", "name of the queue in the directory, else `queue.name`, else `queue.id`", "Support",
        lambda event, facts: (
            facts.queue_name or _text(event.known, "queue", "name") or _text(event.known, "queue", "id")
        ),
    ),
    MailVariable(
        "QUEUE_NUMBER", "number of the queue in the directory, else `queue.id`", "8000",
        lambda event, facts: facts.queue_number or _text(event.known, "queue", "id"),
    ),
)  # fmt: skip
_CALLBACK = (*_QUEUE, _field("CALL_BACK_NUMBER", "+447700900123", "callbackNumber"))
_PERSON = MailVariable(
    "DISPLAY_NAME", "name of the person in the directory", "Grace Hopper", lambda event, facts: facts.person_name
)
_WEB_DOMAIN = _pbx("PBX_WEB_DOMAIN", "pbx.example.org")
_TRUNK = (
    _DATE_TIME,
    _WEB_DOMAIN,
    MailVariable(
        "TRUNK_NAME", "`name`, else `trunk`", "Main trunk",
        lambda event, facts: _text(event.known, "name") or _text(event.known, "trunk"),
    ),
)  # fmt: skip
_NEW_PERSON = (
    MailVariable(
        "DISPLAY_NAME", "name of the person in the directory, else `displayName`", "Grace Hopper",
        lambda event, facts: facts.person_name or _text(event.known, "displayName"),
    ),
    _field("DOMAIN", "sip.example.org", "domain"),
    MailVariable(
        "EXTENSION_NUMBER", "extension of the person's first line, else `extension`", "2010",
        lambda event, facts: facts.person_extension or _text(event.known, "extension"),
    ),
    _field("EXTENSION_PASSWORD", "sample-1", "extensionPassword"),
    MailVariable(QR_CODE, "the SIP address of the extension: a picture in HTML", "sip:2010@sip.example.org", _address),
    _pbx("SIP_PRIVATE_IP", "192.0.2.10"),
    _pbx("SIP_PUBLIC_IP", "198.51.100.10"),
    _pbx("TCP_PORT", "5063"),
    _pbx("TLS_PORT", "5061"),
    _pbx("UDP_PORT", "5060"),
    *(
        MailVariable(
            name, "email of the person in the directory, else `email`", "grace@example.org",
            lambda event, facts: facts.person_email or _text(event.known, "email"),
        )
        for name in ("USER_EMAIL", "USER_NAME")
    ),
    _field("USER_PASSWORD", "sample-2", "userPassword"),
    _field("VOICEMAIL_PIN", "4711", "voicemailPin"),
)  # fmt: skip


def _templates(*kinds: tuple[str, str, tuple[MailVariable, ...]]) -> Mapping[str, TemplateKind]:
    return {name: TemplateKind(name, event, {each.name: each for each in uses}) for name, event, uses in kinds}


TEMPLATES: Mapping[str, TemplateKind] = _templates(
    ("USER_CREATION", "user.created", _NEW_PERSON),
    ("QUEUE_CALL_LOST", "queue.call_lost", _QUEUE),
    (
        "QUEUE_SLA", "queue.sla_breached",
        (
            *_QUEUE, _number("BREACHSLANO", "3", "breachNo"), _number("SLA_TIME", "20", "slaSeconds"),
            _number("WAITSESSIONNO", "5", "waiting"),
        ),
    ),
    ("QUEUE_CALLBACK", "queue.callback", _CALLBACK),
    ("QUEUE_CALLBACK_FAILED", "queue.callback_failed", _CALLBACK),
    (
        "VOICEMAIL_RECEIVED", "voicemail.received",
        (
            *_CALLER, _DATE_TIME, _PERSON,
            MailVariable(
                "VOICEMAIL_DOWNLOAD_URL", "`url`, else `voicemail.url`", "https://pbx.example.org/voicemail/1.wav",
                lambda event, facts: _text(event.known, "url") or _text(event.known, "voicemail", "url"),
            ),
            MailVariable(
                "VOICEMAIL_NAME", "label of the mailbox's line, else `mailbox`, else `line`", "Grace Hopper 2010",
                lambda event, facts: (
                    facts.mailbox_label or _text(event.known, "mailbox") or _text(event.known, "line")
                ),
            ),
        ),
    ),
    (
        "CALL_REPORT_COMPLETED", "report.completed",
        (
            _field("CALLREPORT_LINK", "https://pbx.example.org/reports/1", "url"),
            _field("CALLREPORT_NAME", "Calls of November", "name"), _field("CALLREPORT_TYPE", "monthly", "kind"),
        ),
    ),
    (
        "DISK_LOW", "disk.low",
        (
            _DATE_TIME,
            MailVariable("FREE_SIZE", "`freeBytes`", "1.0 GB", lambda event, facts: _size(event.known, "freeBytes")),
            MailVariable("USED_SIZE", "`usedBytes`", "99.0 GB", lambda event, facts: _size(event.known, "usedBytes")),
        ),
    ),
    (
        "EMERGENCY_CALL", "emergency.call",
        (_field("CALLEE_NUMBER", "112", "callee"), *_CALLER, _DATE_TIME, _WEB_DOMAIN),
    ),
    (
        "LICENSE_LIMITED", "license.limited",
        (_field("LICENSE_TYPE", "concurrent calls", "licenseType"), _WEB_DOMAIN),
    ),
    (
        "RECHARGE", "account.recharged",
        (
            _DATE_TIME, _PERSON,
            MailVariable(
                "PAYMENT_AMOUNT", "`amount`, `currency`", "25.00 GBP", lambda event, facts: _amount(event.known)
            ),
        ),
    ),
    (
        "CONFERENCE_INVITATION", "conference.invited",
        (
            _field("DIAL_NUMBER", "+442079460123", "dialNumber"),
            _field("JOIN_LINK", "https://meet.example.org/1", "joinUrl"), _field("PASSWORD", "2468", "password"),
            MailVariable(
                "TIME", "`at`, in the account's zone", "2026-11-30 10:00 GMT",
                lambda event, facts: _local(time_in(event.known, "at"), facts),
            ),
            _field("TOPIC", "Monday meeting", "topic"),
        ),
    ),
    ("TRUNK_CONNECTED", "trunk.connected", _TRUNK),
    ("TRUNK_DISCONNECTED", "trunk.disconnected", (*_TRUNK, _number("STATUS_CODE", "503", "statusCode"))),
)  # fmt: skip
"""Every template by its name."""
