"""The API key: a client's credential, with its rights and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.domain.visibility import EVERYTHING, ActingPerson, Made
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId, TenantId

PERSONAL_CAP = 500
"""Most receivers of one call with personal messages, for a key for which the operator has set no other number."""

HIGHEST_PERSONAL_CAP = 10_000
"""Most that an operator can set: as many as any call may have."""

MAIL_BYTES = 1_048_576
"""Most bytes of subject and body of one mail with its lookup values, for a key without a number of its own."""

HIGHEST_MAIL_BYTES = 25 * 1_048_576
"""Most that an operator can set. Providers take 40 MB, and the transfer encoding adds a third."""


class KeyKind(StrEnum):
    """Whether a key's messages reach people."""

    LIVE = "live"  # reach people
    SANDBOX = "sandbox"  # use the whole pipeline with a fake provider


class Right(StrEnum):
    """Rights beyond sending and storing; the values are the names in the API."""

    SET_LIFETIME = "canSetLifetime"  # override the lifetime of alerts and stores
    READ_ALERTS = "canReadAlerts"  # GET /alerts and below, recipients' addresses included
    READ_STORES = "canReadStores"  # GET /stores and below, and values from stores in plans
    USE_BUS = "canUseBus"  # have results put on the event bus of the stack
    SEND_EVENTS = "canSendEvents"  # POST /events: telephony events, which set alert rules off


READS = frozenset({Right.READ_ALERTS, Right.READ_STORES})
"""Rights that show what everybody in the tenant sends: only who may read all alerts gives them."""


@dataclass(frozen=True, slots=True)
class FormerToken:
    """The digest of a token that was replaced, and until when it is accepted beside the present one."""

    digest: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One API key of a tenant. Only the hash of its secret is stored.

    Attributes:
        name: display name.
        networks: CIDR networks that it may be used from; empty = any.
        limited: channels whose capacity is limited; the remaining units are stored apart.
        notification: default of how results are reported.
        callback_url, callback_encoding: defaults for `notification: callback` ("json" or "form").
        transliterate: text messages are converted to the GSM 7-bit alphabet.
        click_counts: default of whether a visit to a short link counts as an answer.
        enabled: False = the key is rejected.
        personal_cap: most receivers of one call if an element has unique lookups or a short link.
        mail_bytes: most bytes of subject and body of one mail with its lookup values.
        owner_email: address for mails about failed callbacks, paused email and the daily spend limit; None = no mails.
        role: what it may do with people and settings, as a person of this role; None = the apiKey verbs and reads only.
        former: the token before the present one; None = only the present one is accepted.
        company: the sub-unit that it belongs to, and what it makes too; None = the whole account.
        person: of the account key, who uses it now; None for every other key.
    """

    tenant: TenantId
    id: ApiKeyId
    kind: KeyKind
    name: str
    secret_hash: str
    rights: frozenset[Right] = frozenset()
    networks: tuple[str, ...] = ()
    limited: frozenset[Channel] = frozenset()
    notification: NotificationMode = NotificationMode.POLL
    callback_url: str | None = None
    callback_encoding: str = "json"
    transliterate: bool = False
    enabled: bool = True
    defaults: Mapping[str, str] = field(default_factory=dict)
    owner_email: str | None = None
    click_counts: bool = False
    personal_cap: int = PERSONAL_CAP
    mail_bytes: int = MAIL_BYTES
    role: RoleId | None = None
    company: CompanyId | None = None
    former: FormerToken | None = None
    person: ActingPerson | None = None

    def digests(self, now: datetime) -> tuple[str, ...]:
        """Return the digests of the tokens that are accepted at `now`."""
        if self.former is None or self.former.until <= now:
            return (self.secret_hash,)
        return (self.secret_hash, self.former.digest)

    @property
    def sandbox(self) -> bool:
        """Whether messages of this key are not sent to a real provider."""
        return self.kind is KeyKind.SANDBOX

    @property
    def made(self) -> Made:
        """How a thing is marked that the key makes now."""
        return Made(self.person.id if self.person else None, self.company)

    def sees(self, made: Made) -> bool:
        """Whether the key, as its person uses it, may see and use a thing of the key."""
        return self.person is None or self.person.range.shows(made)

    def on_behalf(self, made: Made, name: str | None = None) -> ApiKey:
        """Return the key for what runs later: what it makes is marked like the schedule, trigger or alert behind it.

        Args:
            name: display name of the person, if it is known.
        """
        person = None if made.by is None else ActingPerson(made.by, name, EVERYTHING)
        return replace(self, company=made.company, person=person)
