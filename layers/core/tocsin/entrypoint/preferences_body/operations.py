"""The operations of notification settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tocsin.entrypoint.http.operation import EDIT_ERRORS, RESOURCE_ERRORS, Operation
from tocsin.entrypoint.preferences_body import settings as shapes
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.fields import resource
from tocsin.preferences.domain.settings import AccountTopic, NotificationSettings
from tocsin.preferences.domain.text_number import TextState

_TAGS = ("People",)
_LINE = "019aa3c45d007c8f9b3a2f6d1e4c7a92"
_SAVED = NotificationSettings(
    tenant=TenantId("acme"), user=UserId("ben"), text_on=True, custom_on=True, custom_number="+447700900123",
    lines=(_LINE,), topics=frozenset({AccountTopic.DAILY_ACTIVITY}), version=1,
)  # fmt: skip
_EXAMPLE: dict[str, Any] = resource(_SAVED, frozenset(AccountTopic) - {AccountTopic.BILLING_WARNINGS}, TextState.READY)
_WHO = {
    "me": ("Own", "your notification settings", "the lines that you follow", "Needs a person."),
    "{id}": (
        "",
        "the notification settings of a person",
        "the lines that a person follows",
        "Needs an account owner or an admin, or the person.",
    ),
}
_JUDGED = (
    "403 `LINE_NOT_YOURS`: the person may follow shared lines of their companies and lines of people in their groups; "
    "owners and admins may follow every line. This is judged again when a notice is sent."
)


def _operations() -> Iterator[Operation]:
    for who, (word, settings, lines, need) in _WHO.items():
        path = f"/users/{who}/notification_settings"
        yield Operation(
            method="GET", path=path, name=f"get{word}NotificationSettings", tags=_TAGS, summary=f"Read {settings}",
            description=f"{need} The defaults, if they were never saved. `account` is absent for who may not see it.",
            answer=shapes.NotificationSettingsResource, errors=RESOURCE_ERRORS, response=_EXAMPLE,
        )  # fmt: skip
        yield Operation(
            method="PATCH", path=path, name=f"change{word}NotificationSettings", tags=_TAGS,
            summary=f"Change {settings}",
            description=f"{need} JSON merge patch: what is omitted stays, null sets the default. "
            "409 `TEXTS_ARE_OFF`: `custom.enabled` is true, and texts are off after the call. "
            "403: a topic of the account that the person may not see. "
            "400 `OWN_NUMBER`: the number belongs to the account. " + _JUDGED,
            bodies=(shapes.NotificationSettingsBody,), answer=shapes.NotificationSettingsResource, errors=EDIT_ERRORS,
            request={"channels": {"text": {"enabled": True, "custom": {"enabled": True, "number": "+447700900123"}}}},
            response=_EXAMPLE,
        )  # fmt: skip
        yield Operation(
            method="GET", path=f"{path}/lines", name=f"get{word}FollowedLines", tags=_TAGS, summary=f"Read {lines}",
            description=f"{need} The list `lines` of the settings, and their `ETag`.",
            answer=shapes.FollowedLinesResource, errors=RESOURCE_ERRORS, response={"lines": [_LINE]},
        )  # fmt: skip
        yield Operation(
            method="PUT", path=f"{path}/lines", name=f"replace{word}FollowedLines", tags=_TAGS,
            summary=f"Replace {lines}", description=f"{need} {_JUDGED}",
            bodies=(shapes.FollowedLinesBody,), answer=shapes.FollowedLinesResource, errors=EDIT_ERRORS,
            request={"lines": [_LINE]}, response={"lines": [_LINE]},
        )  # fmt: skip


OPERATIONS = tuple(_operations())
