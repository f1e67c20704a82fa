"""The contact flow by which Amazon Connect runs every call: it plays, listens and asks our function what is next.

    log nothing ─► keep keys ─► answered ─► how to play ─► voice ─► play ─► and then
                                   ▲            ▲                             │
                     once more ────┘            └── played, no key, key …  ◄──┴──► hang up

The answer of the function (`steps`) says what is played and what comes then. If the function fails, a key is reported a
second time; after that, and after any other event, the flow asks to resume, twice in a call. Then it hangs up.

Sources: Amazon Connect Administrator Guide, "Flow language" and "Flow block: Get customer input", "Play prompt" and
"Set touch-tone buffering behavior". All parameters are strings: a JSON boolean or number makes the import fail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tocsin.adapters.connect.steps import AGAIN, EVENT, KEY, PLAYS, STATE, WORDS
from tocsin.voice.domain.dialogue import LISTEN_SECONDS, Signal, Then
from tocsin.voice.domain.script import KEYS

FUNCTION = "${IvrFunctionArn}"
"""Stands for the ARN of our function: CloudFormation replaces it by `!Sub`."""

START = "log nothing"
FUNCTION_SECONDS = 8
"""How long Connect waits for our function, its own tries included; the longest that it allows."""

RESUMED = 2
"""How often in a call the flow asks to resume."""

_OTHERWISE = "NoMatchingCondition"
_ERROR = "NoMatchingError"

Action = dict[str, Any]


def contact_flow() -> Action:
    """Return the flow, in version 2019-10-30 of the flow language."""
    actions = [
        _action(START, "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Disabled"}, "keep keys"),
        # Without the buffer the call goes on, and takes only keys that are pressed while it listens.
        _action("keep keys", "GetParticipantInput", {"EnableDTMFBuffer": "true"}, "answered", error="answered"),
        _ask("answered", {EVENT: Signal.ANSWERED}, "once more"),
        _action(
            "once more",
            "Loop",
            {"LoopCount": str(RESUMED)},
            "hang up",
            {"ContinueLooping": "answered again", "DoneLooping": "hang up"},
        ),
        _ask("answered again", {EVENT: Signal.RESUME, STATE: _answer("state")}, "once more"),
        _compare("how to play", "play", {word: _first_of(word) for word in PLAYS}, "and then"),
        *(action for word in PLAYS for action in _play(word)),
        _report("unplayable", Signal.UNPLAYABLE),
        _compare(
            "and then",
            "then",
            {Then.GO_ON: "played", Then.LISTEN: "listen", Then.GLANCE: "glance", Then.HANG_UP: "hang up"},
            "hang up",
        ),
        _report("played", Signal.PLAYED),
        *(_menu(str(then), seconds) for then, seconds in LISTEN_SECONDS.items()),
        _report("no key", Signal.NO_KEY),
        *(action for key in KEYS for action in _key(key)),
        {"Identifier": "hang up", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}},
    ]
    return {
        "Version": "2019-10-30",
        "StartAction": START,
        "Metadata": _positions([action["Identifier"] for action in actions]),
        "Actions": actions,
    }


def contact_flow_text() -> str:
    """Return the flow as JSON, one action a line."""
    flow = contact_flow()
    actions = ",\n".join(json.dumps(action) for action in flow.pop("Actions"))
    return f'{json.dumps(flow)[:-1]}, "Actions": [\n{actions}\n]}}\n'


def _action(
    name: str,
    type: str,
    parameters: Action,
    following: str,
    conditions: Mapping[Any, str] | None = None,
    error: str | None = None,
) -> Action:
    """Return an action that is followed by `following`, by another one on a condition, or by `error` if it fails."""
    transitions: Action = {"NextAction": following}
    if error:
        transitions["Errors"] = [{"ErrorType": _ERROR, "NextAction": error}]
    if conditions:
        transitions["Conditions"] = [
            {"NextAction": target, "Condition": {"Operator": "Equals", "Operands": [str(operand)]}}
            for operand, target in conditions.items()
        ]
    return {"Identifier": name, "Type": type, "Parameters": parameters, "Transitions": transitions}


def _answer(field: str) -> str:
    """Return the reference to a field of our function's latest answer."""
    return f"$.External.{field}"


def _ask(name: str, attributes: dict[str, str], error: str) -> Action:
    """Return the action that calls our function, and then does what it says."""
    parameters = {
        "LambdaFunctionARN": FUNCTION,
        "InvocationTimeLimitSeconds": str(FUNCTION_SECONDS),
        "LambdaInvocationAttributes": {attribute: str(value) for attribute, value in attributes.items()},
        "ResponseValidation": {"ResponseType": "JSON"},
    }
    return _action(name, "InvokeLambdaFunction", parameters, "how to play", error=error)


def _report(name: str, signal: Signal) -> Action:
    return _ask(name, {EVENT: signal, STATE: _answer("state")}, "once more")


def _compare(name: str, field: str, targets: Mapping[Any, str], otherwise: str) -> Action:
    action = _action(name, "Compare", {"ComparisonValue": _answer(field)}, otherwise, targets)
    action["Transitions"]["Errors"] = [{"ErrorType": _OTHERWISE, "NextAction": otherwise}]
    return action


def _first_of(word: str) -> str:
    kind, _ = PLAYS[word]
    return f"play {word}" if kind == "file" else f"voice for {word}"


def _play(word: str) -> list[Action]:
    """Return the actions that play a prompt. A prompt whose voice cannot be set is played in the default voice."""
    kind, barge_in = PLAYS[word]
    what = _answer("what")
    contents: dict[str, Action] = {
        "text": {"Text": what},
        "ssml": {"SSML": what},
        "file": {"Media": {"Uri": what, "SourceType": "S3", "MediaType": "Audio"}},
    }
    skip = {"SkipWhenDTMFBufferEnabled": "true" if barge_in else "false"}
    play = _action(f"play {word}", "MessageParticipant", contents[kind] | skip, "and then", error="unplayable")
    if kind == "file":
        return [play]
    voice = {"TextToSpeechVoice": _answer("voice"), "TextToSpeechEngine": _answer("engine")}
    following = play["Identifier"]
    return [_action(_first_of(word), "UpdateContactTextToSpeechVoice", voice, following, error=following), play]


def _menu(name: str, seconds: int) -> Action:
    """Return the action that waits for one key, and takes a buffered key at once. Connect wants the time as a constant.

    The keys are conditions of a menu. Where input is stored instead, star and hash cancel and end it.
    """
    parameters = {"SSML": "<speak></speak>", "StoreInput": "False", "InputTimeLimitSeconds": str(seconds)}
    keys = {key: f"key {WORDS.get(key, key)}" for key in KEYS}
    menu = _action(name, "GetParticipantInput", parameters, "no key", keys)
    menu["Transitions"]["Errors"] = [
        {"ErrorType": error, "NextAction": "no key"} for error in ("InputTimeLimitExceeded", _OTHERWISE, _ERROR)
    ]
    return menu


def _key(key: str) -> list[Action]:
    """Return the two actions that report a key. A key must not be lost because our function failed once."""
    name = f"key {WORDS.get(key, key)}"
    attributes = {EVENT: "key", STATE: _answer("state"), KEY: key}
    again = attributes | {AGAIN: "true"}
    return [_ask(name, attributes, f"{name} again"), _ask(f"{name} again", again, "once more")]


def _positions(names: list[str]) -> Action:
    """Return where the editor of Connect draws the actions: rows of six."""
    return {
        "entryPointPosition": {"x": 20, "y": 20},
        "ActionMetadata": {
            name: {"position": {"x": 220 + 260 * (at % 6), "y": 20 + 220 * (at // 6)}} for at, name in enumerate(names)
        },
    }
