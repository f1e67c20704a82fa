"""The operation that sends samples of notices."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.operation import ACT_ERRORS, Operation
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome

_EXACT = with_config(ConfigDict(extra="forbid"))
ChannelWord = Literal["email", "text", "browser", "inbox"]
assert set(get_args(ChannelWord)) == set(NoticeChannel)
StateWord = Literal["sent", "no_number", "own_number", "opted_out", "no_device"]
assert set(get_args(StateWord)) < set(NoticeOutcome)


@_EXACT
class SampleChannel(TypedDict):
    """A sample by one channel."""

    channel: ChannelWord
    to: Annotated[str | None, Field(description="address or number; null = the inbox, the browsers, or none")]
    state: Annotated[StateWord, Field(description="`sent`, or why none was sent")]


@_EXACT
class SampleNoticesResource(TypedDict):
    """Where the samples go."""

    channels: Annotated[list[SampleChannel], Field(description="the channels that are on, and the inbox")]


OPERATIONS = (
    Operation(
        method="POST", path="/users/me/notification_settings/sample", name="sendSampleNotices", tags=("People",),
        summary="Send yourself a sample of a notice",
        description="One sample by each channel that is on; subject and text begin with `Sample:`. They are sent at "
        "once, also in quiet hours. At most 3 times an hour.",
        bodies=(NothingBody,), answer=SampleNoticesResource, accepted=True, idempotent=True,
        errors=tuple(status for status in ACT_ERRORS if status not in (404, 409, 412)), request={},
        response={
            "channels": [
                {"channel": "inbox", "to": None, "state": "sent"},
                {"channel": "email", "to": "ana@example.org", "state": "sent"},
                {"channel": "text", "to": None, "state": "no_number"},
            ]
        },
    ),
)  # fmt: skip
