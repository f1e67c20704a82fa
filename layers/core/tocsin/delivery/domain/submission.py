"""What a provider says when it is handed a message: taken, refused, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it; `provider_id` is its own name for it."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider does not have it, for certain.

    Attributes:
        reason: stable snake_case word, e.g. `invalid_number`, `throttled`.
        permanent: trying again cannot help.
        retry_after: the provider's own wish, zero if it named none.
    """

    reason: str
    permanent: bool
    retry_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The message went out and no answer came back. The provider may have it."""

    reason: str


Submission = Accepted | Rejected | OutcomeUnknown
