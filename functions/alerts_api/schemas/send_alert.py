"""`/sendalert` and `/sendstoredalert`: what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field

from tocsin.domain.errors import Fault
from tocsin.domain.send_request import SendRequest
from tocsin.domain.stored_content import StoreRef
from tocsin.entrypoint.alert_body.alert import AlertFields
from tocsin.entrypoint.alert_body.features import Schedule
from tocsin.entrypoint.alert_body.receivers import StoreChoice, store_ref
from tocsin.entrypoint.alert_body.words import ClientRef, Id, Name, Version
from tocsin.entrypoint.wire import WireModel, one_of

ApiKeyField = Annotated[
    str | None,
    Field(max_length=200, description="your API key; or send it as `Authorization: Bearer` or `X-API-Key`"),
]


class SendAlertBody(AlertFields):
    """One call: several messages, over several channels, to many people."""

    version: Annotated[Version, Field(description="of this API; `latest` is recommended")]
    api_key: ApiKeyField = None
    client_ref: Annotated[ClientRef, Field(description="your own reference; it comes back in answers and events")]

    def to_request(self) -> SendRequest:
        """Return the call as the use case takes it."""
        return self.request(self.client_ref)


class SendAlertFromStoreBody(WireModel):
    """One call whose alert lies in a store."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: Annotated[ClientRef, Field(description="your own reference; it comes back in answers and events")]
    store_details: Annotated[StoreChoice, Field(description="the stored alert, in place of everything else")]

    def store(self) -> StoreRef:
        """Return which store is meant."""
        return _chosen(self.store_details)


class StoredSendOptions(WireModel):
    """How the sending of a stored alert is treated."""

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
        """Exactly one of id and name."""
        return one_of(raw, "storeId", "storeName")

    def store(self) -> StoreRef:
        """Return which store is meant."""
        return _chosen(StoreChoice.model_construct(store_id=self.store_id, store_name=self.store_name))

    def features(self) -> tuple[str, ...]:
        """Return the features it asks for that are not served yet."""
        return ("options.schedule",) if self.options and self.options.schedule else ()


def _chosen(choice: StoreChoice) -> StoreRef:
    found = store_ref(choice)
    assert found is not None
    return found
