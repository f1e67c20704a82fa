"""Composition of the use cases of notification settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.directory.application.own_numbers import OwnNumbers
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.preferences.application.manage_settings import ManagePreferences


def own_numbers(storage: Storage) -> OwnNumbers:
    """Return what knows the numbers of accounts: those of the directory, and those that the operator gave."""
    from tocsin.directory.application.own_numbers import OwnNumbers

    return OwnNumbers(storage.directory, storage.text_numbers)


def manage_preferences(storage: Storage, own: OwnNumbers, queues: Queues) -> ManagePreferences:
    """Return what reads and changes notification settings. A wish for a report is planned before it is stored."""
    from tocsin.bootstrap.reports.wishes import want_reports
    from tocsin.contacts.domain.channel import Channel
    from tocsin.entrypoint.preferences_body.settings import read_settings
    from tocsin.preferences.application.manage_settings import ManagePreferences
    from tocsin.reports.application.planned_preferences import PlannedPreferences
    from tocsin.suppressions.application.suppress import Suppress

    suppress = Suppress(storage.suppressions, storage.sealer)

    def is_suppressed(tenant: TenantId, number: str) -> bool:
        return number in suppress.standing(tenant, Channel.SMS, [number])

    return ManagePreferences(
        settings=PlannedPreferences(storage.preferences, want_reports(storage, queues)),
        directory=storage.directory,
        is_ours=own.has,
        is_suppressed=is_suppressed,
        read=read_settings,
        clock=storage.clock,
        randomness=storage.randomness,
    )
