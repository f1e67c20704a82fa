"""What one receiver hears in one attempt, and where the recordings of a call lie."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.rendering import CallRendering, Link
from tocsin.kernel.domain.keep_classes import keep_for
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import AudioFile, PromptName, Prompts


def prompts_for(
    alert: Alert, item: AlertItem, recipient: Recipient, attempt_began: datetime, link: Link | None = None
) -> Prompts:
    """Return what a receiver hears: texts and SSML with lookups filled in, recordings as the files of `recordings`.

    Args:
        item: a call, or a message for those who call in.
        attempt_began: for `{datetime}`; the same for every prompt of an attempt.
        link: returns the receiver's short URL; None = the item has no `{shortlink}`.

    Raises:
        ValueError: the item belongs to another channel.
        StorageUnavailable: the short link could not be made.
    """
    rendered = CallRendering.of(call_content(item), item.lookups, alert.ref, item.channel)
    return {
        name: AudioFile(_key(alert, item, name), said.milliseconds) if isinstance(said, Recording) else said
        for name, said in rendered.to(recipient, attempt_began, link).prompts.items()
    }


def recordings(alert: Alert, item: AlertItem) -> Mapping[str, bytes]:
    """Return the recordings of an item, WAV, by the key of their file. Raises ValueError as `prompts_for` does."""
    prompts = call_content(item).prompts
    return {_key(alert, item, name): said.wav for name, said in prompts.items() if isinstance(said, Recording)}


def call_content(item: AlertItem) -> CallContent:
    """Return what a call says and asks.

    Raises:
        ValueError: the item belongs to another channel.
    """
    if not isinstance(item.content, CallContent):
        raise ValueError("not a call")
    return item.content


def _key(alert: Alert, item: AlertItem, name: PromptName) -> str:
    """Return the key of a prompt's file. It does not tell whose recording it is, only how long it is kept."""
    place = f"{alert.tenant}.{alert.ref}.{item.index}.{name}"
    keep = keep_for(None if alert.expires_at is None else alert.expires_at - alert.accepted_at)
    return f"prompts/{keep}/{hashlib.sha256(place.encode()).hexdigest()[:32]}.wav"
