"""Ports of tenant mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.tenant_mail.domain.mail_settings import MailServerState, MailSettings


class MailSettingsStore(Protocol):
    """The settings of each account; secrets are sealed in a row of their own."""

    def get(self, tenant: TenantId) -> MailSettings:
        """Return the settings with their secrets, strongly consistent; the defaults if they were never saved."""
        ...

    def save(self, settings: MailSettings, now: datetime) -> bool:
        """Store settings over the version before their own. False: another writer was first; read again."""
        ...

    def state(self, tenant: TenantId) -> MailServerState:
        """Return the state of the account's mail server, strongly consistent."""
        ...

    def save_state(self, tenant: TenantId, state: MailServerState) -> bool:
        """Store a state over the version before its own. False: another writer was first; read again."""
        ...


@dataclass(frozen=True, slots=True)
class MailTemplateRow:
    """A template of an account's own. None: as in the default template.

    Attributes:
        name: one of the 14 names.
        sender: display name of From.
        updated_by: id of a person or an API key.
    """

    name: str
    sender: str | None
    subject: str | None
    body: str | None
    updated_at: datetime
    updated_by: str
    version: int = 1


class MailTemplates(Protocol):
    """The templates of accounts."""

    def get(self, tenant: TenantId, name: str) -> MailTemplateRow | None:
        """Return an account's own template, strongly consistent; None = it has none of this name."""
        ...

    def all(self, tenant: TenantId) -> Sequence[MailTemplateRow]:
        """Return all templates of an account's own, by name."""
        ...

    def save(self, tenant: TenantId, template: MailTemplateRow) -> bool:
        """Store a template over the version before its own. False: another writer was first; read again."""
        ...

    def delete(self, tenant: TenantId, name: str) -> bool:
        """Delete a template. False: there was none."""
        ...
