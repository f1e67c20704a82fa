"""Composition of publishing: events for clients, to collect or by callback, and mails to the owners of keys.

The imports are inside the functions, so that a Lambda function loads only what it uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.alerts.application.mail_owners import MailOwners
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.delivery.application.record_receipts import RecordReceipts
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.limits.application.warn_of_spend import WarnOfSpend
    from tocsin.telephony.application.watch_sources import MailAdministrators
    from tocsin.webhooks.application.attempt import GoneWebhook
    from tocsin.webhooks.application.publish import PublishEventsWithCallbacks, PublishWithCallbacks
    from tocsin.webhooks.application.tell_failures import TellFailures
    from tocsin.webhooks.domain.callback import RuleOrigin


def result_events(storage: Storage, queues: Queues) -> PublishWithCallbacks:
    """Return the publisher of message results."""
    from tocsin.webhooks.application.publish import PublishWithCallbacks

    return PublishWithCallbacks(storage.result_events, queues.callbacks)


def record_receipts(storage: Storage, queues: Queues) -> RecordReceipts:
    """Return the use case that records what providers report about messages, and publishes the results."""
    from tocsin.delivery.application.record_receipts import RecordReceipts

    return RecordReceipts(
        alerts=storage.alerts,
        rows=storage.message_rows,
        dispatch_progress=storage.dispatch_progress,
        events=result_events(storage, queues),
        clock=storage.clock,
    )


def event_publisher(storage: Storage, queues: Queues) -> PublishEventsWithCallbacks:
    """Return the publisher of single events of an alert."""
    from tocsin.webhooks.application.publish import PublishEventsWithCallbacks

    return PublishEventsWithCallbacks(storage.event_publisher, queues.callbacks)


def mail_owners(storage: Storage, queues: Queues) -> MailOwners:
    """Return the use case that mails the owners of keys. It needs the urgent email queue."""
    from tocsin.alerts.application.mail_owners import MailOwners

    return MailOwners(owners=storage.key_owners, alerts=storage.alerts, queue=queues.dispatch, clock=storage.clock)


def mail_administrators(storage: Storage, queues: Queues) -> MailAdministrators:
    """Return what mails the owners and admins of accounts. It needs the urgent email queue."""
    from tocsin.alerts.application.mail_people import MailPeople
    from tocsin.alerts.application.mail_person import MailPerson

    mail = MailPerson(alerts=storage.alerts, queue=queues.dispatch, clock=storage.clock)
    return MailPeople(storage.directory, mail).administrators


def gone_webhook(storage: Storage) -> GoneWebhook:
    """Return what switches webhooks of rules off. Rules are loaded when it is first needed, which is seldom."""

    def switch_off(tenant: TenantId, origin: RuleOrigin, request_id: str) -> None:
        from tocsin.alert_rules.application.switch_off_webhook import SwitchOffWebhook

        SwitchOffWebhook(storage.alert_rules, storage.clock)(tenant, origin, request_id)

    return switch_off


def webhook_failures(storage: Storage) -> TellFailures:
    """Return what tells accounts of webhooks that fail. Events are loaded when it is first needed."""
    from tocsin.bootstrap.telephony.account_events import AccountEvents
    from tocsin.webhooks.application.tell_failures import TellFailures

    return TellFailures(storage.webhook_deliveries, AccountEvents(storage), storage.clock)


def warn_of_spend(storage: Storage) -> WarnOfSpend:
    """Return what warns accounts of their spend. Events are loaded when it is first needed."""
    from tocsin.bootstrap.telephony.account_events import AccountEvents
    from tocsin.limits.application.warn_of_spend import WarnOfSpend

    return WarnOfSpend(AccountEvents(storage))
