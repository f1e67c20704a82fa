"""The operations of the settings API, described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tocsin.directory.domain.import_file import COLUMNS
from tocsin.directory.domain.things import MOST, Kind
from tocsin.entrypoint.alert_body.limits import PAGE_ITEMS
from tocsin.entrypoint.directory_body import resources, shapes
from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation, QueryParameter

_CREATE_ERRORS = tuple(status for status in ACT_ERRORS if status != 412)
_PATCH_ERRORS = (*EDIT_ERRORS, 422)
_PAGE = (
    QueryParameter(
        "limit", f"entries per page, 1 to {PAGE_ITEMS}", {"type": "integer", "minimum": 1, "maximum": PAGE_ITEMS}
    ),
    QueryParameter("cursor", "`next_cursor` of the page before", {"type": "string", "minLength": 1}),
)

_CONFIRMED = QueryParameter(
    "confirm", "`confirm` of the 409 that listed what changes", {"type": "string", "minLength": 1, "maxLength": 64}
)

_USER = "019aa3c45d007c8f9b3a2f6d1e4c7a90"
_COMPANY = "019aa3c45d007c8f9b3a2f6d1e4c7a91"
_LINE = "019aa3c45d007c8f9b3a2f6d1e4c7a92"


class _Described(NamedTuple):
    """One kind of things.

    Attributes:
        one, many: in words and, as camel case, in names of operations.
        body: what POST takes.
        request: an example.
        only: what an answer has beside the request.
    """

    one: str
    many: str
    tag: str
    body: type
    resource: Any
    page: Any
    request: Mapping[str, Any]
    only: Mapping[str, Any]


_COMMON = {"external_id": None, "version": 1}
KINDS: Mapping[Kind, _Described] = {
    Kind.COMPANY: _Described(
        "company", "companies", "Directory", shapes.CompanyBody, resources.CompanyResource, resources.CompanyList,
        {"name": "Harbour"}, {"id": _COMPANY, **_COMMON},
    ),
    Kind.USER: _Described(
        "user", "users", "People", shapes.NewUserBody, resources.UserResource, resources.UserList,
        {
            "email": "ana@example.org", "name": "Ana Banks", "role": "manager", "companies": [_COMPANY],
            "contacts": ["c-01"], "billing": False, "zone": "Europe/London", "backup_phone": "+447700900123",
        },
        {"id": _USER, "state": "invited", "last_seen_at": None, **_COMMON},
    ),
    Kind.LINE: _Described(
        "line", "lines", "Directory", shapes.LineBody, resources.LineResource, resources.LineList,
        {
            "extension": "2101", "aliases": ["SIP/2101"], "label": "Ana, desk", "user": _USER, "company": _COMPANY,
            "fisher_mode": False,
        },
        {"id": _LINE, "discovered": False, **_COMMON},
    ),
    Kind.PHONE_NUMBER: _Described(
        "phone number", "phone numbers", "Directory", shapes.PhoneNumberBody, resources.PhoneNumberResource,
        resources.PhoneNumberList,
        {"e164": "+447700900100", "label": "Front desk", "target": {"kind": "line", "id": _LINE}, "company": None},
        {"id": "019aa3c45d007c8f9b3a2f6d1e4c7a93", "sms_enabled": False, **_COMMON},
    ),
    Kind.GROUP: _Described(
        "group", "groups", "Directory", shapes.GroupBody, resources.GroupResource, resources.GroupList,
        {
            "kind": "queue", "name": "Support", "number": "8001", "aliases": [], "members": [_USER], "managers": [],
            "company": _COMPANY,
        },
        {"id": "019aa3c45d007c8f9b3a2f6d1e4c7a94", **_COMMON},
    ),
    Kind.ROLE: _Described(
        "role", "roles", "People", shapes.RoleBody, resources.RoleResource, resources.RoleList,
        {
            "name": "Desk", "permissions": ["alerts.read", "alerts.send"],
            "scopes": {"users": "all", "phone_numbers": "own", "hunt_groups": "own", "call_queues": "own"},
        },
        {"id": "019aa3c45d007c8f9b3a2f6d1e4c7a95", "system": False, "version": 1},
    ),
}  # fmt: skip

_GRANT = " No caller gives a permission, scope or flag that they do not have: 403 `EXCEEDS_YOURS`."
_RIGHT = {
    "People": "Needs `people.read`; changes need `people.manage`.",
    "Directory": "Needs `directory.read`; changes need `directory.manage`.",
}
_NAMED_BY = {
    Kind.COMPANY: "The company leaves its people, lines, numbers and groups",
    Kind.USER: "Lines, groups and alert rules of the person are in the way",
    Kind.LINE: "Numbers that lead to the line lead nowhere then, and alert rules that name it stay as they are",
    Kind.GROUP: "Numbers that lead to the group lead nowhere then, and alert rules that name it stay as they are",
    Kind.PHONE_NUMBER: "Alert rules that use the number are in the way",
    Kind.ROLE: "People with the role are in the way",
}
_CONFIRM = (
    " The same call with `confirm` of that answer does it, or is 409 anew if the list has changed. An answer without "
    "`confirm` says that one of the list is in the way: you may not change it, or it is a person with a custom role "
    "who would reach the whole account without the company."
)


_STOPS = (
    " If triggers of alert rules name what the owners of the rules could use no more: 409 `CONFIRM_REQUIRED` lists "
    "them as `<rule>/<trigger>`. The same call with its `confirm` stops them, and mails their owners, you and all "
    "owners and admins of the account."
)


def _of_kind(kind: Kind, it: _Described) -> Iterator[Operation]:
    path, name = f"/{kind.value}", it.one.title().replace(" ", "")
    many = it.many.title().replace(" ", "")
    response = {**it.request, **it.only}
    right = _RIGHT[it.tag]
    yield Operation(
        method="GET", path=path, name=f"list{many}", tags=(it.tag,), summary=f"List {it.many}",
        description=f"{right} A page may be short: what the caller may not see is omitted.",
        answer=it.page, errors=RESOURCE_ERRORS, query=_PAGE, response={"items": [response], "next_cursor": None},
    )  # fmt: skip
    yield Operation(
        method="POST", path=path, name=f"create{name}", tags=(it.tag,), summary=f"Create a {it.one}",
        description=f"{right}{_GRANT} An account has at most {MOST[kind]:,} {it.many}.",
        bodies=(it.body,), answer=it.resource, errors=_CREATE_ERRORS, idempotent=True, created=True,
        request=it.request, response=response,
    )  # fmt: skip
    yield Operation(
        method="GET", path=f"{path}/{{id}}", name=f"get{name}", tags=(it.tag,), summary=f"Read a {it.one}",
        description=right, answer=it.resource,
        others=(resources.BriefLineResource,) if kind is Kind.LINE else (), errors=RESOURCE_ERRORS, response=response,
    )  # fmt: skip
    stops = "" if kind is Kind.COMPANY else _STOPS
    changed = {"name" if "name" in it.request else "label": "New"}
    yield Operation(
        method="PATCH", path=f"{path}/{{id}}", name=f"change{name}", tags=(it.tag,), summary=f"Change a {it.one}",
        description=f"{right}{_GRANT} What comes of the patch must be valid as a whole.{stops}",
        bodies=(resources.MergePatch,), answer=it.resource, errors=_PATCH_ERRORS,
        query=() if kind is Kind.COMPANY else (_CONFIRMED,),
        request=changed, response={**response, **changed, "version": 2},
    )  # fmt: skip
    waits = f" {_NAMED_BY[kind]}: 409 `IN_USE` lists them." if kind in _NAMED_BY else ""
    confirm = kind in (Kind.COMPANY, Kind.LINE, Kind.GROUP)
    waits += _CONFIRM if confirm else ""
    yield Operation(
        method="DELETE", path=f"{path}/{{id}}", name=f"delete{name}", tags=(it.tag,), summary=f"Delete a {it.one}",
        description=f"{right}{waits}", errors=EDIT_ERRORS, query=(_CONFIRMED,) if confirm else (),
    )  # fmt: skip


def _act(word: str, name: str, summary: str, description: str, **more: Any) -> Operation:
    user = KINDS[Kind.USER]
    given: dict[str, Any] = {"bodies": (shapes.NothingBody,), "request": {}, **more}
    return Operation(
        method="POST", path=f"/users/{{id}}/{word}", name=name, tags=("People",), summary=summary,
        description=f"Needs `people.manage`. {description}", answer=user.resource, errors=ACT_ERRORS, idempotent=True,
        response={**user.request, **user.only}, **given,
    )  # fmt: skip


_ME = {**KINDS[Kind.USER].request, **KINDS[Kind.USER].only, "state": "active"}

OPERATIONS = (
    Operation(
        method="GET", path="/users/me", name="getMe", tags=("People",), summary="Read oneself",
        description="For people; an API key is no person.", answer=resources.UserResource, errors=RESOURCE_ERRORS,
        response=_ME,
    ),
    Operation(
        method="PATCH", path="/users/me", name="changeMe", tags=("People",), summary="Change oneself",
        description="Name, zone, backup phone, and the address: a link is mailed to a new one, and the old one stays "
        "until the person, signed in to the console, presses the button of that page. At most five such mails a day. "
        "Everything else is changed by those with `people.manage`.",
        bodies=(resources.MergePatch,), answer=resources.UserResource, errors=_PATCH_ERRORS,
        request={"name": "Ana B."}, response={**_ME, "name": "Ana B.", "version": 2},
    ),
    *(operation for kind, described in KINDS.items() for operation in _of_kind(kind, described)),
    _act("disable", "disableUser", "Disable a person",
         "Sessions end and tokens are refused at once. The last account owner cannot be disabled: 409 `LAST_OWNER`."),
    _act("enable", "enableUser", "Enable a person", "A person who never signed in is `invited` again."),
    _act("sessions/end", "endSessions", "Sign a person out everywhere",
         "All sessions end, and access tokens issued before are refused."),
    _act("mfa/reset", "resetMfa", "Turn a person's authenticator app off",
         "For owners and administrators; only an owner does it to an owner. The person is told by mail. 409 "
         "`SHARED_SIGN_IN` for a person who signs in to other accounts too."),
    _act("invite", "inviteUser", "Invite a person",
         "Mails a first password that is valid for 7 days, and voids the one before; at most five times a day. "
         "A person who signs in elsewhere is asked to accept instead. 409 `WRONG_STATE` for a person who is active or "
         "disabled, or whose mailbox answered \"this is not me\"."),
    _act("hand_over", "transferThings", "Transfer what a person has",
         "Lines, places in groups, alert rules and appointments to come go to another person, before the person is "
         "deleted. Needs "
         "`directory.manage` too and, if there are rules, the right to edit them. 409 `CONFIRM_REQUIRED` lists "
         "triggers that stop because they name what the other person may not use; the same call with its `confirm` "
         "does it.",
         query=(_CONFIRMED,), bodies=(shapes.TransferBody,), request={"to": _USER}),
    Operation(
        method="GET", path="/roles/permissions", name="listPermissions", tags=("People",),
        summary="List what a custom role can have", description="Needs `people.read`.",
        answer=resources.PermissionList, errors=RESOURCE_ERRORS,
        response={"items": ["alerts.read", "alerts.send"]},
    ),
    Operation(
        method="PUT", path="/directory/{kind}/external/{external_id}", name="putExternal", tags=("Directory",),
        summary="Push a thing of another system",
        description="Creates or replaces what your system knows by this id. What was made by hand is found by its "
        "email, extension, number or name, and taken over. Owners are never made or changed by a push, and people with "
        "a role above `user` are never taken over: 403. Two external ids for one thing: 409 `ALREADY_EXISTS`."
        f"{_STOPS}",
        query=(_CONFIRMED,),
        bodies=(
            shapes.NewUserBody,
            *(shapes.BODIES[kind] for kind in Kind if kind not in (Kind.ROLE, Kind.USER)),
        ),
        answer=resources.LineResource,
        others=tuple(KINDS[kind].resource for kind in Kind if kind not in (Kind.ROLE, Kind.LINE)),
        errors=_PATCH_ERRORS, request=KINDS[Kind.LINE].request,
        response={**KINDS[Kind.LINE].request, **KINDS[Kind.LINE].only, "external_id": "pbx-7"},
    ),
    Operation(
        method="POST", path="/directory/imports", name="importDirectory", tags=("Directory",),
        summary="Plan or apply an import",
        description="A line is matched by external id, else by email, extension, number or name; a column that the "
        "file does not have keeps what is there. Other things are named by id, external id or name. Columns: "
        + "; ".join(f"{kind.value}: {', '.join(columns)}" for kind, columns in COLUMNS.items())
        + ". Others are ignored. A line of `joined` is a person, the line of that person and the number that leads "
        "there, as far as the cells are filled in; companies that it names are added.\n\n"
        "Lines of one file may exchange names, extensions and numbers: what counts is the state after the import. Up "
        "to 18 things may pass theirs on in a ring. An address that another person has at the time of the import is "
        "refused for people who sign in.\n\n"
        "`apply` with faults is 422 `IMPORT_REFUSED` and changes nothing; 409 `SUPERSEDED` if "
        "file or directory are not those of `plan_id`; 409 `CONFIRM_REQUIRED` lists who would be disabled, and the "
        "triggers of alert rules that would stop because the owners could use no more what they name. Owners are "
        "never made, changed or disabled by an import, nor is who imports. A call writes for 18 s. What remains then "
        "is written by the same call, sent again with the `id` of the answer as `plan_id`: 202 until all is done.\n\n"
        "Needs `people.manage` for users, `directory.manage` for everything else, both for `joined`. The file may also "
        "be the body, as `text/csv`, with the other fields in the query. It is read as UTF-8, or as UTF-16 if a byte "
        "order mark says so, else as Windows-1252. Commas, semicolons or tabs separate cells.",
        bodies=(shapes.ImportBody,), answer=resources.ImportResource, partial=True,
        errors=tuple(status for status in ACT_ERRORS if status != 412),
        request={
            "kind": "lines", "mode": "plan", "csv": "Ext,Name\n2101,Front desk\n",
            "mapping": {"Ext": "extension", "Name": "label"},
        },
        response={
            "id": "8a1f6f0c9b7d4e35a2c81d0e6f7b9c44", "kind": "lines", "mode": "plan", "state": "planned",
            "counts": {
                "adds": 0, "changes": 1, "missing": 0, "disables": 0, "stops": 0, "invites": 0, "unchanged": 0,
                "faults": 0,
            },
            "remaining": 0, "confirm": None,
            "adds": [], "missing": [], "disables": [], "stops": [], "invites": [], "faults": [], "encoding": "utf-8",
            "changes": [{"id": _LINE, "field": "label", "before": "Ana, desk", "after": "Front desk"}],
        },
    ),
)  # fmt: skip
