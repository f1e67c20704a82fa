"""Makes the token that `token.py` prints. It runs with the dependencies layer, and on the local engine only."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from infra.local.stack import NAME
from infra.operator.stack import clients_of, found_stack
from tocsin.audit.application.new_entry import new_entry
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.audit.domain.entry import Thing
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.directory.ports import DirectoryChange
from tocsin.identity.application.own_tokens import OwnTokens
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.identity.domain.personal_token import LONGEST_DAYS, NewToken
from tocsin.identity.domain.user import User, UserState


def main(words: Sequence[str]) -> int:
    """Print a token of the person with an address; a repeat prints the same token. Returns the exit code.

    Args:
        words: address of the engine, address of the person.
    """
    engine, email = words
    clients = clients_of(None, engine)
    outputs = found_stack(NAME, clients).outputs
    stores = StoreClients(clients("dynamodb"), clients("kms"))
    storage = Storage(stores, table_name=outputs["TableName"], key_id=outputs["KeyId"])
    user = _person(storage, email)
    if user is None:
        print("tocsin: no person in the local directory has this address and may sign in", file=sys.stderr)
        return 1
    print(token_of(storage, user))
    return 0


def token_of(storage: Storage, user: User) -> str:
    """Return the personal token of a person that this machine uses. It may all that the person may.

    A person who has not signed in yet becomes active, as by a first sign-in.
    """
    if user.state is UserState.INVITED:
        user = _entered(storage, user)
    person = PersonPrincipal(storage.directory)(user, Via.OPERATOR, "", storage.clock())
    own = OwnTokens(storage.personal_tokens, storage.sealer, storage.clock, storage.randomness)
    wanted = NewToken("made by make token", LONGEST_DAYS, manages_people=True)
    return own.make(replace(person, actor=OPERATOR), wanted, b"make token").text


def _person(storage: Storage, email: str) -> User | None:
    try:
        address = parse_email(email)
    except InvalidEmail:
        return None
    found = (storage.directory.by_email(tenant.id, address) for tenant in storage.tenants.all())
    return next((user for user in found if user is not None and user.state is not UserState.DISABLED), None)


def _entered(storage: Storage, user: User) -> User:
    after = replace(user, state=UserState.ACTIVE, confirmed_email=True, version=user.version + 1)
    entry = new_entry(
        user.tenant,
        OPERATOR,
        Via.OPERATOR,
        "user.updated",
        Thing("user", user.id, user.name),
        {"state": user.state.value},
        {"state": after.state.value},
        at=storage.clock(),
        randomness=storage.randomness,
    )
    storage.directory.commit([DirectoryChange(user, after, entry)])
    return after


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
