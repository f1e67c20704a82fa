"""Composition of the use cases of the directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.directory.application.entries import Changes
from tocsin.directory.application.import_directory import ImportDirectory
from tocsin.directory.application.person_sign_in import PersonSignIn
from tocsin.directory.application.person_states import Invite, PersonStates
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.references import References
from tocsin.directory.application.write_directory import WriteDirectory
from tocsin.entrypoint.directory_body.shapes import read_fields, read_own_fields
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.application.own_tokens import OwnTokens

if TYPE_CHECKING:
    from tocsin.bootstrap.storage import Storage
    from tocsin.identity.ports.provider import IdentityProvider


class DirectoryUseCases:
    """The use cases that the routes of the settings API call.

    Args:
        invite: None = people cannot be invited by this function.
    """

    def __init__(
        self,
        storage: Storage,
        provider: IdentityProvider,
        invite: Invite | None = None,
    ) -> None:
        directory, clock, randomness = storage.directory, storage.clock, storage.randomness
        references, changes = References(directory), Changes(clock, randomness)
        sign_in = PersonSignIn(directory, storage.sessions, storage.personal_tokens, provider)
        self.idempotent_call = IdempotentCall(storage.idempotency_store, clock)
        self.read = ReadDirectory(directory, references)
        self.write = WriteDirectory(
            directory=directory,
            read=self.read,
            references=references,
            changes=changes,
            sign_in=sign_in,
            fields=read_fields,
            own_fields=read_own_fields,
            clock=clock,
            randomness=randomness,
        )
        self.person_states = PersonStates(
            directory=directory,
            read=self.read,
            references=references,
            changes=changes,
            sign_in=sign_in,
            clock=clock,
            inviting=invite,
        )
        self.own_tokens = OwnTokens(storage.personal_tokens, storage.sealer, clock, randomness)
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
