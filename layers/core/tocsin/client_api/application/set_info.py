"""Change the name and the defaults of the calling API key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.egress.domain.callback_url import url_faults
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.identity.application.create_api_key import owner_of
from tocsin.identity.domain.api_key import ApiKey, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest
from tocsin.kernel.ports import Clock
from tocsin.notices.domain.owner_notification import KeyOwner, OwnerNotification


class Unchanged(Enum):
    """Marks a setting that a call does not change."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class InfoChange:
    """The changes of one `/setinfo` call. None removes a callback URL or an owner, and leaves other settings alone."""

    name: str | None = None
    notification: NotificationMode | None = None
    callback_encoding: str | None = None
    callback_url: str | Unchanged | None = UNCHANGED
    transliterate: bool | None = None
    owner_email: str | Unchanged | None = UNCHANGED
    click_counts: bool | None = None


@dataclass(frozen=True, slots=True)
class SetInfo:
    """Serve `/setinfo`: a client changes the name and the defaults of its own key.

    Only an operator changes rights, capacities, networks, sending limits, and whether a key is enabled.

    Attributes:
        egress: the addresses to which webhooks may connect.
        clock, mail_owners: for the mail to a replaced owner; None = no mail.
    """

    keys: ApiKeyRepository
    egress: EgressPolicy = CLOSED
    clock: Clock | None = None
    mail_owners: MailOwners | None = None

    def __call__(self, key: ApiKey, change: InfoChange) -> ApiKey:
        """Return the changed key. Safe to repeat. Other processes use the change within 30 s.

        Raises:
            InvalidRequest: the URL is not allowed; or callbacks are the default and there is no URL; or the owner is
                not an email address.
            Forbidden: the bus becomes the default, and the key lacks that right.
            NotFound: the key was disabled a moment ago.
        """
        if change.notification is NotificationMode.BUS and Right.USE_BUS not in key.rights:
            raise Forbidden(Right.USE_BUS.value)
        owner, faults = (key.owner_email, []) if change.owner_email is UNCHANGED else owner_of(change.owner_email)
        changed = replace(
            key,
            name=key.name if change.name is None else change.name.strip(),
            notification=change.notification or key.notification,
            callback_encoding=change.callback_encoding or key.callback_encoding,
            callback_url=key.callback_url if change.callback_url is UNCHANGED else change.callback_url,
            transliterate=key.transliterate if change.transliterate is None else change.transliterate,
            owner_email=owner,
            click_counts=key.click_counts if change.click_counts is None else change.click_counts,
        )
        faults += self._faults(key, changed)
        if faults:
            raise InvalidRequest(faults)
        if key.owner_email is not None and owner != key.owner_email:
            self._notify_owner_before(key)
        self.keys.save_defaults(changed)
        return changed

    def _notify_owner_before(self, key: ApiKey) -> None:
        """Mail the replaced owner, because the caller may have stolen the key. At most once a day, to prevent abuse."""
        if self.clock is None or self.mail_owners is None:
            return
        midnight = self.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        notification = OwnerNotification(
            f"owner-{key.id}-{midnight:%Y%m%d}",
            midnight,
            "You are no longer the owner of an API key",
            "A caller with the key changed or removed its owner address. If you did not expect this, ask your operator "
            f"to disable the key.\nAPI key: {key.id}",
        )
        owner = KeyOwner(key.id, sandbox=key.sandbox, enabled=key.enabled, email=key.owner_email)
        self.mail_owners.to_address(key.tenant, owner, notification)

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
