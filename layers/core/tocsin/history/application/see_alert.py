"""Find an alert for a caller who reads: what every read of one alert begins with.

A key with the right `canReadAlerts` sees all alerts of its tenant that were sent with keys of its own kind, live or
sandbox. A person sees the live alerts of their range, and in part those that went to their confirmed address or to a
contact that is linked to them. Other alerts are not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.ports.messages import MessageRows
from tocsin.history.domain.message_facts import MessageFacts
from tocsin.history.domain.seen_alert import OwnMessages, SeenAlert
from tocsin.identity.domain.api_key import ApiKey, Right
from tocsin.kernel.domain.errors import Forbidden, NotFound
from tocsin.kernel.domain.ids import AlertRef


def allow_reading(key: ApiKey) -> None:
    """Raise Forbidden if the key may not read alerts."""
    if Right.READ_ALERTS not in key.rights:
        raise Forbidden(Right.READ_ALERTS.value)


def see_alert(alerts: AlertRepository, key: ApiKey, ref: AlertRef, now: datetime) -> SeenAlert:
    """Return an alert as the caller sees it.

    Raises:
        Forbidden: the key may not read alerts.
        NotFound: no such alert for this key, or its lifetime is over.
    """
    allow_reading(key)
    return seen(alerts, key, alerts.get(key.tenant, ref), now)


def seen(alerts: AlertRepository, key: ApiKey, alert: Alert | None, now: datetime) -> SeenAlert:
    """Return an alert that was read just now as the caller sees it. Raises NotFound."""
    if alert is None or alert.sandbox != key.sandbox or alert.expired(now):
        raise NotFound("alert")
    if key.sees(alert.made):
        return SeenAlert(alert)
    if own := _received_at(alerts, key, alert):
        return SeenAlert(alert, own)
    raise NotFound("alert")


def own_messages(messages: MessageRows, alert: Alert, own: Iterable[tuple[ChunkKey, int]]) -> OwnMessages:
    """Return the messages at these places of an alert: a read for each chunk."""
    places: dict[ChunkKey, list[int]] = {}
    for key, position in own:
        places.setdefault(key, []).append(position)
    found: OwnMessages = {}
    for key, positions in places.items():
        rows = messages.load(key, range(min(positions), max(positions) + 1))
        found |= {(key, position): MessageFacts.of(alert, rows.get(position)) for position in positions}
    return found


def _received_at(alerts: AlertRepository, key: ApiKey, alert: Alert) -> frozenset[tuple[ChunkKey, int]]:
    person = key.person
    if person is None or not (person.mailbox or person.contacts):
        return frozenset()
    chunks = alerts.recipients_of(list(alert.chunks()))
    return frozenset(
        (chunk, position)
        for chunk, recipients in chunks.items()
        for position, who in enumerate(recipients)
        if person.is_receiver(who)
    )
