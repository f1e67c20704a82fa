"""Makes calls through Amazon Connect.

Sources: Amazon Connect API Reference, "StartOutboundVoiceContact", "StopContact" and "DescribeContact"; the ranges are
those of botocore's model. The quota is two dials a second for an instance, and up to five at once.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tocsin.adapters.aws.submissions import Row, permanent, submitted
from tocsin.adapters.connect.contact_events import ended_contact
from tocsin.adapters.connect.steps import MESSAGE
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import OutgoingCall
from tocsin.delivery.domain.submission import Accepted, Dialled, OutcomeUnknown, Submission
from tocsin.kernel.domain.errors import StorageUnavailable

SECONDS_A_DIAL = 1.0
"""How often a worker dials. There are two workers, so that both together stay within the quota."""

WARM_FOR = 5.0
"""Seconds for which the function that answers Connect is not started again."""

_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}")
_RINGS = range(15, 61)

_NOT_SET_UP = permanent("not_set_up")

_REFUSALS: tuple[Row, ...] = (
    ("DestinationNotAllowedException", "", permanent("destination_not_allowed")),
    ("OutboundContactNotPermittedException", "", permanent("outbound_not_permitted")),
    ("InvalidParameterException", "", permanent("invalid_number")),
    ("InvalidRequestException", "", permanent("invalid_request")),
    ("ResourceNotFoundException", "", _NOT_SET_UP),  # the instance, its flow, or a number that it does not have
    # A repeat with the same token is the same call, so whatever may have placed it is asked again.
    *((code, "", OutcomeUnknown("provider_error")) for code in (
        "InternalServiceException", "InternalServerException", "InternalServerError", "InternalFailure",
        "ServiceUnavailable", "ServiceUnavailableException", "500", "503",
    )),
)  # fmt: skip

_log = logging.getLogger(__name__)


class ConnectCaller:
    """Makes calls by the contact flow of one instance. Several threads may use it.

    Args:
        connect: the client of Connect, as `AwsClients` has it.
        instance, flow: ARNs of the instance and its contact flow; empty if there is none: then every call is refused.
        warm: called before a call is dialled; see `StartFunction`.
        monotonic, sleep: seconds that pass.
    """

    def __init__(
        self,
        connect: Any,
        instance: str,
        flow: str,
        warm: Callable[[], None] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connect = connect
        self._instance = instance.rpartition("/")[2]
        self._flow = flow.rpartition("/")[2]
        self._warm = warm
        self._monotonic = monotonic
        self._sleep = sleep
        self._dialling = Lock()
        self._next_dial = monotonic()

    def call(self, call: OutgoingCall) -> Submission:
        """Dial, and return the outcome. The try's id is the token: Connect places one call for it within seven days."""
        if not self._instance or not self._flow:
            return _NOT_SET_UP
        rings = round(call.answer_within.total_seconds())
        if not _NUMBER.fullmatch(call.to):
            return permanent("invalid_number")
        if not _NUMBER.fullmatch(call.sender):
            return permanent("sender_not_allowed")
        if rings not in _RINGS:
            return permanent("invalid_request")
        if self._warm is not None:
            self._warm()
        self._wait_to_dial()
        outcome = submitted(
            lambda: self._connect.start_outbound_voice_contact(
                InstanceId=self._instance,
                ContactFlowId=self._flow,
                DestinationPhoneNumber=call.to,
                SourcePhoneNumber=call.sender,
                ClientToken=str(call.id),
                Attributes={MESSAGE: str(call.id)},
                RingTimeoutInSeconds=rings,
                TrafficType="GENERAL",
            ),
            _REFUSALS,
            "ContactId",
        )
        match outcome:
            case Accepted(provider_id=contact):
                return Dialled(contact, call.answer_within)
            case OutcomeUnknown(reason=reason):
                return OutcomeUnknown(reason, idempotent=True)
        return outcome

    def stop(self, call_id: str) -> None:
        """End a call. If that fails, the call ends by itself."""
        try:
            self._connect.stop_contact(InstanceId=self._instance, ContactId=call_id)
        except (BotoCoreError, ClientError) as error:
            _log.info("a call could not be stopped", extra={"code": _code(error)})

    def look(self, call_id: str) -> EndedCall | None:
        """Return how a call ended, as Connect describes it; None if it goes on. Raises StorageUnavailable."""
        try:
            answer = self._connect.describe_contact(InstanceId=self._instance, ContactId=call_id)
            return ended_contact(answer["Contact"])
        except (BotoCoreError, ClientError, KeyError, ValueError) as error:
            raise StorageUnavailable(f"Connect did not describe a call: {_code(error)}") from error

    def _wait_to_dial(self) -> None:
        with self._dialling:
            if (wait := self._next_dial - self._monotonic()) > 0:
                self._sleep(wait)
            self._next_dial = self._monotonic() + SECONDS_A_DIAL


class StartFunction:
    """Starts a function without waiting for it, so that its first real event meets a warm one.

    Args:
        functions: the client of Lambda, as `AwsClients` has it.
        name: the function's name.
    """

    def __init__(self, functions: Any, name: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._functions = functions
        self._name = name
        self._monotonic = monotonic
        self._warm_until = float("-inf")

    def __call__(self) -> None:
        """Start the function unless that was done within `WARM_FOR`. It never raises: a cold start is only slower."""
        if self._monotonic() < self._warm_until:
            return
        self._warm_until = self._monotonic() + WARM_FOR
        try:
            self._functions.invoke(FunctionName=self._name, InvocationType="Event", Payload=b'{"warm": true}')
        except (BotoCoreError, ClientError) as error:
            _log.info("a function could not be started", extra={"code": _code(error)})


def _code(error: Exception) -> str:
    """Return what may be logged about an error."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__
