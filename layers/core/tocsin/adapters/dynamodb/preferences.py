"""Notification settings in DynamoDB: a row for each person who saved some, and a count of changes.

What a person chose is in the clear, so that all settings of an account are read without a decryption for each. The
number and the quiet hours are sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tocsin.adapters.dynamodb.audit import entry_row
from tocsin.adapters.dynamodb.table.actions import FREE, delete, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key, number
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.audit.domain.entry import AuditEntry
from tocsin.calendar.domain.quiet_hours import QuietChoice, QuietHours, Reachable, parse_quiet_hours, quiet_hours_text
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Sealer
from tocsin.preferences.domain.settings import AccountTopic, AppointmentMoment, Communication, NotificationSettings

_SETTINGS = "US#"

_SETS = {"communication": Communication, "moments": AppointmentMoment, "topics": AccountTopic}
_PLAIN = ("many_texts", "email_on", "text_on", "custom_on", "browser_on", "mobile_push")


class DynamoDbPreferencesStore:
    """Rows `T#<t>#PREF` / `US#<user>` and `VERSION`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, user: UserId) -> NotificationSettings:
        """Return the settings of a person, strongly consistent; the defaults if they were never saved."""
        row = self._table.get(_settings_key(tenant, user))
        return NotificationSettings(tenant=tenant, user=user) if row is None else self._settings(tenant, row)

    def get_many(self, tenant: TenantId, users: Iterable[UserId]) -> Mapping[UserId, NotificationSettings]:
        """Return the settings of each of these people, strongly consistent."""
        wanted = list(dict.fromkeys(users))
        rows = self._table.get_all([_settings_key(tenant, user) for user in wanted], "notification settings")
        saved = {settings.user: settings for settings in (self._settings(tenant, row) for row in rows)}
        return {user: saved.get(user, NotificationSettings(tenant=tenant, user=user)) for user in wanted}

    def all(self, tenant: TenantId) -> Sequence[NotificationSettings]:
        """Return all settings that were ever saved, by the id of the person."""
        return [self._settings(tenant, row) for row in self._table.beginning_with(_pk(tenant), _SETTINGS)]

    def version(self, tenant: TenantId) -> int:
        """Return a number that grows with every change of anybody's settings in the account; 0 = none was saved."""
        row = self._table.get(_version_key(tenant), consistent=False)
        return 0 if row is None else int(row["n"]["N"])

    def save(self, settings: NotificationSettings, entry: AuditEntry | None = None) -> bool:
        """Store settings over the version before their own, with the audit entry.

        Returns:
            False: another writer was first, and nothing was written.
        """
        tenant, row = settings.tenant, self._row(settings)
        if settings.version == 1:
            written = put(row, FREE)
        else:
            written = put(row, "v = :before", {":before": number(settings.version - 1)})
        actions = [written, _counted(tenant)]
        if entry is not None:
            actions.append(put(entry_row(self._sealer, entry), FREE))
        if self._table.commit(actions) is None:
            return True
        # An earlier try of this call, whose response was lost, may have written it.
        return self.get(tenant, settings.user) == settings

    def _row(self, settings: NotificationSettings) -> Item:
        chosen: dict[str, Any] = {name: sorted(getattr(settings, name)) for name in _SETS}
        chosen |= {name: getattr(settings, name) for name in _PLAIN}
        chosen |= {"lines": settings.lines, "number_by": settings.number_by}
        row = _settings_key(settings.tenant, settings.user) | {
            "v": number(settings.version),
            "chosen": {"S": json.dumps(chosen, separators=(",", ":"))},
        }
        if settings.custom_number is None and settings.quiet is None:
            return row
        personal = {"number": settings.custom_number, "quiet": _quiet(settings.quiet)}
        return row | seal(self._sealer, settings.tenant, row, personal)

    def _settings(self, tenant: TenantId, row: Item) -> NotificationSettings:
        chosen = json.loads(row["chosen"]["S"])
        personal = unseal(self._sealer, tenant, row) if "sealed" in row else {"number": None, "quiet": None}
        sets: dict[str, Any] = {name: frozenset(map(word, chosen[name])) for name, word in _SETS.items()}
        return NotificationSettings(
            tenant=tenant,
            user=person_of(row),
            lines=tuple(chosen["lines"]),
            custom_number=personal["number"],
            number_by=chosen["number_by"],
            quiet=_quiet_choice(personal["quiet"]),
            version=int(row["v"]["N"]),
            **sets,
            **{name: chosen[name] for name in _PLAIN},
        )


def forgotten(tenant: TenantId, user: UserId) -> list[Item]:
    """Return the actions that remove the settings of a person, for the transaction that deletes the person."""
    return [delete(_settings_key(tenant, user)), _counted(tenant)]


def is_settings(row: Item) -> bool:
    """Whether a row holds the settings of a person."""
    pk: str = row["pk"]["S"]
    return pk.endswith("#PREF") and bool(row["sk"]["S"].startswith(_SETTINGS))


def person_of(row: Item) -> UserId:
    """Return the id of the person whose settings a row holds."""
    return UserId(row["sk"]["S"].removeprefix(_SETTINGS))


def _counted(tenant: TenantId) -> Item:
    return update(_version_key(tenant), "ADD n :one", None, {":one": number(1)})


def _pk(tenant: TenantId) -> str:
    return f"T#{tenant}#PREF"


def _settings_key(tenant: TenantId, user: UserId) -> Item:
    return key(_pk(tenant), f"{_SETTINGS}{user}")


def _version_key(tenant: TenantId) -> Item:
    return key(_pk(tenant), "VERSION")


def _quiet(choice: QuietChoice) -> str | list[str | None] | None:
    return [quiet_hours_text(choice), choice.zone] if isinstance(choice, QuietHours) else choice


def _quiet_choice(stored: str | list[str] | None) -> QuietChoice:
    if isinstance(stored, list):
        hours = parse_quiet_hours(stored[0])
        return QuietHours(hours.start, hours.end, hours.weekdays, stored[1])
    return None if stored is None else Reachable(stored)
