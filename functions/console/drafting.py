"""What was typed into a form while the proof was too old: kept, and filled in again after the proof."""

from __future__ import annotations

from dataclasses import dataclass

from console.visit import Form, Visit
from tocsin.drafts.domain.form_draft import FormDraft
from tocsin.drafts.ports import Drafts


@dataclass(frozen=True, slots=True)
class Drafting:
    """Keeps what a visitor typed, one draft for each form."""

    drafts: Drafts

    def keep(self, visit: Visit, form: str) -> None:
        """Keep the fields of the form that was sent, without its token."""
        fields = tuple((name, value) for name, values in visit.form.values.items() for value in values)
        kept = tuple(field for field in fields if field[0] != "csrf")
        self.drafts.keep(visit.principal.tenant, FormDraft(str(visit.principal.actor), form, kept, visit.now))

    def take(self, visit: Visit, form: str) -> Form:
        """Return what was kept, once; an empty form if there is nothing."""
        owner, tenant = str(visit.principal.actor), visit.principal.tenant
        draft = self.drafts.get(tenant, owner, form, visit.now)
        if draft is None:
            return Form()
        self.drafts.discard(tenant, owner, form)
        values: dict[str, list[str]] = {}
        for name, value in draft.fields:
            values.setdefault(name, []).append(value)
        return Form(values)
