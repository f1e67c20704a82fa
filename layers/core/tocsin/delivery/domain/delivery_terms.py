"""When a message may be submitted: the alert's latest time, and the quiet hours of the receiver.

    accepted        quiet from        alert.send_before          released        send_before
       |  may be sent | · · · · · · · · · · | · · · · · · · held · · |  may be sent |

The plan of a send and the worker that sends both use this decision. It depends on the alert, the receiver and an
instant. Alert and receiver do not change after acceptance, and the alert holds the account's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.calendar.domain.quiet_hours import in_effect, next_quiet, release
from tocsin.contacts.domain.recipient import Recipient

LATITUDE = timedelta(hours=4)
"""How long after the end of quiet hours a held message may be submitted; the same time as after acceptance."""


QUIET_HOURS = "quiet_hours"
"""The message is held until quiet hours end."""


OUTLASTED = "quiet_hours_outlast_alert"
"""Quiet hours end too late for the message: it can never be sent."""


OVERRIDDEN = "quiet_hours_overridden"
"""The receiver has quiet hours, and the alert is urgent: the message is sent."""


@dataclass(frozen=True, slots=True)
class DeliveryTerms:
    """When a message may be submitted.

    Attributes:
        not_before: the given instant, or the end of the quiet hours around it.
        send_before: no submission at or after this instant.
        why: QUIET_HOURS, OUTLASTED (`not_before` is not before `send_before`) or OVERRIDDEN; None = no quiet hours.
    """

    not_before: datetime
    send_before: datetime
    why: str | None = None


def delivery_terms(
    alert: Alert, recipient: Recipient, at: datetime, resent_at: datetime | None = None
) -> DeliveryTerms:
    """Return the terms of a message to `recipient` at the aware instant `at`.

    Args:
        at: the time of the submission; for a plan, the alert's `accepted_at`.
        resent_at: when a client last asked to send it again. It then has as much time as after the acceptance.
    """
    if resent_at is not None:
        alert = _as_if_accepted(alert, resent_at)
    quiet = in_effect(recipient.quiet, alert.account.quiet)
    if quiet is None:
        return DeliveryTerms(at, alert.send_before)
    zone = alert.account.zone_info
    released = release(quiet, at, zone)
    if alert.urgent:
        return DeliveryTerms(at, alert.send_before, OVERRIDDEN if released > at else None)
    send_before = alert.send_before
    begin, end = next_quiet(quiet, alert.accepted_at, zone)
    # Only the first quiet hours extend the time. Else a message that no provider accepts would be tried for days.
    if begin < alert.send_before and not alert.ends_on_time:
        send_before = max(send_before, end + LATITUDE)
        send_before = send_before if alert.expires_at is None else min(send_before, alert.expires_at)
    if released <= at:
        return DeliveryTerms(at, send_before)
    return DeliveryTerms(released, send_before, QUIET_HOURS if released < send_before else OUTLASTED)


def _as_if_accepted(alert: Alert, at: datetime) -> Alert:
    send_before = at + (alert.send_before - alert.accepted_at)
    if alert.expires_at is not None:
        send_before = min(send_before, alert.expires_at)
    return replace(alert, accepted_at=at, send_before=send_before)
