"""What a client sets of each kind of thing in the directory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field

from tocsin.calendar.domain.time_zone import zone as zone_named
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.directory.domain.fields import READ_ONLY, Fields
from tocsin.directory.domain.things import GROUP_MEMBERS, Kind
from tocsin.entrypoint.alert_body.words import NOT_BLANK, PRINTABLE, Form, key_of
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import mistake, read
from tocsin.identity.domain.permissions import CUSTOM
from tocsin.kernel.domain.errors import Fault, InvalidRequest

TEXT_CHARACTERS = 200
EXTENSION_CHARACTERS = 32
ID_CHARACTERS = 64
ALIASES = 20
COMPANIES = 100
CONTACT_ID_CHARACTERS = 128
CONTACTS = 20


def _email(text: str) -> str:
    try:
        return parse_email(text.strip())
    except InvalidEmail as error:
        mistake("WRONG_FORM", str(error))


def _phone(text: str) -> str:
    try:
        return parse_phone(text)
    except InvalidPhone as error:
        mistake("WRONG_FORM", str(error))


def _personal_phone(text: str) -> str:
    try:
        return parse_phone(text)
    except InvalidPhone as error:
        mistake("BAD_NUMBER", str(error))


def _zone(text: str) -> str:
    if zone_named(text) is None:
        mistake("UNKNOWN_ZONE", "must be the name of a time zone, like Europe/London")
    return text


Label = Annotated[str, Field(max_length=TEXT_CHARACTERS), Form(PRINTABLE, "be one line of text")]
Name = Annotated[
    str,
    Field(min_length=1, max_length=TEXT_CHARACTERS),
    Form(f"{NOT_BLANK}{PRINTABLE}", "be one line of text, and not blank"),
    AfterValidator(key_of),
]
Email = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_email)]
Phone = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_phone)]
PersonalPhone = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_personal_phone)]
"""A number for texts to a person; that it is none of the account's own is judged by `OwnNumbers`."""

Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_zone)]
Id = Annotated[
    str, Field(min_length=1, max_length=ID_CHARACTERS), Form(r"[A-Za-z0-9_-]+", "be an id as the API gave it")
]
Extension = Annotated[
    str,
    Field(min_length=1, max_length=EXTENSION_CHARACTERS),
    Form(NOT_BLANK + r"[^\s#]+", "have neither blanks nor #"),
    AfterValidator(key_of),
]
Alias = Annotated[
    str,
    Field(min_length=1, max_length=TEXT_CHARACTERS),
    Form(f"{NOT_BLANK}{PRINTABLE}", "be one line of text, not blank"),
    AfterValidator(key_of),
]
Aliases = Annotated[list[Alias], Field(max_length=ALIASES, description="other names of it in events")]
ContactId = Annotated[
    str,
    Field(min_length=1, max_length=CONTACT_ID_CHARACTERS),
    Form(f"{NOT_BLANK}(?!.*,){PRINTABLE}", "be the id of a contact"),
    AfterValidator(key_of),
]
CompanyOf = Annotated[Id | None, Field(description="the company that it belongs to; null = none")]
PermissionWord = Literal[
    "alerts.send", "alerts.read", "alerts.all.view", "mail.manage", "integrations.manage", "people.manage",
    "people.read", "directory.manage", "directory.read", "keys.manage", "audit.read",
]  # fmt: skip
ScopeWord = Literal["own", "all"]

assert set(get_args(PermissionWord)) == set(CUSTOM)


class CompanyBody(ResourceBody):
    """A sub-unit of the account."""

    name: Annotated[Name, Field(description="unique in the account, whatever its case")]


class UserBody(ResourceBody):
    """A person."""

    email: Annotated[Email, Field(description="unique in the account; people sign in with it")]
    name: Name
    role: Annotated[Id, Field(description="a system role, or the id of a custom role")] = "user"
    companies: Annotated[list[Id], Field(max_length=COMPANIES, description="what a manager is limited to")] = Field(
        default_factory=list
    )
    contacts: Annotated[
        list[ContactId],
        Field(
            max_length=CONTACTS,
            description="ids of contacts of the account's groups that stand for the person: alerts that went to them "
            "are shown to the person in part; set by owners and admins; a push without it keeps it",
        ),
    ] = Field(default_factory=list)
    billing: Annotated[bool, Field(description="notices about money; given by owners, to owners and admins")] = False
    zone: Annotated[Zone | None, Field(description="IANA time zone; null = the account's")] = None
    backup_phone: Annotated[PersonalPhone | None, Field(description="for notices when there is no other number")] = None


class NewUserBody(UserBody):
    """A person who is new, or pushed."""

    invite: Annotated[
        bool, Field(description="mail an invitation with a first password; a push: if the person never got one")
    ] = False


class TransferBody(ResourceBody):
    """Who gets what a person has."""

    to: Annotated[Id, Field(description="id of another person")]
    confirm: Annotated[
        str | None,
        Field(min_length=1, max_length=ID_CHARACTERS, description="`confirm` of the 409 that listed what stops"),
    ] = None


class ImportBody(ResourceBody):
    """A CSV file, and what to do with it."""

    kind: Annotated[
        Literal["companies", "users", "lines", "phone_numbers", "groups", "joined"],
        Field(description="what its lines are; joined: a person with their line and number"),
    ]
    mode: Annotated[Literal["plan", "apply"], Field(description="plan: nothing is changed")] = "plan"
    csv: Annotated[
        str, Field(min_length=1, description="the file; the first line names the columns; lists are split at ;")
    ]
    mapping: Annotated[
        dict[str, str], Field(description='field by column name, where they differ; "" ignores the column')
    ] = Field(default_factory=dict)
    disable_missing: Annotated[bool, Field(description="of users: disable who is missing; wants `confirm`")] = False
    invite: Annotated[bool, Field(description="mail the people of the file who never got an invitation")] = False
    plan_id: Annotated[Id | None, Field(description="`id` of a plan: apply exactly that")] = None
    confirm: Annotated[Id | None, Field(description="`confirm` of the answer that listed what is lost")] = None


class NothingBody(ResourceBody):
    """An empty object."""


class OwnUserBody(ResourceBody):
    """What people change of themselves."""

    name: Name
    email: Annotated[Email, Field(description="holds after its link is confirmed by the person, signed in")]
    zone: Annotated[Zone | None, Field(description="IANA time zone; null = the account's")] = None
    backup_phone: Annotated[PersonalPhone | None, Field(description="for notices when there is no other number")] = None


class LineBody(ResourceBody):
    """An extension of the telephone system."""

    extension: Annotated[Extension, Field(description="unique in the account, as are all aliases of lines")]
    aliases: Aliases = Field(default_factory=list)
    label: Label = ""
    user: Annotated[Id | None, Field(description="whose personal line it is; null = shared")] = None
    company: CompanyOf = None
    fisher_mode: Annotated[bool, Field(description="the line takes only one call at a time")] = False


class TargetBody(ResourceBody):
    """Where calls to a number go."""

    kind: Annotated[Literal["line", "group"], Field(description="what is called")]
    id: Annotated[Id, Field(description="its id")]


class PhoneNumberBody(ResourceBody):
    """A number of the telephone system."""

    e164: Annotated[Phone, Field(description="unique in the account; kept in E.164 form, like +447777100100")]
    label: Label = ""
    target: Annotated[TargetBody | None, Field(description="null = nowhere")] = None
    company: CompanyOf = None


class GroupBody(ResourceBody):
    """A hunt group or a queue."""

    kind: Annotated[Literal["hunt_group", "queue"], Field(description="what it is; the name is unique for each")]
    name: Name
    number: Annotated[Label, Field(description="by which it is called")] = ""
    aliases: Aliases = Field(default_factory=list)
    members: Annotated[list[Id], Field(max_length=GROUP_MEMBERS, description="ids of users")] = Field(
        default_factory=list
    )
    managers: Annotated[list[Id], Field(max_length=GROUP_MEMBERS, description="who manage the queue")] = Field(
        default_factory=list
    )
    company: CompanyOf = None


class ScopesBody(ResourceBody):
    """How much telephony data the rules of its holders may use."""

    users: Annotated[ScopeWord, Field(description="own: oneself")] = "own"
    phone_numbers: Annotated[ScopeWord, Field(description="own: those of my lines and groups")] = "own"
    hunt_groups: Annotated[ScopeWord, Field(description="own: member or manager")] = "own"
    call_queues: Annotated[ScopeWord, Field(description="own: member or manager")] = "own"


class RoleBody(ResourceBody):
    """A custom role. Its holders can do what the role `user` can, too."""

    name: Annotated[Name, Field(description="unique in the account, whatever its case")]
    permissions: Annotated[
        list[PermissionWord], Field(max_length=len(CUSTOM), description="see `GET /roles/permissions`")
    ] = Field(default_factory=list)
    scopes: ScopesBody = ScopesBody()


BODIES: Mapping[Kind, type[ResourceBody]] = {
    Kind.COMPANY: CompanyBody,
    Kind.USER: UserBody,
    Kind.LINE: LineBody,
    Kind.PHONE_NUMBER: PhoneNumberBody,
    Kind.GROUP: GroupBody,
    Kind.ROLE: RoleBody,
}


def read_fields(kind: Kind, raw: Mapping[str, Any]) -> Fields:
    """Return the fields of a thing, complete and in canonical form.

    Raises:
        InvalidRequest: with every fault; READ_ONLY for fields that only answers have.
    """
    return read(BODIES[kind], writable(kind, raw)).model_dump(mode="json")


def read_own_fields(raw: Mapping[str, Any]) -> Fields:
    """Return what people change of themselves. Raises InvalidRequest."""
    return read(OwnUserBody, raw).model_dump(mode="json")


def writable(kind: Kind, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the body as it is. Raises InvalidRequest if it sets fields that only answers have."""
    if found := sorted(READ_ONLY[kind] & raw.keys()):
        raise InvalidRequest([Fault(f"/{name}", "READ_ONLY", "can be read and not be set") for name in found])
    return raw


def invitation_wanted(body: dict[str, Any]) -> bool:
    """Take `invite` out of the body of a new person, and return it. Raises InvalidRequest."""
    wanted = body.pop("invite", False)
    if not isinstance(wanted, bool):
        raise InvalidRequest([Fault("/invite", "WRONG_TYPE", "must be true or false")])
    return wanted
