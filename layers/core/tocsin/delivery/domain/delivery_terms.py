"""When one message of an alert may go out: what the alert says, and the quiet hours of its receiver.

    accepted        quiet from        alert.send_before          released        send_before
       |  may go out  | · · · · · · · · · · | · · · · · · · held · · |  may go out  |

Both the plan that a client is shown and the worker that sends ask here. The answer depends on the alert, which is
frozen at acceptance (its account's clock with it), on the receiver, frozen as well, and on the instant that is asked
about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.calendar.domain.quiet_hours import in_effect, next_quiet, release
from tocsin.contacts.domain.recipient import Recipient

LATITUDE = timedelta(hours=4)
"""How long a message may be handed over after the quiet hours that held it; as long as any message after acceptance."""


QUIET_HOURS = "quiet_hours"
"""Held until quiet hours end."""


OUTLASTED = "quiet_hours_outlast_alert"
"""Quiet hours end after the message's time is over: it can never be sent."""


OVERRIDDEN = "quiet_hours_overridden"
"""Its receiver has quiet hours, and the alert is urgent."""


@dataclass(frozen=True, slots=True)
class DeliveryTerms:
    """When a message may be handed over.

    Attributes:
        not_before: the instant that was asked about, or when the quiet hours around it end.
        send_before: nothing is handed over at or after this instant.
        why: QUIET_HOURS, OUTLASTED (then `not_before` is not before `send_before`), OVERRIDDEN; None = nothing special.
    """

    not_before: datetime
    send_before: datetime
    why: str | None = None


def delivery_terms(alert: Alert, recipient: Recipient, at: datetime) -> DeliveryTerms:
    """Return what holds for a message to `recipient` at the aware instant `at`.

    Args:
        at: when it would be handed over; the alert's `accepted_at` for a plan.
    """
    quiet = in_effect(recipient.quiet, alert.account.quiet)
    if quiet is None:
        return DeliveryTerms(at, alert.send_before)
    zone = alert.account.zone_info
    released = release(quiet, at, zone)
    if alert.urgent:
        return DeliveryTerms(at, alert.send_before, OVERRIDDEN if released > at else None)
    send_before = alert.send_before
    begin, end = next_quiet(quiet, alert.accepted_at, zone)
    # Only the first quiet hours move the end, or a message that nobody takes would be tried day after day.
    if begin < alert.send_before:
        send_before = max(send_before, end + LATITUDE)
        send_before = send_before if alert.expires_at is None else min(send_before, alert.expires_at)
    if released <= at:
        return DeliveryTerms(at, send_before)
    return DeliveryTerms(released, send_before, QUIET_HOURS if released < send_before else OUTLASTED)
