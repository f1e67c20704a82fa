"""Forms that are sent late or twice: what was typed is kept until a fresh proof; a second click is known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from console.visit import Form, Visit
from tocsin.drafts.domain.form_draft import FormDraft
from tocsin.drafts.ports import Drafts
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.idempotency.ports import IdempotencyStore
from tocsin.identity.domain.account_key import ACCOUNT_KEY


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


@dataclass(frozen=True, slots=True)
class SentOnce:
    """Knows which forms were sent, by the random value `once` of each form.

    Attributes:
        area: what the forms are about; the same value in another area is another form.
    """

    claims: IdempotencyStore
    area: str

    def was_sent(self, visit: Visit) -> bool:
        """Whether this form was sent before, by a second click, Back or Reload. The first call says no."""
        once = visit.form.get("once")
        digest = hashlib.sha256(once.encode()).hexdigest()
        claim = IdempotencyClaim(self.area, f"{visit.principal.actor}|{once}", digest)
        return self.claims.keep(visit.principal.tenant, ACCOUNT_KEY, claim, "", visit.now) is not None
