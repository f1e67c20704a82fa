"""Object to claimed messages of a cancelled alert, and to those whose receivers are erased or suppressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.cause import CauseKind
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.outcome import AlertCancelled, Suppressed
from tocsin.delivery.domain.submission import Rejected
from tocsin.delivery.ports.last_looks import LastLooks
from tocsin.delivery.ports.messages import MessageRows
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.suppressions.application.suppress import Suppress

ErasedSince = Callable[[Alert, Sequence[Claimed], datetime | None], dict[int, Objection]]
"""Returns objections to messages to people who were erased after the alert was accepted, given the last erasure."""

_NO_SUPPRESSIONS = Rejected("suppressions_unavailable", permanent=False, by_us=True)
_NO_ALERT = Rejected("alert_unavailable", permanent=False, by_us=True)


@dataclass(frozen=True, slots=True)
class LastLook:
    """A guard: it sees every erasure, suppression and cancellation stored before the claim (ADR 0010, 0090, 0113).

    The worker's own alert may be two seconds old. For an alert that is one row, the claim was written on condition that
    the alert is not cancelled, so the look does not ask again. Sandbox alerts suppress no receiver. Test mails do not
    either: a person wants to see whether this one arrives. The ledger of erasures is read only if the tenant's last
    erasure came after the alert was accepted.

    Attributes:
        after_the_claim: the look is asked later than right after the claim, so it asks for a cancellation in any case.
    """

    looks: LastLooks
    rows: MessageRows
    suppress: Suppress
    erasures: ErasedSince
    after_the_claim: bool = False

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """Return objections by position. If the look fails, it objects to all messages, and they wait."""
        addresses = [] if alert.sandbox or _is_mail_test(alert) else [one.recipient.address for one in claimed]
        try:
            cannot_be = not self.after_the_claim and self.rows.refuses_cancelled(alert.tenant, alert.ref)
            asked = None if cannot_be else alert.ref
            fingerprints = self.suppress.fingerprints(alert.tenant, item.channel, addresses)
            found = self.looks.look(alert.tenant, asked, item.channel, set(fingerprints.values()))
        except StorageUnavailable:
            return {one.position: _NO_SUPPRESSIONS if addresses else _NO_ALERT for one in claimed}
        objections: dict[int, Objection] = {one.position: AlertCancelled() for one in claimed if found.cancelled}
        for one in claimed if addresses else ():
            known = found.suppressions.get(fingerprints[one.recipient.address])
            if known and known.reason:
                objections[one.position] = Suppressed(known.reason.value)
        return objections | self.erasures(alert, claimed, found.last_erasure)


def _is_mail_test(alert: Alert) -> bool:
    return alert.cause is not None and alert.cause.kind is CauseKind.MAIL_TEST
