"""Which lines a person may follow."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.directory.domain.things import Group, Line
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User
from tocsin.preferences.domain.visibility import is_administrator

_OF_COMPANIES = frozenset({SystemRole.MANAGER.value, SystemRole.QUEUE_MANAGER.value, SystemRole.USER.value})
"""Roles whose people do not see what belongs to no company."""


def may_follow(user: User, line: Line, groups: Iterable[Group]) -> bool:
    """Whether a person may follow a line.

    one's own             yes
    shared                if it is of one of the person's companies; without a company, if the person sees such things
    a colleague's         if both are in one group, as members or managers
    any                   owners and admins

    Args:
        groups: those of the account, or at least those that the person is in.
    """
    if is_administrator(user) or line.user == user.id:
        return True
    if line.user is None:
        return line.company in user.companies if line.company is not None else _sees_what_has_no_company(user)
    return any({user.id, line.user} <= {*group.members, *group.managers} for group in groups)


def _sees_what_has_no_company(user: User) -> bool:
    return user.role not in _OF_COMPANIES and (user.role == SystemRole.REPORTING.value or not user.companies)
