"""The forms of notification settings: what stands in them, and what a form says, as a patch of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from console.preferences.words import SettingsTab
from console.visit import Form
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.preferences.application.manage_settings import SettingsView
from tocsin.preferences.domain.settings import AppointmentMoment, Communication, NotificationSettings


def standing(view: SettingsView) -> Form:
    """Return the form of settings as they stand; the custom number is there, also while texts are off."""
    settings, quiet = view.settings, view.settings.quiet
    on = [word.value for word in settings.communication] + [word.value for word in settings.topics]
    on += [_moment(word) for word in settings.moments]
    on += [name for name, is_on in _switches(settings).items() if is_on]
    values = {name: ["on"] for name in on}
    values["channels_text_custom_number"] = [settings.custom_number or ""]
    values["lines"] = list(settings.lines)
    values["quiet"] = ["own" if isinstance(quiet, QuietHours) else quiet.value if quiet else ""]
    if isinstance(quiet, QuietHours):
        values["quiet_hours_from"] = [f"{quiet.start:%H:%M}"]
        values["quiet_hours_to"] = [f"{quiet.end:%H:%M}"]
        values["quiet_hours_zone"] = [quiet.zone or ""]
    return Form(values)


def patch_of(tab: SettingsTab, form: Form, view: SettingsView) -> dict[str, Any]:
    """Return what the form of a tab says.

    Args:
        view: the settings as they stand, for what the form did not show.
    """
    return _PATCHES[tab](form, view)


def _communication(form: Form, view: SettingsView) -> dict[str, Any]:
    return {
        "communication": {word.value: form.ticked(word.value) for word in Communication},
        "high_sms": form.ticked("high_sms"),
    }


def _appointments(form: Form, view: SettingsView) -> dict[str, Any]:
    return {"events": {word.value: form.ticked(_moment(word)) for word in AppointmentMoment}}


def _lines(form: Form, view: SettingsView) -> dict[str, Any]:
    """Return the list: what the form showed is as it was ticked, and the rest stays."""
    shown, ticked = set(form.all("shown")), form.all("lines")
    kept = [id for id in view.settings.lines if id not in shown or id in ticked]
    return {"lines": [*kept, *(id for id in ticked if id not in kept)]}


def _how(form: Form, view: SettingsView) -> dict[str, Any]:
    number = form.get("channels_text_custom_number") or None
    custom: dict[str, Any] = {"enabled": form.ticked("custom"), "number": number}
    if not form.ticked("text_on"):  # the tick at the number has no effect, and stays as it is
        custom = {} if number == view.settings.custom_number else {"number": number}
    text = {"enabled": form.ticked("text_on")} | ({"custom": custom} if custom else {})
    return {
        "channels": {
            "email": form.ticked("email_on"),
            "text": text,
            "browser": form.ticked("browser_on"),
            "mobile_push": form.ticked("mobile_push"),
        },
        "quiet_hours": _quiet(form),
    }


def _quiet(form: Form) -> dict[str, str | None] | str | None:
    if form.get("quiet") != "own":
        return form.get("quiet") or None
    named = {name: form.get(f"quiet_hours_{name}") for name in ("from", "to")}
    return {**named, "zone": form.get("quiet_hours_zone") or None}


def _account(form: Form, view: SettingsView) -> dict[str, Any]:
    return {"account": {word.value: form.ticked(word.value) for word in view.topics}}


def _switches(settings: NotificationSettings) -> Mapping[str, bool]:
    return {
        "high_sms": settings.many_texts,
        "email_on": settings.email_on,
        "text_on": settings.text_on,
        "custom": settings.custom_on,
        "browser_on": settings.browser_on,
        "mobile_push": settings.mobile_push,
    }


def _moment(word: AppointmentMoment) -> str:
    return f"at_{word.value}"


_PATCHES: Mapping[SettingsTab, Callable[[Form, SettingsView], dict[str, Any]]] = {
    SettingsTab.COMMUNICATION: _communication,
    SettingsTab.APPOINTMENTS: _appointments,
    SettingsTab.LINES: _lines,
    SettingsTab.HOW: _how,
    SettingsTab.ACCOUNT: _account,
}
