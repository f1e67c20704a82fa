"""The holder of a number ends the texts of notices to it, by the link of the first text. Alarms are not ended by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tocsin.audit.application.new_entry import new_entry
from tocsin.audit.domain.actor import Actor, ActorKind, Via
from tocsin.audit.domain.entry import Thing
from tocsin.identity.domain.user import User
from tocsin.identity.ports.people import People
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Randomness, Sealer
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.preferences.domain.text_number import texts_go_to
from tocsin.preferences.ports import PreferencesStore
from tocsin.sign_in.application.person_links import PersonLinks, person_of

_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class StopTextsLink:
    """What the page of the link says.

    Attributes:
        account: name of the account whose texts they are.
        stopped: they are off.
    """

    account: str
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTexts:
    """Switches texts off for the person whose notices go to the number.

    Attributes:
        account: returns the name of an account; "" = there is none.
    """

    people: People
    preferences: PreferencesStore
    account: Callable[[TenantId], str]
    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def read(self, token: str) -> StopTextsLink | None:
        """Return what the link is about; None: it is void, because texts go to another number, or to no one."""
        found = self._found(token)
        if found is None:
            return None
        user, settings = found
        return StopTextsLink(self.account(user.tenant), stopped=not settings.text_on)

    def stop(self, token: str, request_id: str = "") -> bool:
        """Switch texts off. False: the link is void. A repeat changes nothing.

        Raises:
            StaleWrite: other calls kept changing the settings; repeat it.
        """
        for _ in range(_ROUNDS):
            found = self._found(token)
            if found is None:
                return False
            user, settings = found
            if not settings.text_on:
                return True
            entry = new_entry(
                user.tenant,
                Actor(ActorKind.USER, user.id, user.name),
                Via.CONSOLE,
                "user.texts_stopped",
                Thing("user", user.id, user.name),
                {"channels.text.enabled": True},
                {"channels.text.enabled": False},
                at=self.clock(),
                randomness=self.randomness,
                request_id=request_id,
            )
            if self.preferences.save(replace(settings, text_on=False, version=settings.version + 1), entry):
                return True
        raise StaleWrite("other calls kept changing the settings")

    def _found(self, token: str) -> tuple[User, NotificationSettings] | None:
        named = person_of(token)
        user = None if named is None else self.people.user(*named)
        if user is None:
            return None
        settings = self.preferences.get(user.tenant, user.id)
        number = texts_go_to(settings, user)
        if number is None or not PersonLinks(self.sealer).is_stop_texts(user, number, token):
            return None
        return user, settings
