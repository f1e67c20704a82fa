"""What the owner of an API key is told about how it fares: read by `/getinfo` (`getMessages`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.domain.ids import ApiKeyId, TenantId

KEPT_FOR = timedelta(days=30)


class Severity(StrEnum):
    """The wire's `severity`."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    INFO = "info"


class Category(StrEnum):
    """The wire's `category`."""

    API = "api"
    GENERAL = "general"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to the owner of a key.

    Attributes:
        id: natural: the same happening always has the same, and is told once.
        text: one sentence; it may name ids, and is sealed all the same.
    """

    tenant: TenantId
    key_id: ApiKeyId
    id: str
    at: datetime
    severity: Severity
    category: Category
    text: str
