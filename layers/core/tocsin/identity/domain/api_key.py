"""The credential a client calls with, what it may do, and what it may spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


class KeyKind(StrEnum):
    """What a key's messages do."""

    LIVE = "live"  # reach people
    SANDBOX = "sandbox"  # run the whole pipeline; only the provider is faked


class Right(StrEnum):
    """What a key may be allowed beyond sending and storing; the values are the wire's names."""

    SET_LIFETIME = "canSetLifetime"  # override the lifetime of alerts and stores
    READ_ALERTS = "canReadAlerts"  # GET /alerts and below, recipients' addresses included


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key of one tenant. The secret itself is never kept, only its hash.

    Attributes:
        name: what people call it.
        networks: CIDR networks it may be used from; empty = anywhere.
        limited: channels whose capacity is limited; what is left lies in the store, not here.
        notification: how results are reported when a call does not say.
        callback_url, callback_encoding: defaults for `notification: callback` ("json" or "form").
        transliterate: text messages are put into the GSM alphabet.
        enabled: a disabled key is refused.
        owner_email: who is mailed when callbacks fail, email is paused or the day's money is spent; None = nobody.
    """

    tenant: TenantId
    id: ApiKeyId
    kind: KeyKind
    name: str
    secret_hash: str
    rights: frozenset[Right] = frozenset()
    networks: tuple[str, ...] = ()
    limited: frozenset[Channel] = frozenset()
    notification: NotificationMode = NotificationMode.POLL
    callback_url: str | None = None
    callback_encoding: str = "json"
    transliterate: bool = False
    enabled: bool = True
    defaults: Mapping[str, str] = field(default_factory=dict)
    owner_email: str | None = None

    @property
    def sandbox(self) -> bool:
        """Whether messages of this key stop before the provider."""
        return self.kind is KeyKind.SANDBOX
