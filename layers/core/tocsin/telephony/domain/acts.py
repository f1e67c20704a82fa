"""Acts: what an event brings about, as its row keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

Act = Sequence[Any]
"""JSON list: the value of an ActKind, then what that kind needs. It contains ids and numbers only."""


class ActKind(StrEnum):
    """Kinds of acts."""

    RULE = "rule"  # ["rule", rule id, version, [trigger ids]]: the rule matched when the event came
    LINE = "line"  # ["line"]: the line of the registration is followed, then rules are matched
    LEG = "leg"  # ["leg"]: the leg is added to its call
    NOTICE = "notice"  # ["notice"]: people are told as their settings say
    BURST = "burst"  # ["burst"]: the text counts towards a burst of texts from one contact
    APPOINTMENT = "appointment"  # ["appointment"]: the appointment is made, changed or cancelled
    INTEGRATION = "integration"  # ["integration"]: the status of an integration is reported
    BUS = "bus"  # ["bus"]: the event is put on the event bus
    MAIL = "mail"  # ["mail", template]: the event is mailed, if the account's settings of then say so
