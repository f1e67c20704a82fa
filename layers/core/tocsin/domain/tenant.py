"""A customer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.ids import TenantId

TENANT_FORM = re.compile(r"[a-z0-9]{4,20}")
"""What a tenant id looks like. It stands in row keys and API keys, so it is short and has no separators."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One customer; `name` is what people call it."""

    id: TenantId
    name: str
    created_at: datetime
