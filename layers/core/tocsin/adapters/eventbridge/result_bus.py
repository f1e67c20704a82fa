"""Results on an EventBridge bus, by PutEvents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from tocsin.webhooks.domain.bus_entry import BusEntry


class Events(Protocol):
    """boto3's EventBridge client, as far as it is used."""

    @property
    def put_events(self) -> Callable[..., Any]:
        """PutEvents."""
        ...


class EventBridgeResultBus:
    """The bus of one stack.

    Args:
        name: of the bus.
        source: of every entry, for example `tocsin.prod`.
    """

    def __init__(self, events: Events, *, name: str, source: str) -> None:
        self._events = events
        self._name = name
        self._source = source

    def put(self, entries: Sequence[BusEntry]) -> Mapping[str, str]:
        """Put the entries of one call; return the codes of those that were not taken, or may not be."""
        try:
            answer = self._events.put_events(Entries=[self._form(entry) for entry in entries])
        except ClientError as error:
            return dict.fromkeys((entry.event_id for entry in entries), error.response["Error"]["Code"])
        except (HTTPClientError, NoConnection) as error:
            return dict.fromkeys((entry.event_id for entry in entries), type(error).__name__)
        return {
            entry.event_id: result["ErrorCode"]
            for entry, result in zip(entries, answer["Entries"], strict=True)
            if result.get("ErrorCode")
        }

    def _form(self, entry: BusEntry) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": self._source,
            "DetailType": entry.kind,
            "Time": entry.at.timestamp(),
            "Resources": [entry.resource],
            "Detail": entry.detail,
        }
