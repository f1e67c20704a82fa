"""Composition of the use cases of the directory.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.client_api.application.waits_under_key import WaitsUnderKey
    from tocsin.directory.application.delete_thing import DeleteThing
    from tocsin.directory.application.entries import Changes
    from tocsin.directory.application.import_directory import ImportDirectory
    from tocsin.directory.application.own_numbers import OwnNumbers
    from tocsin.directory.application.person_sign_in import PersonSignIn
    from tocsin.directory.application.person_states import PersonStates
    from tocsin.directory.application.read_directory import ReadDirectory
    from tocsin.directory.application.references import References
    from tocsin.directory.application.rules_of_directory import RulesOfDirectory
    from tocsin.directory.application.write_directory import WriteDirectory
    from tocsin.idempotency.application.idempotent_call import IdempotentCall
    from tocsin.identity.application.manage_account import ManageAccount
    from tocsin.identity.application.manage_keys import ManageKeys
    from tocsin.identity.application.own_tokens import OwnTokens
    from tocsin.identity.application.read_capacities import ReadCapacities
    from tocsin.identity.ports.provider import IdentityProvider
    from tocsin.kernel.domain.ids import TenantId, UserId
    from tocsin.personal_notices.application.own_inbox import OwnInbox
    from tocsin.preferences.application.manage_settings import ManagePreferences
    from tocsin.preferences.application.read_lines import ReadLines
    from tocsin.reminders.application.transfer_appointments import TransferAppointments
    from tocsin.sign_in.application.own_address import OwnAddress
    from tocsin.sign_in.ports.system_mail import SystemMail


class DirectoryUseCases:
    """The use cases of people and the directory, for the settings API and the console.

    Args:
        mail: mails people about their sign-in.
    """

    def __init__(self, storage: Storage, provider: IdentityProvider, mail: SystemMail, queues: Queues) -> None:
        self._storage, self._provider, self._mail, self._queues = storage, provider, mail, queues
        self._clock, self._randomness = storage.clock, storage.randomness

    # --- people and the directory -------------------------------------------------------------------------------

    @cached_property
    def idempotent_call(self) -> IdempotentCall:
        """Answers a repeated call as the first was."""
        from tocsin.idempotency.application.idempotent_call import IdempotentCall

        return IdempotentCall(self._storage.idempotency_store, self._clock)

    @cached_property
    def own_address(self) -> OwnAddress:
        """Changes the address of the person who asks."""
        from tocsin.bootstrap.signing_in import own_address

        return own_address(self._storage, self._provider, self._mail)

    @cached_property
    def own_inbox(self) -> OwnInbox:
        """Reads and marks the inbox of the person who asks."""
        from tocsin.personal_notices.application.own_inbox import OwnInbox

        return OwnInbox(self._storage.inboxes, self._clock)

    @cached_property
    def read(self) -> ReadDirectory:
        """Things of the directory, one or many."""
        from tocsin.directory.application.read_directory import ReadDirectory

        return ReadDirectory(self._storage.directory, self._references)

    @cached_property
    def write(self) -> WriteDirectory:
        """Adds and changes things."""
        from tocsin.directory.application.write_directory import WriteDirectory
        from tocsin.entrypoint.directory_body.shapes import read_fields, read_own_fields

        return WriteDirectory(
            directory=self._storage.directory,
            read=self.read,
            references=self._references,
            own_numbers=self.own_numbers,
            changes=self._changes,
            sign_in=self._sign_in,
            fields=read_fields,
            own_fields=read_own_fields,
            new_address=self.own_address.ask,
            rules=lambda: self._rules,
            clock=self._clock,
            randomness=self._randomness,
        )

    @cached_property
    def delete(self) -> DeleteThing:
        """Deletes things."""
        from tocsin.directory.application.delete_thing import DeleteThing

        return DeleteThing(
            directory=self._storage.directory,
            read=self.read,
            references=self._references,
            changes=self._changes,
            sign_in=self._sign_in,
            rules=lambda: self._rules,
        )

    @cached_property
    def person_states(self) -> PersonStates:
        """Invites, disables and enables people."""
        from tocsin.bootstrap.signing_in import invite_person
        from tocsin.directory.application.person_states import PersonStates

        return PersonStates(
            directory=self._storage.directory,
            read=self.read,
            references=self._references,
            changes=self._changes,
            sign_in=self._sign_in,
            clock=self._clock,
            inviting=invite_person(self._storage, self._provider, self._mail),
            rules=lambda: self._rules,
            appointments=lambda: self._appointments,
        )

    @cached_property
    def import_directory(self) -> ImportDirectory:
        """Imports a directory of elsewhere."""
        from tocsin.bootstrap.telephony.account_events import import_finished
        from tocsin.directory.application.import_directory import ImportDirectory
        from tocsin.entrypoint.directory_body.shapes import read_fields

        return ImportDirectory(
            directory=self._storage.directory,
            references=self._references,
            own_numbers=self.own_numbers,
            changes=self._changes,
            sign_in=self._sign_in,
            states=self.person_states,
            fields=read_fields,
            rules=lambda: self._rules,
            clock=self._clock,
            randomness=self._randomness,
            finished=import_finished(self._storage),
        )

    @cached_property
    def preferences(self) -> ManagePreferences:
        """Notification settings of people."""
        from tocsin.bootstrap.people.preferences import manage_preferences

        return manage_preferences(self._storage, self.own_numbers, self._queues)

    @cached_property
    def lines(self) -> ReadLines:
        """Lines that people follow, could follow, and who follows theirs."""
        from tocsin.preferences.application.read_lines import ReadLines

        return ReadLines(self._storage.preferences, self._storage.directory)

    # --- keys and tokens ----------------------------------------------------------------------------------------

    @cached_property
    def own_tokens(self) -> OwnTokens:
        """Tokens of the person who asks."""
        from tocsin.identity.application.own_tokens import OwnTokens

        return OwnTokens(
            tokens=self._storage.personal_tokens,
            sealer=self._storage.sealer,
            clock=self._clock,
            randomness=self._randomness,
        )

    @cached_property
    def account(self) -> ManageAccount:
        """The settings of the account."""
        from tocsin.bootstrap.reports.use_cases import move_reports
        from tocsin.identity.application.change_account import ChangeAccount
        from tocsin.identity.application.manage_account import ManageAccount

        moved = move_reports(self._storage, self._queues)
        return ManageAccount(
            tenants=self._storage.tenants,
            change=ChangeAccount(self._storage.tenants, self._storage.text_numbers, moved),
            trail=self._storage.audit_trail,
            clock=self._clock,
            randomness=self._randomness,
        )

    @cached_property
    def capacities(self) -> ReadCapacities:
        """What a key may still send."""
        from tocsin.identity.application.read_capacities import ReadCapacities

        return ReadCapacities(self._storage.api_keys)

    @cached_property
    def keys(self) -> ManageKeys:
        """Makes and changes keys."""
        from tocsin.directory.domain.things import Kind
        from tocsin.identity.application.change_api_key import ChangeApiKey
        from tocsin.identity.application.create_api_key import CreateApiKey
        from tocsin.identity.application.manage_keys import ManageKeys

        keys, sealer, directory = self._storage.api_keys, self._storage.sealer, self._storage.directory
        return ManageKeys(
            keys=keys,
            people=directory,
            has_company=lambda tenant, company: directory.get(tenant, Kind.COMPANY, company) is not None,
            create=CreateApiKey(keys, sealer, self._randomness),
            change=ChangeApiKey(keys, sealer, self._randomness),
            trail=self._storage.audit_trail,
            sealer=sealer,
            clock=self._clock,
            randomness=self._randomness,
        )

    @cached_property
    def waits_under_key(self) -> WaitsUnderKey:
        """Schedules and triggers that wait under a key."""
        from tocsin.client_api.application.waits_under_key import WaitsUnderKey

        return WaitsUnderKey(self._storage.schedules, self._storage.triggers, self._clock)

    # --- parts that several use cases share ---------------------------------------------------------------------

    @cached_property
    def own_numbers(self) -> OwnNumbers:
        """Which numbers are an account's own."""
        from tocsin.bootstrap.people.preferences import own_numbers

        return own_numbers(self._storage)

    @cached_property
    def _references(self) -> References:
        from tocsin.directory.application.references import References

        return References(self._storage.directory)

    @cached_property
    def _rules(self) -> RulesOfDirectory:
        from tocsin.bootstrap.alert_rules import RuleUseCases

        return RuleUseCases(self._storage, mail=self._mail).of_directory

    @cached_property
    def _appointments(self) -> TransferAppointments:
        from tocsin.reminders.application.transfer_appointments import TransferAppointments

        storage = self._storage
        return TransferAppointments(storage.appointments, storage.clock, storage.randomness)

    @cached_property
    def _changes(self) -> Changes:
        from tocsin.directory.application.entries import Changes

        return Changes(self._clock, self._randomness)

    @cached_property
    def _sign_in(self) -> PersonSignIn:
        from tocsin.directory.application.person_sign_in import PersonSignIn
        from tocsin.sign_in.application.tell_person import TellPerson

        return PersonSignIn(
            people=self._storage.directory,
            sessions=self._storage.sessions,
            tokens=self._storage.personal_tokens,
            provider=self._provider,
            tell=TellPerson(self._storage.tenants, self._mail, self._clock),
            forget=self._forget,
        )

    def _forget(self, tenant: TenantId, user: UserId) -> None:
        """Remove what is kept for a person who was deleted; the places are read when a person is."""
        self._storage.inboxes.forget(tenant, user)
        self._storage.push_subscriptions.forget(tenant, user)
        self._storage.appointments.forget(tenant, user)
