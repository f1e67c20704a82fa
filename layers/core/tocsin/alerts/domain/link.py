"""The linked set of an alert."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from tocsin.identity.domain.visibility import BY_NO_PERSON, Made
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId


@dataclass(frozen=True, slots=True)
class LinkKey:
    """The key of a linked set. `name` is a hash of the client's `linkRef`, so that row keys and logs hide that text.

    Under the account key the person and the company are part of the hash: other people's sets are never found.
    """

    tenant: TenantId
    key_id: ApiKeyId
    name: str

    @staticmethod
    def of(tenant: TenantId, key_id: ApiKeyId, link_ref: str, made: Made = BY_NO_PERSON) -> LinkKey:
        """Return the key of the set that a `linkRef` names.

        Args:
            made: who names it.
        """
        # A linkRef has no line break.
        named = link_ref if made.by is None else f"{made.by}\n{made.company or ''}\n{link_ref}"
        return LinkKey(tenant, key_id, hashlib.sha256(named.encode()).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class Link:
    """One generation of a linked set. After its end a new one begins, which knows no earlier answers.

    Attributes:
        master: the first alert of the generation.
        expires_at: the end of the generation; None = never.
    """

    key: LinkKey
    master: AlertRef
    expires_at: datetime | None = None
