"""Fields of events about answers by mail."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

# `from` is no name in Python.
_Sender = TypedDict(
    "_Sender",
    {"from": NotRequired[Annotated[str, Field(description="of a reply: its sender, if not the receiver's address")]]},
)


class ReplyFields(_Sender):
    """What only events about answers by mail have."""

    automatic: NotRequired[Annotated[bool, Field(description="of an `autoReply`: a machine answered")]]
    trimmed: NotRequired[
        Annotated[bool, Field(description="false: nothing of a mail seems to be the person's, `reply` is all of it")]
    ]
    sender_believed: NotRequired[Annotated[bool, Field(description="false: nothing proves who sent the mail")]]
