"""What became of samples, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from console.preferences.sampling import sampled
from tocsin.audit.domain.actor import OPERATOR
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.ids import TenantId


class Sample(NamedTuple):
    channel: str
    to: str | None
    state: str


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (Sample("email", "ben@example.org", "sent"), ("ok", "A mail to ben@example.org is on its way")),
        (Sample("text", "+447700900417", "opted_out"),
         ("bad", "A text to +447700900417 does not go out: the number said STOP, or is blocked")),
        (Sample("text", None, "no_number"), ("warn", "A text has no number to go to")),
        (Sample("text", None, "off"), ("idle", "A text is off")),
        (Sample("browser", None, "no_device"), ("warn", "A push to your browsers has no browser to go to: add one first")),
        (Sample("inbox", None, "sent"), ("ok", "A row of your inbox is on its way")),
        (Sample("pigeon", None, "too_late"), ("warn", "Pigeon is skipped: too late")),
    ],
)  # fmt: skip
def test_up_30_each_sample_is_a_sentence(sample: Sample, expected: tuple[str, str]) -> None:
    def send(caller: Principal, seed: bytes | None = None) -> Sequence[Sample]:
        assert seed == b"once"
        return [sample]

    assert sampled(send, Principal(TenantId("acme"), OPERATOR, None), b"once") == [expected]
