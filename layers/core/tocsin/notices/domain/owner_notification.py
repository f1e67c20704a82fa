"""A mail to the owner of an API key, sent as a system alert.

Tocsin claims, suppresses, retries and tracks the mail like every other message. A system alert differs in two ways: the
tenant's sending limits do not apply, because the mail may report an exceeded limit; and the alert appears in no list
and no count of the tenant. Source: ADR 0032.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.kernel.domain.ids import ApiKeyId


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """The owner of a key.

    Attributes:
        sandbox, enabled: of the key.
        email: None = the key names no owner.
    """

    key_id: ApiKeyId
    sandbox: bool
    enabled: bool
    email: str | None


@dataclass(frozen=True, slots=True)
class OwnerNotification:
    """A change about which the owners of keys, or people of the account, get one mail.

    Attributes:
        change: id of the change, unique within the tenant and equal for every repeat and worker.
        dated: when the change began; equal for every repeat.
        subject: one line.
        text: sentences without address, content, or name of a person.
    """

    change: str
    dated: datetime
    subject: str
    text: str
