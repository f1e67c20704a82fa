from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import TENANT
from tests.fakes.time import NOON
from tocsin.contacts.domain.channel import Channel
from tocsin.suppressions.domain.suppression import REMEMBERED, Suppression, SuppressionReason, compared

STOP, COMPLAINT, BOUNCE = SuppressionReason.STOP, SuppressionReason.COMPLAINT, SuppressionReason.HARD_BOUNCE
UNKNOWN = Suppression(TENANT, Channel.SMS, b"f" * 32)
MINUTE = timedelta(minutes=1)


def told(*events: tuple[str, SuppressionReason, int]) -> Suppression:
    """Tell of reasons given (+) and lifted (-), each with its minute, in this order."""
    known = UNKNOWN
    for sign, reason, minute in events:
        at = NOON + minute * MINUTE
        known = (known.with_reason(reason, at) if sign == "+" else known.without([reason], at)) or known
    return known


def test_a_reason_stands_until_it_is_lifted() -> None:
    assert UNKNOWN.reason is None
    assert told(("+", STOP, 1)).reason is STOP
    assert told(("+", STOP, 1), ("-", STOP, 2)).reason is None
    assert told(("+", STOP, 1), ("-", STOP, 2), ("+", STOP, 3)).reason is STOP


def test_a_start_lifts_only_a_stop() -> None:
    assert told(("+", BOUNCE, 1), ("+", STOP, 2), ("-", STOP, 3)).reason is BOUNCE


def test_a_stop_that_comes_again_after_the_start_silences_nobody() -> None:
    assert told(("+", STOP, 1), ("-", STOP, 2), ("+", STOP, 1)).reason is None


def test_a_start_that_comes_again_after_a_later_stop_undoes_nothing() -> None:
    assert told(("+", STOP, 1), ("-", STOP, 2), ("+", STOP, 3), ("-", STOP, 2)).reason is STOP


def test_a_repeat_changes_nothing() -> None:
    assert told(("+", STOP, 1)).with_reason(STOP, NOON + MINUTE) is None
    assert told(("-", STOP, 1)).without([STOP], NOON + MINUTE) is None


_EVENTS = st.lists(st.tuples(st.sampled_from("+-"), st.sampled_from(SuppressionReason), st.integers(0, 5)), max_size=8)


@given(_EVENTS, st.randoms())
def test_the_order_in_which_events_come_does_not_matter(
    events: list[tuple[str, SuppressionReason, int]], rng: object
) -> None:
    shuffled = [*events, *events]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]

    assert told(*shuffled).standing == told(*events).standing


def test_only_what_is_lifted_is_ever_forgotten() -> None:
    assert told(("+", STOP, 1)).forgotten_at is None
    assert told(("+", STOP, 1), ("-", STOP, 2)).forgotten_at == NOON + 2 * MINUTE + REMEMBERED


def test_a_mailbox_is_one_whatever_its_case() -> None:
    assert compared(Channel.EMAIL, "Ana@x.example") == compared(Channel.EMAIL, "ana@x.example")
    assert compared(Channel.SMS, "+447700900001") == b"+447700900001"
