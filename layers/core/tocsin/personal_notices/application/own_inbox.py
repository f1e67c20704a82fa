"""A person's own inbox: read, mark."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.inbox.ports import Inboxes, InboxPage
from tocsin.kernel.domain.errors import Forbidden, NotFound
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class OwnInbox:
    """The inbox of the caller, who is a person. Every method raises Forbidden for an API key.

    Marking may be repeated; a token that only reads may not mark.
    """

    inboxes: Inboxes
    clock: Clock

    def page(self, caller: Principal, limit: int, cursor: str | None = None, *, unread: bool = False) -> InboxPage:
        """Return a page, newest first. Raises InvalidRequest: the cursor is of another list."""
        user = person_of(caller)
        return self.inboxes.page(user.tenant, user.id, limit, cursor, self.clock(), unread=unread)

    def unread(self, caller: Principal) -> int:
        """Return how many notices are unread; 100 = a hundred or more."""
        user = person_of(caller)
        return self.inboxes.unread(user.tenant, user.id, self.clock())

    def mark(self, caller: Principal, id: str, *, read: bool) -> InboxNotice:
        """Mark a notice as read or unread, and return it. Raises NotFound."""
        user = check_may_change(caller)
        found = self.inboxes.mark(user.tenant, user.id, id, self.clock(), read=read)
        if found is None:
            raise NotFound("notification")
        return found

    def mark_all(self, caller: Principal) -> int:
        """Mark the newest unread notices as read, 1,000 at most, and return how many there were."""
        user = check_may_change(caller)
        return self.inboxes.mark_all(user.tenant, user.id, self.clock())


def person_of(caller: Principal) -> User:
    """Return the person who calls. Raises Forbidden for an API key."""
    caller.need(Permission.SELF)
    if caller.user is None:
        raise Forbidden("an API key has no inbox")
    return caller.user


def check_may_change(caller: Principal) -> User:
    """Return the person who changes something of their own. Raises Forbidden: an API key, or a token that reads."""
    user = person_of(caller)
    if caller.read_only:
        raise Forbidden(Permission.SELF.value)
    return user
