"""A client changes the name and the defaults of its own API key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.egress.domain.callback_url import url_faults
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.identity.application.create_api_key import owner_of
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.ports import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.ports import Clock
from tocsin.notices.domain.owner_notification import KeyOwner, OwnerNotification


class Unchanged(Enum):
    """A setting that a call does not speak of."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class InfoChange:
    """What a call of `/setinfo` changes; a callback URL or an owner of None is removed."""

    name: str | None = None
    notification: NotificationMode | None = None
    callback_encoding: str | None = None
    callback_url: str | Unchanged | None = UNCHANGED
    transliterate: bool | None = None
    owner_email: str | Unchanged | None = UNCHANGED


@dataclass(frozen=True, slots=True)
class SetInfo:
    """Answer `/setinfo`: a client changes the name and the defaults of its own key.

    What it is allowed to do is not its own to change: rights, capacities, networks, whether it is enabled, and the
    brakes of its account. An operator does that.

    Attributes:
        egress: where callbacks may go.
        clock, mail_owners: to tell the owner before that there is another; without them nobody is told.
    """

    keys: ApiKeyRepository
    egress: EgressPolicy = CLOSED
    clock: Clock | None = None
    mail_owners: MailOwners | None = None

    def __call__(self, key: ApiKey, change: InfoChange) -> ApiKey:
        """Return the key as it is now; saying it twice is harmless. Other processes notice within 30 s.

        Raises:
            InvalidRequest: the URL leads nowhere it may, callbacks are to be the default and there is no URL, or the
                owner has no email address.
            NotFound: the key was disabled a moment ago.
        """
        owner, faults = (key.owner_email, []) if change.owner_email is UNCHANGED else owner_of(change.owner_email)
        changed = replace(
            key,
            name=key.name if change.name is None else change.name.strip(),
            notification=change.notification or key.notification,
            callback_encoding=change.callback_encoding or key.callback_encoding,
            callback_url=key.callback_url if change.callback_url is UNCHANGED else change.callback_url,
            transliterate=key.transliterate if change.transliterate is None else change.transliterate,
            owner_email=owner,
        )
        faults += self._faults(key, changed)
        if faults:
            raise InvalidRequest(faults)
        if key.owner_email is not None and owner != key.owner_email:
            self._notify_owner_before(key)
        self.keys.save_defaults(changed)
        return changed

    def _notify_owner_before(self, key: ApiKey) -> None:
        """Whoever took a key could otherwise silence its owner. Once a day, or it would be a way to pester people."""
        if self.clock is None or self.mail_owners is None:
            return
        midnight = self.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        news = OwnerNotification(
            f"owner-{key.id}-{midnight:%Y%m%d}",
            midnight,
            "You are no longer the owner of an API key",
            "Somebody who has the key gave it another owner address, or none. If that was not meant to happen, have "
            f"your operator disable the key.\nAPI key: {key.id}",
        )
        owner = KeyOwner(key.id, sandbox=key.sandbox, enabled=key.enabled, email=key.owner_email)
        self.mail_owners.to_address(key.tenant, owner, news)

    def _faults(self, key: ApiKey, changed: ApiKey) -> list[Fault]:
        url = changed.callback_url
        if url is None:
            if changed.notification is not NotificationMode.CALLBACK:
                return []
            removed = key.callback_url is not None
            message = "must stay while `defaultNotification` is `callback`" if removed else "is required for callbacks"
            return [Fault("/defaultCallbackUrl", "REQUIRED", message)]
        if url != key.callback_url:
            return url_faults(url, "/defaultCallbackUrl", self.egress)
        return []
