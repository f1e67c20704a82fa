"""Who is told of a call by which of its events: each person once, in any order and with repeats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest

from tests.fakes.time import NOON
from tests.unit.personal_notices.stories import ACME, ANA, BOB, EVE, call, caller, event, offered, voicemail
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.concern import concern_of
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.personal_notices.domain.told_calls import (
    MOST_CALLS,
    CallTelling,
    ToldCalls,
    caller_name,
    telling,
)
from tocsin.telephony.domain.event import TelephonyEvent

THINGS = frozenset({"l10"})
C, V = NoticeKind.CALL, NoticeKind.VOICEMAIL


class Telling:
    """Takes events as they come, and remembers who was told of what by which event."""

    def __init__(self) -> None:
        self.known = ToldCalls(ACME, "caller")
        self.told: dict[tuple[UserId, str], NoticeKind] = {}

    def take(self, it: TelephonyEvent, *on: UserId, things: frozenset[str] = THINGS) -> CallTelling:
        concern = concern_of(it)
        assert concern is not None
        done = telling(self.known, it, concern, things, on)
        self.known = done.calls
        for part in (*([done.part] if done.part else []), *done.rewritten):
            self.told |= {(user, part.event): part.kind for user in part.users}
        return done

    def kinds(self, user: UserId) -> list[NoticeKind]:
        return [kind for (who, _), kind in self.told.items() if who == user]


RING, MISSED, LEFT, RECEIVED = offered(), call(), call("e2", "voicemail"), voicemail(callId=None)


@pytest.mark.parametrize("events", [[RING, MISSED], [RING, LEFT], [RING, LEFT, RECEIVED], [LEFT, RECEIVED], [MISSED]])
def test_up_29_each_person_is_told_of_a_call_once_in_any_order_and_with_repeats(
    events: Sequence[TelephonyEvent],
) -> None:
    for order in permutations([*events, *events]):
        story = Telling()
        for it in order:
            story.take(it, ANA)
        (kind,) = story.kinds(ANA)
        first_ringing = order.index(RING) if RING in order else 99
        first_voicemail = min((n for n, it in enumerate(order) if it in (LEFT, RECEIVED)), default=99)
        assert kind is (V if first_voicemail < first_ringing else C), order


def test_who_was_told_that_it_rings_reads_the_end_in_its_place() -> None:
    story = Telling()
    rings = story.take(RING, ANA)
    ended = story.take(MISSED, ANA, BOB)
    assert (rings.part and rings.part.users, rings.rewritten) == ((ANA,), ())
    assert ended.part is not None
    assert (ended.part.users, ended.rewritten) == ((BOB,), (rings.part,))
    again = story.take(MISSED, ANA, BOB, EVE)  # a repeat: who wants to hear meanwhile is not told
    assert again.calls is story.known
    assert (again.part, again.rewritten) == (ended.part, ended.rewritten)


def test_a_phone_that_is_told_to_ring_once_the_call_is_over_is_told_the_end() -> None:
    story = Telling()
    story.take(MISSED, ANA)
    late = story.take(RING, ANA, BOB)
    assert late.part is not None
    assert (late.part.users, late.words_of) == ((BOB,), MISSED.name)
    assert story.kinds(ANA) == [C]


def test_of_a_call_that_became_a_voicemail_nobody_else_is_told() -> None:
    story = Telling()
    story.take(LEFT, ANA)
    assert story.take(RING, ANA, BOB).part is None
    assert story.take(MISSED, ANA, BOB).part is None
    assert story.take(voicemail(), ANA, BOB).part is not None  # who has the mailbox is told, though only now
    assert story.kinds(ANA) == story.kinds(BOB) == [V]


def test_who_does_not_want_calls_hears_of_the_voicemail() -> None:
    story = Telling()
    story.take(RING, BOB)  # Ana's switch is off
    story.take(voicemail(), ANA, BOB)
    assert (story.kinds(ANA), story.kinds(BOB)) == ([V], [C])


@pytest.mark.parametrize(
    ("seconds", "things", "notices"),
    [(120, {"l10"}, 1), (-120, {"l10"}, 1), (121, {"l10"}, 2), (60, {"l11"}, 2)],
)
def test_decided_4_13_without_an_id_the_same_mailbox_and_caller_within_two_minutes_are_one_voicemail(
    seconds: int, things: set[str], notices: int
) -> None:
    story = Telling()
    story.take(LEFT, ANA)
    at = NOON + timedelta(seconds=seconds)
    without = event("voicemail.received", "v9", at, mailbox="2010", **caller("1"))
    story.take(without, ANA, things=frozenset(things))
    assert len(story.kinds(ANA)) == notices


def test_two_calls_are_two_notices_though_the_caller_is_the_same() -> None:
    story = Telling()
    story.take(RING, ANA)
    story.take(MISSED, ANA)
    story.take(call("e9", callId="c9"), ANA)
    assert story.kinds(ANA) == [C, C]
    # a call that was missed left no voicemail: one without an id belongs to another call
    story.take(RECEIVED, ANA)
    assert story.kinds(ANA) == [C, C, V]


def test_the_oldest_calls_of_a_caller_are_forgotten() -> None:
    story = Telling()
    for n in range(MOST_CALLS + 5):
        story.take(call(f"e{n}", callId=f"c{n}"), ANA)
    assert len(story.known.calls) == MOST_CALLS
    assert story.known.version == MOST_CALLS + 5


def test_callers_without_a_number_do_not_share_one_list() -> None:
    withheld = call(**caller("anonymous"))
    assert caller_name(withheld, {"l10"}) != caller_name(withheld, {"l11"})
    assert caller_name(call(), {"l10"}) == caller_name(call(), {"l11"}) == "+447700900123"


def test_a_voicemail_without_an_id_belongs_to_the_call_though_it_came_before_that_was_known() -> None:
    story = Telling()
    story.take(offered("o2", line="2011"), BOB, things=frozenset({"l11"}))
    story.take(RECEIVED, ANA)  # of the mailbox of a line that no event of the call has named yet
    story.take(RING, ANA)
    story.take(LEFT, ANA, BOB)
    assert (story.kinds(ANA), story.kinds(BOB)) == ([V], [C])
    assert len(story.known.calls) == 1
