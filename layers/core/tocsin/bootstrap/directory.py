"""Composition of the use cases of the directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.bootstrap.signing_in import invite_person, own_address
from tocsin.client_api.application.waits_under_key import WaitsUnderKey
from tocsin.directory.application.delete_thing import DeleteThing
from tocsin.directory.application.entries import Changes
from tocsin.directory.application.import_directory import ImportDirectory
from tocsin.directory.application.person_sign_in import PersonSignIn
from tocsin.directory.application.person_states import PersonStates
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.references import References
from tocsin.directory.application.write_directory import WriteDirectory
from tocsin.directory.domain.things import Kind
from tocsin.entrypoint.directory_body.shapes import read_fields, read_own_fields
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.application.change_api_key import ChangeApiKey
from tocsin.identity.application.create_api_key import CreateApiKey
from tocsin.identity.application.manage_keys import ManageKeys
from tocsin.identity.application.own_tokens import OwnTokens
from tocsin.identity.application.read_capacities import ReadCapacities
from tocsin.sign_in.application.tell_person import TellPerson

if TYPE_CHECKING:
    from tocsin.bootstrap.storage import Storage
    from tocsin.identity.ports.provider import IdentityProvider
    from tocsin.sign_in.ports.system_mail import SystemMail


class DirectoryUseCases:
    """The use cases of people and the directory, for the settings API and the console.

    Args:
        mail: mails people about their sign-in.
    """

    def __init__(self, storage: Storage, provider: IdentityProvider, mail: SystemMail) -> None:
        directory, clock, randomness = storage.directory, storage.clock, storage.randomness
        references, changes = References(directory), Changes(clock, randomness)
        tell = TellPerson(storage.tenants, mail, clock)
        sign_in = PersonSignIn(
            people=directory,
            sessions=storage.sessions,
            tokens=storage.personal_tokens,
            provider=provider,
            tell=tell,
        )
        self.idempotent_call = IdempotentCall(storage.idempotency_store, clock)
        self.own_address = own_address(storage, provider, mail)
        self.read = ReadDirectory(directory, references)
        self.write = WriteDirectory(
            directory=directory,
            read=self.read,
            references=references,
            changes=changes,
            sign_in=sign_in,
            fields=read_fields,
            own_fields=read_own_fields,
            new_address=self.own_address.ask,
            clock=clock,
            randomness=randomness,
        )
        self.delete = DeleteThing(
            directory=directory, read=self.read, references=references, changes=changes, sign_in=sign_in
        )
        self.person_states = PersonStates(
            directory=directory,
            read=self.read,
            references=references,
            changes=changes,
            sign_in=sign_in,
            clock=clock,
            inviting=invite_person(storage, provider, mail),
        )
        self.own_tokens = OwnTokens(
            tokens=storage.personal_tokens, sealer=storage.sealer, clock=clock, randomness=randomness
        )
        keys, sealer = storage.api_keys, storage.sealer
        self.capacities = ReadCapacities(keys)
        self.keys = ManageKeys(
            keys=keys,
            people=directory,
            has_company=lambda tenant, company: directory.get(tenant, Kind.COMPANY, company) is not None,
            create=CreateApiKey(keys, sealer, randomness),
            change=ChangeApiKey(keys, sealer, randomness),
            trail=storage.audit_trail,
            sealer=sealer,
            clock=clock,
            randomness=randomness,
        )
        self.waits_under_key = WaitsUnderKey(storage.schedules, storage.triggers, clock)
        self.import_directory = ImportDirectory(
            directory=directory,
            references=references,
            changes=changes,
            sign_in=sign_in,
            states=self.person_states,
            fields=read_fields,
            clock=clock,
            randomness=randomness,
        )
