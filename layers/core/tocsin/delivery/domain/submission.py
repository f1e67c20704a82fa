"""The outcome of one submission to a provider: accepted, rejected, or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider accepted the message and gave it the id `provider_id`."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider did not accept the message, for certain.

    Attributes:
        reason: stable snake_case word, e.g. `invalid_number`, `throttled`.
        permanent: whether a retry is useless.
        retry_after: the delay that the provider asked for; zero if it named none.
    """

    reason: str
    permanent: bool
    retry_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The request was sent and no usable response came. The provider may have accepted the message."""

    reason: str


Submission = Accepted | Rejected | OutcomeUnknown
