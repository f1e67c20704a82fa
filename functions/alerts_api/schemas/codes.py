"""Types of response fields that hold a code of a closed set.

A field names its set only. The OpenAPI document gets the codes from the tables of the subjects, which no call imports.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue

WORDS = "x-words"
"""Keyword of a schema that names a vocabulary of the catalogue; the document has a reference in its place."""


class OneOf:
    """One of these values, which need no explanation."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = words

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "enum": [str(word) for word in self._words]}


class _WordOf:
    def __init__(self, name: str) -> None:
        self._name = name

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), WORDS: self._name}


AlertState = Annotated[str, _WordOf("AlertState")]
AttemptReason = Annotated[str, _WordOf("AttemptReason")]
CauseKind = Annotated[str, _WordOf("CauseKind")]
ClickClassification = Annotated[str, _WordOf("ClickClassification")]
DeliveryState = Annotated[str, _WordOf("DeliveryState")]
DisabledReason = Annotated[str, _WordOf("DisabledReason")]
EndpointState = Annotated[str, _WordOf("EndpointState")]
ErrorCode = Annotated[str, _WordOf("ErrorCode")]
EscalationState = Annotated[str, _WordOf("EscalationState")]
Evidence = Annotated[str, _WordOf("Evidence")]
Event = Annotated[str, _WordOf("Event")]
ExplanationCode = Annotated[str, _WordOf("ExplanationCode")]
FaultCode = Annotated[str, _WordOf("FaultCode")]
MessageState = Annotated[str, _WordOf("MessageState")]
IncidentState = Annotated[str, _WordOf("IncidentState")]
NoticeCode = Annotated[str, _WordOf("NoticeCode")]
PauseReason = Annotated[str, _WordOf("PauseReason")]
PlannedOutcome = Annotated[str, _WordOf("PlannedOutcome")]
Reason = Annotated[str, _WordOf("Reason")]
ResponseKind = Annotated[str, _WordOf("ResponseKind")]
RunFailure = Annotated[str, _WordOf("RunFailure")]
ScheduleState = Annotated[str, _WordOf("ScheduleState")]
TimelineKind = Annotated[str, _WordOf("TimelineKind")]
WarningCode = Annotated[str, _WordOf("WarningCode")]
