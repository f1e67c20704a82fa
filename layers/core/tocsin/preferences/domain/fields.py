"""Notification settings as the API writes and reads them: JSON fields from settings, and settings from JSON fields.

While texts are off, the custom number reads `{"enabled": false, "number": null}`. What is stored stays, and comes back
with the texts (UP-25). So a patch that sends back exactly what it read says nothing about the custom number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tocsin.calendar.domain.quiet_hours import QuietChoice, QuietHours, Reachable, parse_quiet_time
from tocsin.directory.domain.versions import merged
from tocsin.kernel.domain.ids import UserId
from tocsin.preferences.domain.refusals import TextsAreOff
from tocsin.preferences.domain.settings import AccountTopic, AppointmentMoment, Communication, NotificationSettings
from tocsin.preferences.domain.text_number import TextState

Fields = Mapping[str, Any]
"""All fields of settings, valid in themselves; `account` is absent for who may see no topic."""

MASKED: Mapping[str, Any] = {"enabled": False, "number": None}
"""The custom number while texts are off."""


def settable(settings: NotificationSettings, topics: frozenset[AccountTopic]) -> dict[str, Any]:
    """Return the fields that a client sets.

    Args:
        topics: that the person may see.
    """
    fields: dict[str, Any] = {
        "communication": {word.value: word in settings.communication for word in Communication},
        "events": {word.value: word in settings.moments for word in AppointmentMoment},
        "lines": list(settings.lines),
        "high_sms": settings.many_texts,
        "channels": {
            "email": settings.email_on,
            "text": {
                "enabled": settings.text_on,
                "custom": {"enabled": settings.custom_on, "number": settings.custom_number},
            },
            "browser": settings.browser_on,
            "mobile_push": settings.mobile_push,
        },
        "quiet_hours": _quiet(settings.quiet),
    }
    if topics:
        fields["account"] = {word.value: word in settings.topics for word in AccountTopic if word in topics}
    return fields


def resource(settings: NotificationSettings, topics: frozenset[AccountTopic], state: TextState) -> dict[str, Any]:
    """Return settings as the API shows them."""
    shown = settable(settings, topics)
    text = shown["channels"]["text"]
    text |= {"state": state.value} if settings.text_on else {"custom": dict(MASKED), "state": state.value}
    return shown


def patched(
    settings: NotificationSettings, topics: frozenset[AccountTopic], patch: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the fields after a JSON merge patch, which are not judged yet; what is omitted or null is absent.

    Args:
        patch: as a client sent it. `state` of the texts is only read, and says nothing.
    """
    channels = patch.get("channels")
    text = channels.get("text") if isinstance(channels, Mapping) else None
    if isinstance(channels, Mapping) and isinstance(text, Mapping):
        says_nothing = {"state"} | ({"custom"} if not settings.text_on and text.get("custom") == MASKED else set())
        text = {name: value for name, value in text.items() if name not in says_nothing}
        patch = {**patch, "channels": {**channels, "text": text}}
    return merged(settable(settings, topics), patch)


def with_fields(
    settings: NotificationSettings,
    topics: frozenset[AccountTopic],
    fields: Fields,
    patch: Mapping[str, Any],
    by: UserId | None,
) -> NotificationSettings:
    """Return settings with these fields in their next version, or the settings themselves if nothing differs.

    Args:
        fields: what `patched` made of the patch.
        by: who changes them.

    Raises:
        TextsAreOff: the patch enables the custom number, and texts are off after it.
    """
    text, account = fields["channels"]["text"], fields.get("account") or {}
    if not text["enabled"] and enables_custom(patch):
        raise TextsAreOff
    number = text["custom"]["number"]
    chosen = {word for word in topics if account.get(word.value)}
    changed = replace(
        settings,
        communication=frozenset(word for word in Communication if fields["communication"][word.value]),
        moments=frozenset(word for word in AppointmentMoment if fields["events"][word.value]),
        lines=tuple(dict.fromkeys(fields["lines"])),
        many_texts=fields["high_sms"],
        email_on=fields["channels"]["email"],
        text_on=text["enabled"],
        custom_on=text["custom"]["enabled"],
        custom_number=number,
        number_by=settings.number_by if number == settings.custom_number else number and by,
        browser_on=fields["channels"]["browser"],
        mobile_push=fields["channels"]["mobile_push"],
        quiet=_choice(fields["quiet_hours"]),
        topics=(settings.topics - topics) | chosen,
    )
    return settings if changed == settings else replace(changed, version=settings.version + 1)


def enables_custom(patch: Mapping[str, Any]) -> bool:
    """Whether a patch says that texts go to the custom number."""
    inside: Any = patch
    for name in ("channels", "text", "custom"):
        inside = inside.get(name) if isinstance(inside, Mapping) else None
    return isinstance(inside, Mapping) and inside.get("enabled") is True


def _quiet(choice: QuietChoice) -> dict[str, str | None] | str | None:
    if isinstance(choice, QuietHours):
        return {"from": f"{choice.start:%H:%M}", "to": f"{choice.end:%H:%M}", "zone": choice.zone}
    return None if choice is None else choice.value


def _choice(fields: Mapping[str, Any] | str | None) -> QuietChoice:
    if isinstance(fields, Mapping):
        start, end = parse_quiet_time(fields["from"]), parse_quiet_time(fields["to"])
        return QuietHours(start, end, zone=fields["zone"])
    return None if fields is None else Reachable(fields)
