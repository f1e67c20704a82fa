"""Runs a contact flow as Amazon Connect does: the action types, transitions and errors that our flow uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol

Answer = Mapping[str, str]
Invoke = Callable[[dict[str, Any]], Answer]
"""Calls our function with one payload. Any exception is what Connect sees as a failed invocation."""

ENDED_BY_FLOW, ENDED_BY_RECEIVER = "CONTACT_FLOW_DISCONNECT", "CUSTOMER_DISCONNECT"


class Unplayable(Exception):
    """A prompt cannot be played: no such file, or bad SSML."""


class Line(Protocol):
    """An answered call, with the buffer that keeps keys while nothing listens."""

    @property
    def up(self) -> bool:
        """Whether the receiver has not hung up."""

    def keep_keys(self) -> None:
        """Keep keys from now on that are pressed while nothing listens."""

    def play(self, said: Answer, *, barge_in: bool) -> None:
        """Play what an answer says, to its end; with `barge_in` to the first key, and not at all if a key waits.

        Raises:
            Unplayable: it cannot be played.
        """

    def key(self, seconds: float) -> str | None:
        """Return the key that waits, or else the first one within `seconds`; None if there is none."""


class _Failed(Exception):
    """An action ends in one of its errors."""


class FlowRun:
    """One call.

    Args:
        contact: `ContactData` of each payload for our function.
    """

    def __init__(self, flow: Mapping[str, Any], line: Line, invoke: Invoke, contact: Mapping[str, Any]) -> None:
        self._start = flow["StartAction"]
        self._actions = {action["Identifier"]: action for action in flow["Actions"]}
        self._line, self._invoke, self._contact = line, invoke, contact
        self._answer: Answer = {}
        self._loops: Counter[str] = Counter()

    def run(self) -> str:
        """Run the flow until the line is down. Return Connect's reason."""
        action = self._actions[self._start]
        while self._line.up:
            if action["Type"] == "DisconnectParticipant":
                return ENDED_BY_FLOW
            action = self._actions[self._next(action)]
        return ENDED_BY_RECEIVER

    def _next(self, action: Mapping[str, Any]) -> str:
        transitions = action["Transitions"]
        try:
            came = getattr(self, f"_{action['Type']}")(action["Parameters"], action["Identifier"])
            for branch in transitions.get("Conditions", ()) if came is not None else ():
                if came in branch["Condition"]["Operands"]:
                    return str(branch["NextAction"])
            if came is not None and "Errors" in transitions:
                raise _Failed("NoMatchingCondition")
            return str(transitions["NextAction"])
        except _Failed as failed:
            targets = {error["ErrorType"]: error["NextAction"] for error in transitions["Errors"]}
            return str(targets[str(failed)])

    def _value(self, text: str) -> str:
        field = text.removeprefix("$.External.")
        return text if field == text else self._answer.get(field, "")

    def _UpdateFlowLoggingBehavior(self, *_: Any) -> None: ...

    def _UpdateContactTextToSpeechVoice(self, parameters: Mapping[str, str], _: str) -> None:
        if not all(map(self._value, parameters.values())):
            raise _Failed("NoMatchingError")

    def _InvokeLambdaFunction(self, parameters: Mapping[str, Any], _: str) -> None:
        asked = {name: self._value(text) for name, text in parameters["LambdaInvocationAttributes"].items()}
        try:
            self._answer = dict(self._invoke({"Details": {"ContactData": self._contact, "Parameters": asked}}))
        except Exception as error:
            raise _Failed("NoMatchingError") from error

    def _Compare(self, parameters: Mapping[str, str], _: str) -> str:
        return self._value(parameters["ComparisonValue"])

    def _Loop(self, parameters: Mapping[str, str], name: str) -> str:
        self._loops[name] += 1
        return "ContinueLooping" if self._loops[name] <= int(parameters["LoopCount"]) else "DoneLooping"

    def _MessageParticipant(self, parameters: Mapping[str, Any], _: str) -> None:
        try:
            self._line.play(self._answer, barge_in=parameters["SkipWhenDTMFBufferEnabled"] == "true")
        except Unplayable as error:
            raise _Failed("NoMatchingError") from error

    def _GetParticipantInput(self, parameters: Mapping[str, str], _: str) -> str | None:
        if parameters.get("EnableDTMFBuffer") == "true":
            self._line.keep_keys()
            return None
        key = self._line.key(float(parameters["InputTimeLimitSeconds"]))
        if key is None and self._line.up:
            raise _Failed("InputTimeLimitExceeded")
        return key
