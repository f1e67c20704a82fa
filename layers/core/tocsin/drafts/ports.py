"""Port of drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tocsin.drafts.domain.form_draft import FormDraft
from tocsin.kernel.domain.ids import TenantId


class Drafts(Protocol):
    """The drafts of each person: one for each form, the latest."""

    def keep(self, tenant: TenantId, draft: FormDraft) -> None:
        """Store a draft; it replaces the one of the same owner and form.

        Raises:
            RequestTooLarge: it has more than LARGEST bytes; the earlier draft stays.
        """
        ...

    def get(self, tenant: TenantId, owner: str, form: str, now: datetime) -> FormDraft | None:
        """Return the draft, strongly consistent; None = there is none, or it has expired."""
        ...

    def discard(self, tenant: TenantId, owner: str, form: str) -> None:
        """Remove the draft, if there is one."""
        ...
