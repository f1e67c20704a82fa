"""The decisions that hold for a whole call: its reference, its lifetime, and how its results are reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.alerts.application.callback_of_call import callback_of
from tocsin.alerts.domain.alert import MAX_ITEMS
from tocsin.alerts.domain.cause import Cause
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.content.domain.subject_reference import ENTROPY_BYTES, subject_reference
from tocsin.egress.domain.callback_url import Callback
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.api_key import ApiKey, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import Fault, Forbidden, RequestTooLarge
from tocsin.kernel.domain.ids import AlertRef, time_ordered_uuid
from tocsin.kernel.ports import Randomness

ALERT_LIFETIME = Lifetime(duration=timedelta(days=30))
"""How long results are kept and answers count, if the call sets no lifetime."""

MESSAGE_EXPIRY = timedelta(hours=4)
"""How long after acceptance a message may be submitted, unless the alert's lifetime is shorter."""


WAY_TO_CARRIER = timedelta(minutes=1)
"""How long a message may be under way to the provider: an urgent one that waits longer raises an alarm."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one call.

    Attributes:
        ref: the reference of the alert.
        now: the aware time of acceptance.
        expires_at: the end of the alert's lifetime; None = never.
        callback: the webhook, None unless `notification` is CALLBACK.
        reference: the reference in the subjects of the alert's emails.
        account: the time zone and quiet hours of the account.
    """

    ref: AlertRef
    now: datetime
    expires_at: datetime | None
    notification: NotificationMode
    callback: Callback | None
    reference: str
    account: AccountClock

    @property
    def send_before(self) -> datetime:
        """No message of the alert is submitted at or after this instant; quiet hours may extend it."""
        soon = self.now + MESSAGE_EXPIRY
        return soon if self.expires_at is None else min(soon, self.expires_at)

    @property
    def short_lived(self) -> bool:
        """Whether messages may expire on their way to the provider."""
        return self.expires_at is not None and self.expires_at - self.now < WAY_TO_CARRIER


def clicks_count(key: ApiKey, request: SendRequest) -> bool:
    """Return whether visits to short links count as answers: as the call says, else by the key's default."""
    return key.click_counts if request.click_counts is None else request.click_counts


def decide_terms(
    key: ApiKey,
    request: SendRequest,
    now: datetime,
    cause: Cause | None,
    randomness: Randomness,
    egress: EgressPolicy,
    clocks: AccountClocks | None,
) -> tuple[Terms, list[Fault]]:
    """Return the terms of the call, and their faults.

    Args:
        cause: None = a client's own call. The same cause always gives the same alert reference.
        clocks: None = UTC without quiet hours.

    Raises:
        Forbidden: the request sets a lifetime or uses the bus, and the key lacks that right.
        RequestTooLarge: over MAX_ITEMS elements.
        StorageUnavailable: the account's clock cannot be read.
    """
    if request.lifetime is not None and Right.SET_LIFETIME not in key.rights:
        raise Forbidden(Right.SET_LIFETIME.value)
    if len(request.elements) > MAX_ITEMS:
        raise RequestTooLarge(MAX_ITEMS, "alert elements")
    mode = request.notification or key.notification
    if mode is NotificationMode.BUS and Right.USE_BUS not in key.rights:
        raise Forbidden(Right.USE_BUS.value)
    callback, found = callback_of(key, request, mode, egress)
    faults = list(found)
    asked = request.escalation.evidence if request.escalation else None
    if asked is Evidence.OPENED and not clicks_count(key, request):
        message = "`opened` only goes with `clickCounts`: otherwise no visit to a short link is an answer"
        faults.append(Fault("/escalation/stopWhen/evidence", "CONFLICT", message))
    expires_at = None
    try:
        expires_at = (request.lifetime or ALERT_LIFETIME).after(now)
    except ValueError as error:
        faults.append(Fault("/options/lifetime", "OUT_OF_RANGE", str(error)))
    if cause is None:
        ref = AlertRef(time_ordered_uuid(now, randomness.token(10)))
        entropy = randomness.token(ENTROPY_BYTES)
    else:
        ref = cause.alert_ref(key.tenant)
        entropy = cause.entropy(key.tenant, "subject")[:ENTROPY_BYTES]
    account = clocks.get(key.tenant) if clocks else PLAIN
    return Terms(ref, now, expires_at, mode, callback, subject_reference(entropy), account), faults
