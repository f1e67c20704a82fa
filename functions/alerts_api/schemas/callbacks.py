"""The part of `/getinfo` and `/setinfo` that is about callbacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.words import CallbackUrl, Form
from tocsin.entrypoint.http.wire import WireModel
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.webhooks.application.manage import CallbackChange, CallbackChanged
from tocsin.webhooks.application.read_callbacks import Callbacks, DeliveriesWanted
from tocsin.webhooks.domain.delivery import Attempt, Delivery
from tocsin.webhooks.domain.endpoint import Endpoint

_EXACT = with_config(ConfigDict(extra="forbid"))

EndpointId = Annotated[str, Form(r"[0-9a-f]{64}", "be the `endpointId` of a callback endpoint")]
EventId = Annotated[str, Form(r"evt_[0-9a-f]{32}", "be the `eventId` of an event")]
Cursor = Annotated[str, Field(min_length=1, max_length=limits.URL_CHARACTERS)]


_ACTIONS = ("rotateSecret", "enabled", "replayEventId", "replayFailed", "test")


class CallbackOptions(WireModel):
    """Which deliveries to return."""

    endpoint_id: EndpointId
    maximum_deliveries: Annotated[int, Field(ge=1, le=limits.PAGE_ITEMS)] = 10
    after: Annotated[Cursor | None, Field(description="`deliveriesNext` of the answer before")] = None

    def wanted(self) -> DeliveriesWanted:
        """Return the options as the use case takes them."""
        return DeliveriesWanted(self.endpoint_id, self.maximum_deliveries, self.after)


class CallbackChangeBody(WireModel):
    """A change of one callback endpoint, named by its id or its URL."""

    endpoint_id: EndpointId | None = None
    callback_url: Annotated[
        CallbackUrl | None, Field(description="with `rotateSecret` it may be one that was never called")
    ] = None
    rotate_secret: Annotated[
        bool, Field(description="make a new signing secret and show it, once; the one before signs along for a day")
    ] = False
    enabled: Annotated[bool | None, Field(description="deliver its events, or pause them")] = None
    replay_event_id: Annotated[EventId | None, Field(description="deliver this event again")] = None
    replay_failed: Annotated[
        bool, Field(description="deliver again events that failed or were paused in the last 30 days, up to 100 a call")
    ] = False
    test: Annotated[
        bool,
        Field(
            description="send one signed event `test`, also to a disabled endpoint and to a URL that was never called: "
            "one attempt, which changes nothing of the endpoint; at most 10 a minute. `/getinfo` lists its delivery"
        ),
    ] = False
    replay_after: Annotated[Cursor | None, Field(description="`replayNext` of the answer before")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The body names an action and one endpoint."""
        named = [name for name in ("endpointId", "callbackUrl") if raw.get(name) is not None]
        actions = [
            name
            for name in _ACTIONS
            if raw.get(name) not in (None, False) or (name == "enabled" and raw.get(name) is False)
        ]
        if not actions:
            yield Fault("", "REQUIRED", f"say what to do: {', '.join(f'`{name}`' for name in _ACTIONS)}")
        if len(named) == 2:
            yield Fault("/callbackUrl", "CONFLICT", "give only one of `endpointId` and `callbackUrl`")
        if not named and actions != ["replayEventId"]:
            yield Fault("/endpointId", "REQUIRED", "name the endpoint by `endpointId` or by `callbackUrl`")
        if "replayEventId" in actions and "replayFailed" in actions:
            yield Fault("/replayEventId", "CONFLICT", "replay one event or all that failed")

    def change(self) -> CallbackChange:
        """Return the change as the use case takes it."""
        return CallbackChange(
            endpoint=self.endpoint_id,
            url=self.callback_url,
            rotate=self.rotate_secret,
            enabled=self.enabled,
            replay_event=self.replay_event_id,
            replay_failed=self.replay_failed,
            test=self.test,
            after=self.replay_after,
        )


@_EXACT
class EndpointAnswer(TypedDict):
    """A callback endpoint, without its secret."""

    endpointId: str
    callbackUrl: str
    state: codes.EndpointState
    created: str
    failingSince: NotRequired[str]
    disabled: NotRequired[str]
    disabledReason: NotRequired[codes.DisabledReason]


@_EXACT
class AttemptAnswer(TypedDict):
    """One attempt to deliver an event."""

    attempt: int
    whence: str
    status: Annotated[int | None, Field(description="HTTP status; null = no answer")]
    reason: Annotated[codes.AttemptReason | None, Field(description="why no answer came; null = one did, or may yet")]
    milliseconds: int | None
    answer: NotRequired[
        Annotated[str, Field(description="how the answer to a failed call began, up to 256 characters; for 7 days")]
    ]


@_EXACT
class DeliveryAnswer(TypedDict):
    """One event for an endpoint, with its attempts."""

    eventId: str
    alertId: NotRequired[Annotated[str, Field(description="missing for a test event")]]
    state: codes.DeliveryState
    created: str
    expires: str
    attempts: list[AttemptAnswer]


@_EXACT
class CallbacksAnswer(TypedDict):
    """Your callback endpoints, and with `callbackOptions` the deliveries to one of them."""

    endpoints: list[EndpointAnswer]
    deliveries: NotRequired[list[DeliveryAnswer]]
    deliveriesNext: NotRequired[str]


@_EXACT
class CallbackChangedAnswer(TypedDict):
    """The result of the change."""

    endpoint: NotRequired[EndpointAnswer]
    secret: NotRequired[Annotated[str, Field(description="`whsec_…`, of Standard Webhooks; keep it, it is shown once")]]
    replayed: NotRequired[Annotated[int, Field(description="events that are delivered again")]]
    testEventId: NotRequired[Annotated[str, Field(description="`eventId` of the test event")]]
    replayNext: NotRequired[Annotated[str, Field(description="there are more: repeat with it as `replayAfter`")]]


def callbacks_answer(info: Callbacks) -> CallbacksAnswer:
    """Return the section of `/getinfo` about callbacks."""
    told: CallbacksAnswer = {"endpoints": [_endpoint(endpoint) for endpoint in info.endpoints]}
    if (page := info.page) is not None:
        told["deliveries"] = [_delivery(each, page.answers.get(each.key.event_id, {})) for each in page.deliveries]
        if page.next is not None:
            told["deliveriesNext"] = page.next
    return told


def changed_answer(changed: CallbackChanged) -> CallbackChangedAnswer:
    """Return the part of the `/setinfo` response about callbacks."""
    told: CallbackChangedAnswer = {}
    if changed.endpoint is not None:
        told["endpoint"] = _endpoint(changed.endpoint)
    if changed.secret is not None:
        told["secret"] = changed.secret
    if changed.replayed is not None:
        told["replayed"] = changed.replayed
    if changed.next is not None:
        told["replayNext"] = changed.next
    if changed.test_event is not None:
        told["testEventId"] = changed.test_event
    return told


def _endpoint(endpoint: Endpoint) -> EndpointAnswer:
    told: EndpointAnswer = {
        "endpointId": endpoint.key.hash,
        "callbackUrl": endpoint.url,
        "state": endpoint.state.value,
        "created": wire_time(endpoint.created_at),
    }
    if endpoint.failing_since is not None:
        told["failingSince"] = wire_time(endpoint.failing_since)
    if endpoint.disabled_at is not None:
        told["disabled"] = wire_time(endpoint.disabled_at)
    if endpoint.disabled_reason is not None:
        told["disabledReason"] = endpoint.disabled_reason.value
    return told


def _delivery(delivery: Delivery, answers: Mapping[int, bytes]) -> DeliveryAnswer:
    told: DeliveryAnswer = {
        "eventId": delivery.key.event_id,
        "state": delivery.state.value,
        "created": wire_time(delivery.created_at),
        "expires": wire_time(delivery.expires_at),
        "attempts": [_attempt(attempt, answers.get(attempt.number)) for attempt in delivery.attempts],
    }
    if delivery.alert is not None:
        told["alertId"] = delivery.alert
    return told


def _attempt(attempt: Attempt, answer: bytes | None) -> AttemptAnswer:
    told: AttemptAnswer = {
        "attempt": attempt.number,
        "whence": wire_time(attempt.at),
        "status": attempt.status,
        "reason": attempt.reason,
        "milliseconds": attempt.milliseconds,
    }
    if answer is not None:
        told["answer"] = shown(answer)
    return told


def shown(answer: bytes) -> str:
    """Return the beginning of a response as safe text: invisible and control characters are escaped."""
    told = ""
    for one in answer.decode(errors="replace"):
        told += one if one.isprintable() else one.encode("unicode_escape").decode()
        if len(told) > limits.ANSWER_CHARACTERS:
            return told[: limits.ANSWER_CHARACTERS]
    return told
