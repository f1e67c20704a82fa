"""The pushes of messages: one for each subscribed browser, encrypted when it is asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.alerts.domain.participants import Participant
from tocsin.browser_push.domain.encryption import LARGEST, SALT_BYTES, encrypted, private_key
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.browser_push.domain.vapid import base64url, origin_of
from tocsin.browser_push.ports import PushSubscriptions
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock, Randomness
from tocsin.personal_notices.domain.push_message import INBOX, PushMessage
from tocsin.webhooks.domain.callback import PushOrigin
from tocsin.webhooks.domain.push_delivery import push_delivery
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed

UNDISCLOSED = ("Tocsin", "There is something new in your inbox.")
"""Title and text for browsers that did not ask for details: a locked screen shows them to all who are near."""


_HEADERS = (
    ("content-type", "application/octet-stream"),
    ("content-encoding", "aes128gcm"),
    ("urgency", "high"),
)
_TOPIC = 24
"""Bytes of the hash that is the topic: 32 characters, the most of RFC 8030. A later push of a key replaces one that
was not fetched yet."""


@dataclass(frozen=True, slots=True)
class PushesOwed:
    """The `OwedPushes` of browsers."""

    subscriptions: PushSubscriptions
    clock: Clock
    randomness: Randomness

    def __call__(self, messages: Sequence[PushMessage]) -> Mapping[UserId, Sequence[Participant]]:
        """Return what is written so that each browser of these people gets its push; none for a person without one.

        The messages are of one account, one for each person.
        """
        if not messages:
            return {}
        tenant: TenantId = messages[0].tenant
        found = self.subscriptions.of(tenant, [message.user for message in messages])
        return {
            message.user: _Pushes(self, message, browsers)
            for message in messages
            if (browsers := found.get(message.user))
        }

    def push(self, message: PushMessage, browser: PushSubscription) -> DeliveryOwed:
        """Return the delivery of a message to a browser."""
        body = encrypted(
            shown_by(browser, message),
            browser.public_key,
            browser.auth,
            salt=self.randomness.token(SALT_BYTES),
            ours=private_key(self.randomness.token(32)),
        )
        topic = base64url(hashlib.sha256(message.key.encode("utf-8", "surrogatepass")).digest()[:_TOPIC])
        delivery = push_delivery(
            message.tenant,
            PushOrigin(browser.user, browser.id),
            message.key,
            service=origin_of(browser.endpoint),
            endpoint=browser.endpoint,
            body=body,
            headers=(*_HEADERS, ("topic", topic)),
            now=self.clock(),
        )
        return DeliveryOwed(delivery, urgent=True)


@dataclass(frozen=True, slots=True)
class _Pushes(Sequence[Participant]):
    """The pushes of one message. Who only wants to know whether there are any encrypts nothing."""

    owed: PushesOwed
    message: PushMessage
    browsers: Sequence[PushSubscription]

    def __len__(self) -> int:
        return len(self.browsers)

    def __getitem__(self, index: Any) -> Any:
        chosen = self.browsers[index]
        if isinstance(chosen, PushSubscription):
            return self.owed.push(self.message, chosen)
        return [self.owed.push(self.message, browser) for browser in chosen]


def shown_by(browser: PushSubscription, message: PushMessage) -> bytes:
    """Return what a browser gets, as its service worker reads it; the text is cut to fit."""
    title, text = (message.title, message.text) if browser.details else UNDISCLOSED
    url = message.url if browser.details else INBOX
    tag = hashlib.sha256(f"{message.user}|{message.key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    kept = {"title": title[:200], "url": url if len(url) <= 500 else INBOX, "tag": tag}

    def written(text: str) -> bytes:
        return json.dumps({**kept, "text": text}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    text = text[:1_000]
    while len(body := written(text)) > LARGEST:
        text = text[: len(text) * 3 // 4] + "…"
    return body
