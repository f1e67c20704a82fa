"""The SQS queues of a process, each made at its first use from a URL in the settings."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from tocsin.alerts.domain.alert import Lane
from tocsin.contacts.domain.channel import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sqs import SQSClient

    from tocsin.alerts.ports.dispatch_queue import DispatchQueue
    from tocsin.entrypoint.process.environment import Environment
    from tocsin.telephony.ports.owed_events import OwedEvents
    from tocsin.timers.ports import TimerQueue
    from tocsin.webhooks.ports.callbacks import CallbackQueue

K = TypeVar("K")

_DISPATCH = {
    (Channel.SMS, Lane.URGENT): "sms_urgent_queue_url",
    (Channel.SMS, Lane.BULK): "sms_bulk_queue_url",
    (Channel.EMAIL, Lane.URGENT): "email_urgent_queue_url",
    (Channel.EMAIL, Lane.BULK): "email_bulk_queue_url",
    (Channel.CALL, Lane.URGENT): "voice_urgent_queue_url",
    (Channel.CALL, Lane.BULK): "voice_bulk_queue_url",
    (Channel.INBOUND_CALL, Lane.URGENT): "voice_urgent_queue_url",
    (Channel.INBOUND_CALL, Lane.BULK): "voice_bulk_queue_url",
}


class Queues:
    """The queues. A function has those whose URLs its settings contain, and can send to no other.

    A test may assign a queue of its own to any of the attributes.

    Args:
        settings: has a field `…_queue_url` per queue (see `_DISPATCH` and the properties below).
    """

    def __init__(self, sqs: SQSClient, settings: Environment) -> None:
        self._sqs = sqs
        self._settings = settings

    @cached_property
    def dispatch(self) -> DispatchQueue:
        """Dispatch jobs for the senders, by channel and lane."""
        from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue

        return SqsDispatchQueue(self._sqs, self._named(_DISPATCH))

    @cached_property
    def callbacks(self) -> CallbackQueue:
        """Jobs for the worker of webhooks."""
        from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
        from tocsin.webhooks.domain.endpoint import CallbackLane

        lanes = {
            (CallbackLane.QUICK, True): "webhook_urgent_queue_url",
            (CallbackLane.QUICK, False): "webhook_queue_url",
            (CallbackLane.SLOW, True): "webhook_slow_queue_url",
            (CallbackLane.SLOW, False): "webhook_slow_queue_url",
        }
        return SqsCallbackQueue(self._sqs, self._named(lanes))

    @cached_property
    def timers(self) -> TimerQueue:
        """Wake-ups of timers."""
        from tocsin.adapters.sqs.timer_queue import SqsTimerQueue

        return SqsTimerQueue(self._sqs, self._named({None: "timers_queue_url"})[None])

    @cached_property
    def owed_events(self) -> OwedEvents:
        """Orders to do what telephony events bring about."""
        from tocsin.adapters.sqs.event_queue import SqsOwedEvents

        return SqsOwedEvents(self._sqs, self._named({None: "events_owed_queue_url"})[None])

    def _named(self, fields: Mapping[K, str]) -> dict[K, str]:
        return {place: url for place, field in fields.items() if (url := getattr(self._settings, field, ""))}
