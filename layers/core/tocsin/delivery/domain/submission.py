"""The outcome of one submission to a provider: accepted, dialled, rejected, or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.script import Prompt


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider accepted the message and gave it the id `provider_id`."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Dialled:
    """The provider calls the receiver, who has `answer_within` to answer. `provider_id` is its id of the call."""

    provider_id: str
    answer_within: timedelta


@dataclass(frozen=True, slots=True)
class CallOver:
    """The call was decided at once, as the sandbox does it. Further attempts need not wait.

    Attributes:
        main: the prompt MAIN of this call.
    """

    provider_id: str
    facts: CallFacts
    content: CallContent
    main: Prompt


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider did not accept the message, for certain.

    Attributes:
        reason: stable snake_case word, e.g. `invalid_number`, `throttled`.
        permanent: whether a retry is useless.
        retry_after: the delay that the provider asked for; zero if it named none.
        by_us: a store of ours did not answer, so the provider was not asked. That uses up no try, unless it goes on.
    """

    reason: str
    permanent: bool
    retry_after: timedelta = timedelta(0)
    by_us: bool = False


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The request was sent and no usable response came. The provider may have accepted the message.

    Attributes:
        idempotent: whether the provider takes the same try twice for one: it is made again at once, under its number.
        reported_within: how long a report of the message may take; None = as long as a receipt.
        resend: whether it is sent once more if no report comes; False = its outcome stays open.
    """

    reason: str
    idempotent: bool = False
    reported_within: timedelta | None = None
    resend: bool = True


@dataclass(frozen=True, slots=True)
class Waits:
    """The message must wait until `until`, and the provider does not have it. That uses up no try."""

    reason: str
    until: datetime


Submission = Accepted | Dialled | CallOver | Rejected | OutcomeUnknown | Waits
