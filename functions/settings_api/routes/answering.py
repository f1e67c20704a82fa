"""What all routes of the settings API share: the use cases, and the form of answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Response

from settings_api.caller import Caller
from tocsin.directory.application.delete_thing import DeleteThing
from tocsin.directory.application.person_states import PersonStates
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.write_directory import WriteDirectory
from tocsin.directory.domain.fields import resource
from tocsin.directory.domain.things import AnyThing
from tocsin.directory.domain.versions import etag
from tocsin.entrypoint.http.app import Call, answer
from tocsin.entrypoint.http.claims import claim_of, seed_of
from tocsin.entrypoint.http.compact_json import compact
from tocsin.idempotency.application.idempotent_call import CachedAnswer, IdempotentCall
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


@dataclass(frozen=True, slots=True)
class SettingsCalls:
    """The use cases of these routes, who calls, and where mails send people."""

    caller: Caller
    read: ReadDirectory
    write: WriteDirectory
    delete: DeleteThing
    states: PersonStates
    answers_kept: IdempotentCall
    console_url: str = ""

    def console(self, call: Call) -> str:
        """Return where the console is, for links of messages."""
        return call.address_by(self.console_url)

    def api(self, call: Call) -> str:
        """Return the address of the API. On the local engine only the pattern of the console's address says it."""
        return call.address_by(self.console_url if "{api}" in self.console_url else "")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose Idempotency-Keys they are: each person has their own, as each API key has."""

    tenant: TenantId
    id: ApiKeyId


CONFIRM_CHARACTERS = 64
"""Most characters of the query parameter `confirm`, as the document says. Those of our refusals have 32."""


def confirmation(call: Call) -> str | None:
    """Return the only query parameter, `confirm`; None if it is not given.

    Raises:
        InvalidRequest: it is empty or too long, or another one is given. A call that needs no confirmation fails too.
    """
    confirm = call.query("confirm").get("confirm")
    if confirm == "":
        raise InvalidRequest([Fault("/confirm", "TOO_SHORT", "must have at least 1 character(s)")])
    if confirm is not None and len(confirm) > CONFIRM_CHARACTERS:
        raise InvalidRequest([Fault("/confirm", "TOO_LONG", f"must have at most {CONFIRM_CHARACTERS} characters")])
    return confirm


def shown(thing: AnyThing, status: int = 200) -> Response:
    """Return the answer that is a thing."""
    return answer(resource(thing), status, {"ETag": etag(thing)})


def gone() -> Response:
    """Return the answer to a deletion."""
    return Response("", {}, 204)


def repeatable(
    call: Call,
    answers_kept: IdempotentCall,
    who: Principal,
    route: str,
    body: Mapping[str, Any],
    act: Callable[[bytes | None], Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what `act` returns, or the answer of an earlier call with this Idempotency-Key.

    Args:
        route: name of the operation.
        act: gets a seed that is the same for every repeat; None without a key.
    """
    holder = Holder(who.tenant, ApiKeyId(str(who.actor)))
    claim = claim_of(call, route, body)

    def done() -> CachedAnswer:
        return CachedAnswer(compact(act(seed_of(holder, claim))), done=True)

    found: dict[str, Any] = json.loads(answers_kept(holder, claim, done).text)
    return found


def once(
    call: Call,
    calls: SettingsCalls,
    who: Principal,
    route: str,
    body: Mapping[str, Any],
    act: Callable[[str | None], AnyThing],
    *,
    created: bool = False,
) -> Response:
    """Return the thing that `act` returns, or the answer of an earlier call with this Idempotency-Key.

    Args:
        route: name of the operation.
        act: gets an id that is the same for every repeat; None without a key.
        created: answer 201, with the place of what was created.
    """

    def done(seed: bytes | None) -> Mapping[str, Any]:
        return resource(act(None if seed is None else seed.hex()[:32]))

    found = repeatable(call, calls.answers_kept, who, route, body, done)
    headers = {"ETag": f'"{found["version"]}"'} | ({"Location": f"{route}/{found['id']}"} if created else {})
    return answer(found, 201 if created else 200, headers)
