"""Mail a person what was done to their sign-in, or what an account asked for without being able to do it."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.domain.user import User
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.console_link import console_link
from tocsin.kernel.ports import Clock
from tocsin.sign_in.domain.personal_mail import PersonalMail, address_moved_text, app_reset_text, asked_only_text
from tocsin.sign_in.ports.system_mail import SystemMail


@dataclass(frozen=True, slots=True)
class TellPerson:
    """Each mail goes out once for each version of the person, however often a call is repeated.

    Raises:
        StorageUnavailable: repeat the call.
    """

    tenants: TenantRepository
    mail: SystemMail
    clock: Clock

    def app_reset(self, user: User, console: str) -> None:
        """Tell that the authenticator app is off. `console` is as `console_link` takes it."""
        subject = "Your authenticator app was turned off"
        text = app_reset_text(self._company(user), console_link(console, "signin"))
        self._send(user, "app reset", user.email, subject, text)

    def address_moved(self, before: User, new: str) -> None:
        """Tell both addresses that the sign-in has moved from one to the other."""
        text = address_moved_text(self._company(before), before.email, new)
        for place, to in (("old", before.email), ("new", new)):
            self._send(before, f"address {place}", to, "The address of your sign-in has changed", text)

    def asked_only(self, user: User, what: str) -> None:
        """Tell what an account asked for, which the person is no member of.

        Args:
            what: for example `turn your authenticator app off`.
        """
        company = self._company(user)
        self._send(user, f"asked {what}", user.email, f"{company} asked for a change", asked_only_text(company, what))

    def _send(self, user: User, about: str, to: str, subject: str, text: str) -> None:
        change = f"{about} {user.id} {user.version}"
        self.mail.send(
            PersonalMail(tenant=user.tenant, change=change, dated=self.clock(), subject=subject, to=to, text=text)
        )

    def _company(self, user: User) -> str:
        tenant = self.tenants.get(user.tenant)
        return user.tenant if tenant is None else tenant.name
