"""What mails and texts of a rule say if its owner wrote nothing: what happened, to which line, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.alert_rules.domain.actions import EmailAction, SmsAction
from tocsin.alert_rules.domain.clock_text import clock_text, span_text
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.limits import SUBJECT_CHARACTERS, TEXT_CHARACTERS
from tocsin.alert_rules.domain.payload import entity
from tocsin.alert_rules.domain.placeholders import filled, filled_line, shortened
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import RuleTrigger, RuleType
from tocsin.kernel.domain.counted import counted
from tocsin.telephony.domain.event import TelephonyEvent

_INCOMING = {
    "answered": "Answered call",
    "missed": "Missed call",
    "voicemail": "Voicemail",
    "abandoned": "Abandoned call",
    "busy": "Call to a busy line",
    "failed": "Failed call",
}
_REGISTRATION = {
    "registered": "{line} is online",
    "unregistered": "{line} went offline",
    "refreshed": "{line} renewed its registration",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the messages of a rule are about.

    Attributes:
        triggers: those that match, one at least.
        offline_since: of a line that was held; None = it was not.
        not_told: how many matches a throttle stopped since `not_told_since`.
        url: of the page of the event in the console.
        test: it is a sample.
    """

    rule: AlertRule
    triggers: tuple[RuleTrigger, ...]
    event: TelephonyEvent
    names: AccountNames
    zone: ZoneInfo
    url: str = ""
    offline_since: datetime | None = None
    not_told: int = 0
    not_told_since: datetime | None = None
    test: bool = False

    def headline(self) -> str:
        """Return one line that says what happened, to which line, and when."""
        if self.offline_since is not None:
            since = clock_text(self.offline_since, self.zone)
            return f"{self._sample()}{_line(self.event, self.names)} is offline since {since}"
        happened = _happened(self.rule.type, self.event, self.names)
        return f"{self._sample()}{happened}, {clock_text(self.event.at, self.zone)}"

    def more(self) -> str:
        """Return what says how many matches were not told; "" = none."""
        if not self.not_told:
            return ""
        since = "" if self.not_told_since is None else f" since {clock_text(self.not_told_since, self.zone)}"
        return f"and {self.not_told} more{since}"

    def values(self) -> dict[str, str]:
        """Return what the placeholders mean."""
        data = self.event.known
        sender = data.get("from") or {}
        seconds = data.get("durationSeconds")
        return {
            "CALLER_NAME": sender.get("name") or "",
            "CALLER_NUMBER": sender.get("number") or "",
            "LINE": _extension(self.event, self.names) or "",
            "GROUP": _group(data, self.names),
            "DIRECTION": _direction(self.event),
            "STATUS": data.get("status") or data.get("event") or "",
            "DURATION": "" if seconds is None else span_text(timedelta(seconds=seconds)),
            "DATE_TIME": clock_text(self.event.at, self.zone),
            "RULE_NAME": self.rule.name,
            "TRIGGER": ", ".join(entity(trigger, self.rule) for trigger in self.triggers),
            "URL": self.url,
        }

    def _sample(self) -> str:
        return "TEST: " if self.test else ""


def subject(action: EmailAction, told: Told) -> str:
    """Return the subject of a mail: one line. A test says that it is one."""
    written = filled_line(action.subject, told.values(), SUBJECT_CHARACTERS)
    return shortened(f"TEST: {written}", SUBJECT_CHARACTERS) if told.test else written


def body(action: EmailAction, told: Told) -> str:
    """Return the text of a mail: the owner's, or the ordinary one; then how many matches were not told."""
    if action.body:
        said = [filled(action.body, told.values())]
        if told.test:
            said.insert(0, "This is a test of an alert rule.\n")
    else:
        said = [told.headline(), *_details(told)]
    return "\n".join([*said, *([f"\n{told.more()}"] if told.not_told else [])])


def digest_body(headlines: Sequence[str], *, not_told: str = "") -> str:
    """Return the text of a mail that lists what was collected, in the order in which it came."""
    return "\n".join([f"{counted(len(headlines), 'event')}:", "", *headlines, *([f"\n{not_told}"] if not_told else [])])


def text(action: SmsAction, told: Told) -> str:
    """Return a text message of at most 480 characters; what is not told is named also in a text that is cut."""
    written = filled(action.text, told.values()) if action.text else told.headline()
    if action.text and told.test:
        written = f"TEST: {written}"
    more = f" ({told.more()})" if told.not_told else ""
    return shortened(written, TEXT_CHARACTERS - len(more)) + more


def _happened(type: RuleType, event: TelephonyEvent, names: AccountNames) -> str:
    data = event.known
    match type:
        case RuleType.SIP:
            return _REGISTRATION.get(data["event"], "{line}").format(line=_line(event, names))
        case RuleType.SMS:
            said = f": {data['text']}" if data.get("text") else ""
            return f"Text from {_party(data['from'])} to {_party(data['to'])}{said}"
    transferred = ", transferred" if data.get("transferred") else ""
    if data["direction"] == "incoming":
        what, to = _INCOMING.get(data["status"], "Call"), _extension(event, names)
        called = f"line {to}" if to else _party(data["to"])
        within = f" ({_group(data, names)})" if data.get("group") else ""
        return f"{what} from {_party(data['from'])} to {called}{within}{transferred}"
    what = data["direction"].capitalize()
    return f"{what} call from {_party(data['from'])} to {_party(data['to'])}, {data['status']}{transferred}"


def _details(told: Told) -> list[str]:
    values = told.values()
    shown = (("Group", "GROUP"), ("Duration", "DURATION"), ("Rule", "RULE_NAME"), ("Trigger", "TRIGGER"), ("", "URL"))
    lines = [f"{label}: {values[name]}" if label else values[name] for label, name in shown if values[name]]
    return ["", *lines]


def _party(party: Any) -> str:
    return f"{party['name']} ({party['number']})" if party.get("name") else str(party["number"])


def _extension(event: TelephonyEvent, names: AccountNames) -> str | None:
    line = event.known.get("line")
    if not line:
        return None
    id = names.line(line)
    return names.extensions.get(id, str(line))


def _line(event: TelephonyEvent, names: AccountNames) -> str:
    return f"Line {_extension(event, names)}"


def _group(data: Any, names: AccountNames) -> str:
    group = data.get("group")
    if not group:
        return ""
    id = names.groups.get(group["id"].casefold(), group["id"])
    return str(names.group_names.get(id) or group.get("name") or id)


def _direction(event: TelephonyEvent) -> str:
    if event.type.startswith("sms."):
        return "incoming" if event.type == "sms.received" else "outgoing"
    return str(event.known.get("direction") or "")
