"""Requests of `/sendalert`, `/sendalerts` and `/sendstoredalert`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from tocsin.alerts.domain.features import ScheduleOptions
from tocsin.alerts.domain.request import SendRequest
from tocsin.entrypoint.alert_body.alert import AlertFields, storable
from tocsin.entrypoint.alert_body.features import Schedule
from tocsin.entrypoint.alert_body.receivers import StoreChoice, store_ref
from tocsin.entrypoint.alert_body.words import ClientRef, Id, Name, Version
from tocsin.entrypoint.http.wire import WireModel, one_of, set_in
from tocsin.kernel.domain.errors import Fault
from tocsin.schedules.application.send_together import MAX_TOGETHER
from tocsin.stored_content.domain.stored_content import StoreRef

ApiKeyField = Annotated[
    str | None,
    Field(max_length=200, description="your API key; or send it as `Authorization: Bearer` or `X-API-Key`"),
]


class SendAlertBody(AlertFields):
    """One call: several messages, over several channels, to many people."""

    version: Annotated[Version, Field(description="of this API; `latest` is recommended")]
    api_key: ApiKeyField = None
    client_ref: Annotated[ClientRef, Field(description="your own reference; it comes back in answers and events")]
    mode: Annotated[
        Literal["send", "plan"],
        Field(
            description="`plan`: nothing is sent, stored or counted; the answer says what would happen to whom and when"
        ),
    ] = "send"

    def to_request(self) -> SendRequest:
        """Return the call as the use case takes it."""
        return self.request(self.client_ref)


class SendAlertFromStoreBody(WireModel):
    """One call that sends a stored alert."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: Annotated[ClientRef, Field(description="your own reference; it comes back in answers and events")]
    store_details: Annotated[StoreChoice, Field(description="the stored alert, in place of everything else")]

    def store(self) -> StoreRef:
        """Return the reference of the store."""
        return _chosen(self.store_details)


class StoredSendOptions(WireModel):
    """Options for sending a stored alert."""

    schedule: Schedule | None = None


class SendStoredAlertBody(WireModel):
    """Send an alert that was stored before."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: Annotated[
        ClientRef | None, Field(description="default: the one in the store; one of the two must be there")
    ] = None
    store_id: Annotated[Id | None, Field(description="id of the stored alert; this or `storeName`")] = None
    store_name: Annotated[Name | None, Field(description="name of the stored alert; this or `storeId`")] = None
    options: StoredSendOptions | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The body has exactly one of id and name."""
        return one_of(raw, "storeId", "storeName")

    def store(self) -> StoreRef:
        """Return the reference of the store."""
        return _chosen(StoreChoice.model_construct(store_id=self.store_id, store_name=self.store_name))

    def schedule(self) -> ScheduleOptions | None:
        """Return the schedule, None to send at once."""
        return self.options.schedule.to_options() if self.options and self.options.schedule else None


class SendAlertsEntry(AlertFields):
    """One alert of several; as in `/sendalert`, without version and key."""

    client_ref: Annotated[ClientRef, Field(description="your own reference; it comes back in answers and events")]

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The entry has no field of alerts that are stored without being sent."""
        yield from super().rules(raw)
        for field in set_in(raw, "deferral", "trigger"):
            yield Fault(f"/{field}", "CONFLICT", "goes with `/sendalert` only")


class SendAlertsBody(WireModel):
    """Several alerts, sent at once or later: all are accepted, or none."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: ClientRef | None = None
    alerts: Annotated[
        list[SendAlertsEntry],
        Field(min_length=1, max_length=MAX_TOGETHER, description="first the one that goes at once, if any"),
    ]

    def requests(self, raw: Mapping[str, Any]) -> list[SendRequest]:
        """Return the calls as the use case takes them; `raw` is the body before parsing."""
        return [
            replace(entry.request(entry.client_ref), text=storable(given))
            for entry, given in zip(self.alerts, raw["alerts"], strict=True)
        ]


def _chosen(choice: StoreChoice) -> StoreRef:
    found = store_ref(choice)
    assert found is not None
    return found
