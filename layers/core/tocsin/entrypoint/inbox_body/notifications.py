"""Notices of an inbox as calls and answers have them, and their operations."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.http.operation import EDIT_ERRORS, RESOURCE_ERRORS, Operation, QueryParameter
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.inbox.ports import MARKED_AT_ONCE, MOST_COUNTED
from tocsin.kernel.domain.wire_time import wire_time

_EXACT = with_config(ConfigDict(extra="forbid"))


class MarkBody(ResourceBody):
    """Whether a notification counts as read."""

    read: bool


@_EXACT
class InboxEntry(TypedDict):
    """A notification in your inbox."""

    id: Annotated[str, Field(description="sorts by time")]
    kind: Annotated[str, Field(description="what it is about, for example `call`")]
    title: str
    text: Annotated[str, Field(description="some lines")]
    at: Annotated[str, Field(description="when it happened")]
    read: bool
    url: NotRequired[Annotated[str, Field(description="where it leads")]]
    event_id: NotRequired[Annotated[str, Field(description="the telephony event that it is about")]]


@_EXACT
class InboxList(TypedDict):
    """Notifications, newest first. A page of unread ones may be short with a `next_cursor`."""

    items: list[InboxEntry]
    next_cursor: str | None
    unread: Annotated[int, Field(description=f"of the whole inbox; {MOST_COUNTED} = so many or more")]


@_EXACT
class MarkedInbox(TypedDict):
    """What became of marking all."""

    marked: Annotated[int, Field(description=f"how many were unread; {MARKED_AT_ONCE:,} = there may be more: repeat")]


def shown(notice: InboxNotice) -> dict[str, Any]:
    """Return a notice as answers show it."""
    more = {"url": notice.url, "event_id": notice.event}
    return {
        "id": notice.id,
        "kind": notice.kind,
        "title": notice.title,
        "text": notice.text,
        "at": wire_time(notice.at),
        "read": notice.read,
        **{name: value for name, value in more.items() if value is not None},
    }


_SHOWN: dict[str, Any] = {
    "id": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90", "kind": "call", "title": "Missed call from +44 7700 900123",
    "text": "Line: 2001, Hall\nYou get this because 2001 is your own line.", "at": "2026-11-21T10:00:19.000Z",
    "read": False, "event_id": "3f9c2a713f9c2a713f9c2a713f9c2a71",
}  # fmt: skip

OPERATIONS = (
    Operation(
        method="GET", path="/users/me/notifications", name="listNotifications", tags=("Notifications",),
        summary="List your notifications",
        description="The inbox of the caller; an API key is no person. It has what you were told, and what you would "
        "have been told by a channel that is off, for 30 days. `unread` may be some seconds old.",
        query=(
            QueryParameter("unread", "`true`: only unread ones", {"type": "string", "enum": ["true", "false"]}),
            QueryParameter("limit", "entries of a page", {"type": "integer", "minimum": 1, "maximum": 100}),
            QueryParameter("cursor", "`next_cursor` of the page before", {"type": "string"}),
        ),
        answer=InboxList, errors=RESOURCE_ERRORS,
        response={"items": [_SHOWN], "next_cursor": None, "unread": 1},
    ),
    Operation(
        method="PATCH", path="/users/me/notifications/{notification_id}", name="markNotification",
        tags=("Notifications",), summary="Mark a notification as read or unread",
        description="A call about the same thing later changes its words, and leaves it read.",
        bodies=(MarkBody,), answer=InboxEntry,
        errors=tuple(status for status in EDIT_ERRORS if status not in (409, 412)),
        request={"read": True}, response={**_SHOWN, "read": True},
    ),
    Operation(
        method="POST", path="/users/me/notifications/read_all", name="markAllNotifications", tags=("Notifications",),
        summary="Mark all notifications as read",
        description=f"The newest unread ones, {MARKED_AT_ONCE:,} at most. It may be repeated.",
        answer=MarkedInbox, errors=tuple(status for status in EDIT_ERRORS if status not in (409, 412, 404)),
        response={"marked": 3},
    ),
)  # fmt: skip
