"""The part of `/getinfo` that is about messages to the owner of a key."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.http.wire import WireModel
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.notices.domain.client_message import Category, ClientMessage, MessageQuery, Severity

_EXACT = with_config(ConfigDict(extra="forbid"))


class MessageOptions(WireModel):
    """Which messages to return."""

    earliest_first: Annotated[bool, Field(description="oldest first instead of newest first")] = False
    unreported_only: Annotated[bool, Field(description="only those no earlier call has marked")] = False
    mark_reported: Annotated[
        bool, Field(description="mark what is returned; with `unreportedOnly` each message is returned once")
    ] = False
    maximum_messages: Annotated[int, Field(ge=1, le=limits.MESSAGES_PER_CALL)] = 10
    severity: Literal["error", "warning", "notice", "info"] | None = None
    category: Literal["api", "general", "callback"] | None = None

    def query(self) -> MessageQuery:
        """Return the options as the use case takes them."""
        return MessageQuery(
            self.maximum_messages,
            self.earliest_first,
            self.unreported_only,
            self.mark_reported,
            Severity(self.severity) if self.severity else None,
            Category(self.category) if self.category else None,
        )


@_EXACT
class MessageAnswer(TypedDict):
    """One message to the owner of the key."""

    messageId: str
    whence: Annotated[str, Field(description="when it happened, UTC")]
    severity: Annotated[str, Field(description="error, warning, notice or info")]
    category: Annotated[str, Field(description="api, general or callback")]
    code: Annotated[str, Field(description="stable word")]
    message: str
    alertId: NotRequired[str]


def message_answer(message: ClientMessage) -> MessageAnswer:
    """Return a message as the client sees it."""
    told: MessageAnswer = {
        "messageId": message.id,
        "whence": wire_time(message.at),
        "severity": message.severity.value,
        "category": message.category.value,
        "code": message.code,
        "message": message.text,
    }
    if message.alert is not None:
        told["alertId"] = message.alert
    return told
