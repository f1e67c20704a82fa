"""Who may do what with appointments: pure decisions over a caller, an appointment and its person.

one's own            everybody
of others            account owners and admins; managers, of the people of their companies
what one has made    its maker reads and changes it, also when it is another person's
"""

from __future__ import annotations

from tocsin.directory.domain.authority import is_administrator
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Forbidden
from tocsin.reminders.domain.appointment import Appointment

_WHO_MAY = "account owners, admins and the managers of this person's companies may do this"


def check_may_read(caller: Principal) -> None:
    """Raise Forbidden unless the caller may have to do with appointments."""
    caller.need(Permission.SELF)
    if caller.user is None and not may_act_for_others(caller):
        raise Forbidden("API keys with the role of an admin or a manager have to do with appointments")


def check_may_change(caller: Principal) -> None:
    """Raise Forbidden unless the caller may make and change appointments."""
    check_may_read(caller)
    if caller.read_only:
        raise Forbidden("this token reads only")


def may_act_for(caller: Principal, person: User | None) -> bool:
    """Whether the caller may see and make appointments of a person.

    Args:
        person: None = the directory does not know the person.
    """
    if is_administrator(caller):
        return True
    if person is None:
        return False
    if caller.user is not None and caller.user.id == person.id:
        return True
    return may_act_for_others(caller) and bool(caller.companies & person.companies)


def may_act_for_others(caller: Principal) -> bool:
    """Whether the caller may make appointments of other people at all."""
    return is_administrator(caller) or (caller.role is not None and caller.role.id == SystemRole.MANAGER.value)


def check_may_act_for(caller: Principal, person: User | None) -> None:
    """Raise Forbidden unless the caller may see and make appointments of a person."""
    if not may_act_for(caller, person):
        raise Forbidden(_WHO_MAY)


def check_may_touch(caller: Principal, appointment: Appointment, person: User | None) -> None:
    """Raise Forbidden unless the caller may read and change an appointment.

    Args:
        person: the assignee; None = the directory does not know the person.
    """
    if caller.user is not None and caller.user.id == appointment.by:
        return
    check_may_act_for(caller, person)
