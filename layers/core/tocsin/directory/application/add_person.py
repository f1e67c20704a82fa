"""Add a person to a tenant's directory."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.audit.application.new_entry import new_entry
from tocsin.audit.domain.actor import Actor, Via
from tocsin.audit.domain.entry import Thing
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory, DirectoryChange
from tocsin.identity.domain.api_key_token import new_key_id
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.kernel.ports import Clock, Randomness

MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Makes the row of a person who can be invited; no mail is sent."""

    directory: Directory
    randomness: Randomness
    clock: Clock

    def __call__(
        self,
        tenant: TenantId,
        email: str,
        name: str,
        role: SystemRole,
        who: Actor,
        via: Via,
        *,
        external_id: str | None = None,
        source: str | None = None,
    ) -> User:
        """Return the new person, or the one who has this address and was not active yet, unchanged.

        Args:
            external_id, source: the person's id in another system, and the name of that system.

        Raises:
            InvalidRequest: no email address, no name or a name over 200 characters, or the address of an active person.
            AlreadyExists: another call added the address at the same moment.
        """
        faults = []
        try:
            address = parse_email(email)
        except InvalidEmail as error:
            address = ""
            faults.append(Fault("/email", error.code.value, str(error)))
        if not name.strip() or len(name.strip()) > MOST_NAME or len(name.splitlines()) > 1:
            faults.append(Fault("/name", "WRONG_FORM", f"a person needs a name of 1 to {MOST_NAME} characters"))
        if faults:
            raise InvalidRequest(faults)
        known = self.directory.by_natural_key(tenant, Kind.USER, address)
        if isinstance(known, User):
            if known.state is not UserState.INVITED:
                raise InvalidRequest([Fault("/email", "CONFLICT", "there is a person with this address already")])
            return known
        now = self.clock()
        user = User(
            tenant=tenant,
            id=UserId(str(new_key_id(self.randomness.token(8)))),
            email=address,
            name=name.strip(),
            role=RoleId(role.value),
            created_at=now,
            external_id=external_id,
            source=source,
        )
        entry = new_entry(
            tenant,
            who,
            via,
            "user.created",
            Thing("user", user.id, user.name),
            after={"email": user.email, "name": user.name, "role": user.role},
            at=now,
            randomness=self.randomness,
        )
        self.directory.commit([DirectoryChange(None, user, entry)])
        return user
