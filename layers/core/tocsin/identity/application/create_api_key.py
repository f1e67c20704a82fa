"""Create an API key."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding, url_faults
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.api_key import (
    HIGHEST_MAIL_BYTES,
    HIGHEST_PERSONAL_CAP,
    MAIL_BYTES,
    PERSONAL_CAP,
    ApiKey,
    KeyKind,
    Right,
)
from tocsin.identity.domain.api_key_token import ENTROPY_BYTES, ApiKeyToken, new_key_id, new_secret
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId, TenantId
from tocsin.kernel.ports import Randomness, Sealer

MAX_NAME = 128


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A new key and its token, which cannot be read again."""

    key: ApiKey
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CreateApiKey:
    """Create a key; only the digest of its token is stored."""

    keys: ApiKeyRepository
    sealer: Sealer
    randomness: Randomness
    egress: EgressPolicy = CLOSED

    def __call__(
        self,
        tenant: TenantId,
        kind: KeyKind,
        name: str,
        *,
        rights: frozenset[Right] = frozenset(),
        networks: tuple[str, ...] = (),
        capacities: Mapping[Channel, int] | None = None,
        notification: NotificationMode = NotificationMode.POLL,
        transliterate: bool = False,
        callback: Callback | None = None,
        owner_email: str | None = None,
        personal_cap: int = PERSONAL_CAP,
        mail_bytes: int = MAIL_BYTES,
        role: RoleId | None = None,
        company: CompanyId | None = None,
        key_id: ApiKeyId | None = None,
        entropy: bytes | None = None,
        before: Callable[[ApiKey], None] = lambda key: None,
    ) -> NewApiKey:
        """Return the key with its token.

        Args:
            networks: CIDR networks or single addresses that it may be used from; empty = any.
            capacities: units that it may spend per channel; a channel without an entry is unlimited.
            transliterate: convert its text messages to the GSM 7-bit alphabet, which is cheaper and loses characters.
            callback: default URL and encoding of callbacks, if a call names none.
            owner_email: address for mails about failed callbacks and exceeded sending limits; None = no mails.
            personal_cap: most receivers of one call with unique lookups or a short link, 1..HIGHEST_PERSONAL_CAP.
            mail_bytes: most bytes of subject and body of one mail, 1..HIGHEST_MAIL_BYTES.
            role, company: that exist; the caller of this use case has checked that they may be given.
            key_id: the same for every repeat of a call; None = a new one.
            entropy: ENTROPY_BYTES of which the secret is made, the same for every repeat; None = random ones.
            before: told of the key, when everything is right and before it is stored.

        Raises:
            StaleWrite: there is a key of this id.
            InvalidRequest: an empty or overlong name, a malformed network, a negative capacity, a callback URL that
                is not allowed, an owner address that is no email address, or a cap out of its range.
        """
        capacities = capacities or {}
        owner, owner_faults = owner_of(owner_email)
        key_id = key_id or new_key_id(self.randomness.token(8))
        token = ApiKeyToken(kind, tenant, key_id, new_secret(entropy or self.randomness.token(ENTROPY_BYTES)))
        key = ApiKey(
            tenant=tenant,
            id=token.key_id,
            kind=kind,
            name=name.strip(),
            secret_hash=token.digest(pepper_of(self.sealer, tenant)),
            rights=rights,
            networks=networks,
            limited=frozenset(capacities),
            notification=notification,
            transliterate=transliterate,
            callback_url=callback.url if callback else None,
            callback_encoding=(callback.encoding if callback else CallbackEncoding.JSON).value,
            owner_email=owner,
            personal_cap=personal_cap,
            mail_bytes=mail_bytes,
            role=role,
            company=company,
        )
        if faults := settings_faults(key, self.egress) + _capacity_faults(capacities) + owner_faults:
            raise InvalidRequest(faults)
        key = replace(key, networks=normal_networks(networks))
        before(key)
        self.keys.add(key, capacities)
        return NewApiKey(key, str(token))


def owner_of(given: str | None) -> tuple[str | None, list[Fault]]:
    """Return the address of a key's owner in its canonical form, and the faults of the given one."""
    if given is None:
        return None, []
    try:
        return parse_email(given), []
    except InvalidEmail as error:
        return None, [Fault("/ownerEmail", error.code.value, str(error))]


def settings_faults(key: ApiKey, egress: EgressPolicy) -> list[Fault]:
    """Return what is wrong with a key's name, networks, callback URL, rights and caps."""
    faults = []
    if not key.name.strip() or len(key.name) > MAX_NAME:
        faults.append(Fault("/name", "WRONG_FORM", f"a key needs a name of 1 to {MAX_NAME} characters"))
    for index, network in enumerate(key.networks):
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            message = "must be an address or a network like 203.0.113.0/24"
            faults.append(Fault(f"/networks/{index}", "WRONG_FORM", message))
    if key.callback_url is not None:
        faults += url_faults(key.callback_url, "/callbackURL", egress)
    if key.notification is NotificationMode.BUS and Right.USE_BUS not in key.rights:
        message = f"needs the right `{Right.USE_BUS.value}` as long as results go to the bus by default"
        faults.append(Fault("/rights", "REQUIRED", message))
    if not 1 <= key.personal_cap <= HIGHEST_PERSONAL_CAP:
        faults.append(Fault("/personal-cap", "OUT_OF_RANGE", f"must be from 1 to {HIGHEST_PERSONAL_CAP}"))
    if not 1 <= key.mail_bytes <= HIGHEST_MAIL_BYTES:
        faults.append(Fault("/mail-bytes", "OUT_OF_RANGE", f"must be from 1 to {HIGHEST_MAIL_BYTES}"))
    return faults


def normal_networks(networks: tuple[str, ...]) -> tuple[str, ...]:
    """Return valid networks and addresses in their canonical CIDR form."""
    return tuple(str(ipaddress.ip_network(network, strict=False)) for network in networks)


def _capacity_faults(capacities: Mapping[Channel, int]) -> list[Fault]:
    faults = []
    for channel, units in capacities.items():
        if units < 0:
            faults.append(Fault(f"/capacities/{channel.value}", "OUT_OF_RANGE", "must be 0 or more"))
    return faults
