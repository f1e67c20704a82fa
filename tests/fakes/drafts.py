"""Drafts in memory."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.drafts.domain.form_draft import LARGEST, FormDraft
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.kernel.domain.ids import TenantId


class FakeDrafts:
    """`kept` may be inspected. Like the real one it keeps times to the millisecond."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str, str], FormDraft] = {}
        self.outage = Outage()

    def keep(self, tenant: TenantId, draft: FormDraft) -> None:
        self.outage.check()
        if len(zlib.compress(json.dumps(draft.fields).encode())) > LARGEST:
            raise RequestTooLarge(LARGEST, "bytes of a draft, compressed")
        at = draft.at.replace(microsecond=draft.at.microsecond // 1000 * 1000)
        self.kept[tenant, draft.owner, draft.form] = replace(draft, at=at)

    def get(self, tenant: TenantId, owner: str, form: str, now: datetime) -> FormDraft | None:
        self.outage.check()
        draft = self.kept.get((tenant, owner, form))
        return None if draft is None or draft.expired(now) else draft

    def discard(self, tenant: TenantId, owner: str, form: str) -> None:
        self.outage.check()
        self.kept.pop((tenant, owner, form), None)
