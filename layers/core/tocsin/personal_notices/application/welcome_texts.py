"""What the first text to a number says beside: who set the number, and how its texts end (decided with the settings).

Whether a number got its first text is counted, once the text is accepted: a worker that dies between the two says it
once more, and never leaves it out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock, Sealer
from tocsin.limits.ports import Counters
from tocsin.personal_notices.application.people_of_notice import KnownPerson
from tocsin.sign_in.application.person_links import PersonLinks

REMEMBERED = timedelta(days=400)
"""A number that got no first text for so long is told once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeTexts:
    """Says it to those whose number was never texted for them.

    Attributes:
        account: returns the name of an account.
        console: where the console is, as `console_link` takes it; "" = it is not known, and there is no link.
    """

    counters: Counters
    directory: Directory
    sealer: Sealer
    account: Callable[[TenantId], str]
    clock: Clock
    console: str = ""

    def words(self, tenant: TenantId, texted: Sequence[KnownPerson], sender: str) -> Mapping[UserId, str]:
        """Return what the text to each of these people says beside; those who know it are missing."""
        account = self.account(tenant)
        return {
            user.id: self._words(who, user, number, account, sender)
            for who, user, number in _reached(texted)
            if not self.counters.read(tenant, self._counter(user, number))
        }

    def told(self, tenant: TenantId, texted: Sequence[KnownPerson]) -> None:
        """Note that these people were texted."""
        for _, user, number in _reached(texted):
            if not self.counters.read(tenant, self._counter(user, number)):
                self.counters.add(tenant, self._counter(user, number), 1, self.clock() + REMEMBERED)

    def _words(self, who: KnownPerson, user: User, number: str, account: str, sender: str) -> str:
        said = f"{self._who_set(who, user, number)} set this number for notices of {account}."
        link = PersonLinks(self.sealer).stop_texts(user, number, self.console)
        if not sender.startswith("+"):  # no answer reaches a name
            return f"{said} To end them: {link}" if link else said
        stop = f"STOP ends all texts of {account}, alarms too"
        return f"{said} {stop}; only these: {link}" if link else f"{said} {stop}."

    def _who_set(self, who: KnownPerson, user: User, number: str) -> str:
        """Return the name of who set the number; of a backup phone, the person whose it is."""
        setter = who.settings.number_by if number == who.settings.custom_number else None
        if setter is None or setter == user.id:
            return user.name
        found = self.directory.get(user.tenant, Kind.USER, setter)
        return found.name if isinstance(found, User) else user.name

    def _counter(self, user: User, number: str) -> str:
        hashed = self.sealer.fingerprint(user.tenant, "texted", f"{user.id}|{number}".encode())
        return f"texted#{hashlib.sha256(hashed).hexdigest()[:32]}"


def _reached(texted: Sequence[KnownPerson]) -> Sequence[tuple[KnownPerson, User, str]]:
    return [(who, who.user, who.number) for who in texted if who.user is not None and who.number is not None]
