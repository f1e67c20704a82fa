"""What the texts of one firing of a rule come to: an estimate, as a plan of an alert has it."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alert_rules.domain.actions import SmsAction
from tocsin.alert_rules.domain.words import Told, text
from tocsin.content.domain.sms_text import measure
from tocsin.limits.domain.sms_prices import price_of


@dataclass(frozen=True, slots=True)
class TextEstimate:
    """An estimate.

    Attributes:
        parts: segments of a text.
        price: of the texts to all receivers, in millionths of a US dollar.
    """

    parts: int
    price: int


def estimate_of(action: SmsAction, told: Told) -> TextEstimate:
    """Return what the texts of an action come to that tell this."""
    parts = measure(text(action, told)).segments
    return TextEstimate(parts, sum(price_of(number, parts) for number in action.to))
