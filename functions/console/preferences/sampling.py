"""Samples of notices by a button, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.identity.domain.principal import Principal

Sampled = tuple[str, str]
"""Glyph and sentence of one channel."""

CHANNELS = {
    "email": "A mail to {}",
    "text": "A text to {}",
    "browser": "A push to your browsers",
    "inbox": "A row of your inbox",
}
OUTCOMES = {
    "sent": ("ok", "is on its way"),
    "off": ("idle", "is off"),
    "no_number": ("warn", "has no number to go to"),
    "own_number": ("bad", "does not go to a number of the account"),
    "opted_out": ("bad", "does not go out: the number said STOP, or is blocked"),
    "disabled": ("bad", "does not go out: the owner of the mailbox said “this is not me”"),
    "no_device": ("warn", "has no browser to go to: add one first"),
}
"""Glyph and end of the sentence, by outcome."""


class SampleOfChannel(Protocol):
    """What became of a sample by one channel."""

    @property
    def channel(self) -> str: ...  # noqa: D102

    @property
    def to(self) -> str | None: ...  # noqa: D102

    @property
    def state(self) -> str: ...  # noqa: D102


class Samples(Protocol):
    """Sends samples to the person who asks."""

    def __call__(self, caller: Principal, seed: bytes | None = None) -> Sequence[SampleOfChannel]:
        """Send them. Raises TooManyRequests, Restoring."""
        ...


def sampled(send: Samples, caller: Principal, seed: bytes) -> list[Sampled]:
    """Send samples, and return what became of each channel.

    Args:
        seed: the same for every repeat of the form.
    """
    return [_sentence(each) for each in send(caller, seed)]


def _sentence(sample: SampleOfChannel) -> Sampled:
    glyph, end = OUTCOMES.get(sample.state, ("warn", f"is skipped: {sample.state.replace('_', ' ')}"))
    what = CHANNELS.get(sample.channel, sample.channel.capitalize())
    return glyph, f"{what.format(sample.to) if sample.to else what.removesuffix(' to {}')} {end}"
