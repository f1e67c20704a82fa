"""Things of the directory as answers show them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.directory_body.shapes import PermissionWord, ScopeWord

_EXACT = with_config(ConfigDict(extra="forbid"))

ThingWord = Literal["companies", "users", "lines", "phone_numbers", "groups"]
Id = Annotated[str, Field(description="its id, for ever")]
Version = Annotated[int, Field(description="grows with each change; `ETag` holds it", ge=0)]
ExternalId = Annotated[str | None, Field(description="its id in the system that pushes the directory")]


@_EXACT
class CompanyResource(TypedDict):
    """A sub-unit of the account."""

    id: Id
    name: str
    external_id: ExternalId
    version: Version


@_EXACT
class UserResource(TypedDict):
    """A person."""

    id: Id
    email: str
    name: str
    role: Annotated[str, Field(description="a system role, or the id of a custom role")]
    companies: list[str]
    contacts: Annotated[list[str], Field(description="ids of contacts that are linked to the person")]
    billing: bool
    state: Annotated[
        Literal["invited", "active", "disabled"], Field(description="invited: has not signed in or accepted yet")
    ]
    zone: str | None
    backup_phone: str | None
    last_seen_at: Annotated[str | None, Field(description="when a session of the console was last used")]
    external_id: ExternalId
    version: Version


@_EXACT
class LineResource(TypedDict):
    """An extension of the telephone system."""

    id: Id
    extension: str
    aliases: list[str]
    label: str
    user: Annotated[str | None, Field(description="whose personal line it is; null = shared")]
    company: str | None
    fisher_mode: bool
    discovered: Annotated[bool, Field(description="an event made it")]
    external_id: ExternalId
    version: Version


@_EXACT
class BriefLineResource(TypedDict):
    """A colleague's line, as people without further rights see it."""

    id: Id
    extension: str
    label: str


@_EXACT
class TargetResource(TypedDict):
    """Where calls to a number go."""

    kind: Literal["line", "group"]
    id: Id


@_EXACT
class PhoneNumberResource(TypedDict):
    """A number of the telephone system."""

    id: Id
    e164: str
    label: str
    sms_enabled: Annotated[bool, Field(description="texts can be sent from it; the operator decides")]
    target: TargetResource | None
    company: str | None
    external_id: ExternalId
    version: Version


@_EXACT
class GroupResource(TypedDict):
    """A hunt group or a queue."""

    id: Id
    kind: Literal["hunt_group", "queue"]
    name: str
    number: str
    aliases: list[str]
    members: list[str]
    managers: list[str]
    company: str | None
    external_id: ExternalId
    version: Version


@_EXACT
class ScopesResource(TypedDict):
    """How much telephony data the rules of its holders may use."""

    users: ScopeWord
    phone_numbers: ScopeWord
    hunt_groups: ScopeWord
    call_queues: ScopeWord


@_EXACT
class RoleResource(TypedDict):
    """A role: one of the six fixed ones, or a custom one."""

    id: Id
    name: str
    permissions: list[PermissionWord | Literal["rules.own", "account.manage", "self"]]
    scopes: ScopesResource
    system: Annotated[bool, Field(description="one of the six that cannot be changed")]
    version: Version


class _ListOf(TypedDict):
    next_cursor: Annotated[str | None, Field(description="`cursor` of the next page; null = this is the last")]


@_EXACT
class CompanyList(_ListOf):
    """A page of companies."""

    items: list[CompanyResource]


@_EXACT
class UserList(_ListOf):
    """A page of people."""

    items: list[UserResource]


@_EXACT
class LineList(_ListOf):
    """A page of lines."""

    items: list[LineResource | BriefLineResource]


@_EXACT
class PhoneNumberList(_ListOf):
    """A page of numbers."""

    items: list[PhoneNumberResource]


@_EXACT
class GroupList(_ListOf):
    """A page of groups."""

    items: list[GroupResource]


@_EXACT
class RoleList(_ListOf):
    """A page of roles, the system roles first."""

    items: list[RoleResource]


@_EXACT
class PermissionList(TypedDict):
    """The permissions that a custom role can have."""

    items: list[PermissionWord]


@with_config(ConfigDict(extra="allow"))
class MergePatch(TypedDict):
    """A JSON merge patch (RFC 7396): fields of the object, null takes one away. What comes of it is judged."""

    name: NotRequired[Annotated[str | None, Field(description="and any other field that can be set")]]


@_EXACT
class ImportCounts(TypedDict):
    """How many lines and things; the lists hold the first 200."""

    adds: int
    changes: Annotated[int, Field(description="of fields")]
    missing: int
    disables: int
    stops: int
    invites: int
    unchanged: int
    faults: int


@_EXACT
class ImportChange(TypedDict):
    """One field that changes."""

    id: Id
    kind: NotRequired[Annotated[ThingWord, Field(description="of a joined file")]]
    field: str
    before: Any
    after: Any


@_EXACT
class ImportLineFault(TypedDict):
    """What is wrong with a cell."""

    line: Annotated[int, Field(description="as a spreadsheet counts rows: 1 is the header, 0 the whole file")]
    column: str
    code: (
        Annotated[str, Field(json_schema_extra={"x-words": "FaultCode"})]
        | Annotated[str, Field(json_schema_extra={"x-words": "ErrorCode"})]
    )
    message: str


@_EXACT
class ImportResource(TypedDict):
    """A plan of an import, or what was imported."""

    id: Annotated[str, Field(description="`plan_id` of a call that applies exactly this")]
    kind: ThingWord | Literal["joined"]
    mode: Literal["plan", "apply"]
    state: Annotated[
        Literal["planned", "applied", "partial"],
        Field(description="partial (202): the call's time is over; the same call with this answer's `id` goes on"),
    ]
    counts: ImportCounts
    remaining: Annotated[int, Field(description="things that are not written yet, if it is partial", ge=0)]
    confirm: Annotated[str | None, Field(description="says that the lists `disables` and `stops` were seen")]
    adds: Annotated[list[dict[str, Any]], Field(description="new things, without ids; of a joined file with `kind`")]
    changes: list[ImportChange]
    missing: Annotated[list[str], Field(description="ids of things that the file does not have")]
    disables: Annotated[list[str], Field(description="ids of people who are disabled")]
    stops: Annotated[list[str], Field(description="triggers of alert rules that stop, as `<rule>/<trigger>`")]
    invites: Annotated[list[str], Field(description="addresses of people who are invited")]
    faults: list[ImportLineFault]
    encoding: str
