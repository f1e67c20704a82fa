"""What is told: events to clients, for collection or by callback, and mails to the owners of keys.

Each function loads what it tells with and no more, so the imports stand where they are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.alerts.application.mail_owners import MailOwners
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.webhooks.application.publish import PublishEventsWithCallbacks, PublishWithCallbacks


def result_events(storage: Storage, queues: Queues) -> PublishWithCallbacks:
    """Return where the results of messages are published."""
    from tocsin.webhooks.application.publish import PublishWithCallbacks

    return PublishWithCallbacks(storage.result_events, queues.callbacks)


def event_publisher(storage: Storage, queues: Queues) -> PublishEventsWithCallbacks:
    """Return where single events of an alert are told."""
    from tocsin.webhooks.application.publish import PublishEventsWithCallbacks

    return PublishEventsWithCallbacks(storage.event_publisher, queues.callbacks)


def mail_owners(storage: Storage, queues: Queues) -> MailOwners:
    """Return what mails the owners of keys; it needs the urgent queue of mails."""
    from tocsin.alerts.application.mail_owners import MailOwners

    return MailOwners(owners=storage.key_owners, alerts=storage.alerts, queue=queues.dispatch, clock=storage.clock)
