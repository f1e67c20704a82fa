"""Waves: what a dead worker leaves behind is known, because it records each wave before it submits the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import number, sms
from tests.fakes.time import NOON
from tests.unit.delivery.stand import Stand
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.batch_run import ROUNDS
from tocsin.delivery.domain.message import (
    Message,
    MessageState,
    SendingTerms,
    accepted,
    claim_message,
    was_left_behind,
)
from tocsin.delivery.domain.waves import WAVE_SIZE, Wave
from tocsin.suppressions.domain.suppression import SuppressionReason

SECOND = timedelta(seconds=1)
CLAIM = timedelta(seconds=60)
TERMS = SendingTerms(NOON + timedelta(hours=4), cancelled=False, claim_for=CLAIM)
S = MessageState
BATCH = 25
FIRST, SECOND_WAVE = range(WAVE_SIZE), range(WAVE_SIZE, BATCH)


def claimed(position: int, wave: Wave | None) -> Message:
    message = claim_message(None, position, NOON, TERMS, wave)
    assert isinstance(message, Message)
    return message


def test_a_later_wave_is_left_behind_while_an_earlier_one_of_its_claim_stands_as_claimed() -> None:
    early, late = claimed(0, Wave("a", 0)), claimed(13, Wave("a", 1))
    ended = NOON + CLAIM

    assert was_left_behind(late, [early, late], ended)
    assert not was_left_behind(early, [early, late], ended)
    # not if the rows may have been read before the claim ended, or the earlier wave is recorded
    assert not was_left_behind(late, [early, late], ended - SECOND)
    assert not was_left_behind(late, [accepted(early, "p-1", NOON), late], ended)
    # nor by what another worker claimed, also in the same millisecond, or claimed without an order
    assert not was_left_behind(late, [claimed(0, Wave("b", 0)), late], ended)
    assert not was_left_behind(late, [claimed(0, None), late], ended)
    assert not was_left_behind(replace(late, wave=None), [early], ended)


def test_what_was_left_behind_is_tried_again_at_once_and_unflagged() -> None:
    late = claimed(13, Wave("a", 1))

    again = claim_message(late, 13, NOON + CLAIM, TERMS, submitted=False)

    assert isinstance(again, Message)
    assert (again.state, again.reason, again.due_at, again.wave) == (S.RETRY_WAIT, "out_of_time", NOON + CLAIM, None)
    second = claim_message(again, 13, NOON + CLAIM, TERMS)
    assert isinstance(second, Message)
    assert (second.state, second.attempt, second.possible_duplicate) == (S.SENDING, 2, False)


def test_a_claim_that_has_not_ended_is_left_alone() -> None:
    late = claimed(13, Wave("a", 1))

    assert not isinstance(claim_message(late, 13, NOON + CLAIM - SECOND, TERMS, submitted=False), Message)


def test_the_second_wave_is_submitted_when_the_first_is_recorded() -> None:
    stand = Stand(sms(*map(number, range(BATCH))))
    seen: list[tuple[int, int]] = []
    stand.sms.on_taken = lambda id, provider_id: seen.append((id.position, stand.states().count("sent")))

    stand.dispatch()

    assert [position for position, _ in seen] == list(range(BATCH))
    assert [recorded for _, recorded in seen] == [0] * WAVE_SIZE + [WAVE_SIZE] * (BATCH - WAVE_SIZE)


def test_a_small_alert_is_recorded_in_one_write() -> None:
    stand = Stand(sms(*map(number, range(BATCH))), one_row=True)

    stand.dispatch()

    assert stand.states() == ["sent"] * BATCH
    assert stand.calls["rows.save"] == 2


def test_a_batch_of_which_nothing_is_submitted_is_recorded_in_one_write() -> None:
    stand = Stand(sms(*map(number, range(BATCH))))
    for n in range(BATCH):
        stand.suppress(stand.alert.tenant, Channel.SMS, number(n), SuppressionReason.STOP, stand.clock())

    stand.dispatch()

    assert (stand.states(), stand.calls["rows.save"]) == (["suppressed"] * BATCH, 2)


def test_who_must_not_be_contacted_is_recorded_before_the_second_wave_is_submitted() -> None:
    # given that everybody of the first wave said STOP
    stand = Stand(sms(*map(number, range(BATCH))))
    for n in FIRST:
        stand.suppress(stand.alert.tenant, Channel.SMS, number(n), SuppressionReason.STOP, stand.clock())
    states: list[list[str]] = []
    stand.sms.on_taken = lambda id, provider_id: states.append(stand.states()[:WAVE_SIZE])

    stand.dispatch()

    assert states[0] == ["suppressed"] * WAVE_SIZE
    assert stand.states() == ["suppressed"] * WAVE_SIZE + ["sent"] * (BATCH - WAVE_SIZE)


def test_no_further_wave_is_submitted_if_an_outcome_cannot_be_recorded() -> None:
    # given that others win every race for the first message's row
    stand = Stand(sms(*map(number, range(BATCH))))
    save, lost = stand.rows.save, 0

    def save_but_the_first(key: ChunkKey, messages: list[Message], expires_at: object = None) -> list[bool]:
        nonlocal lost
        ours = [m for m in messages if (m.position, m.state) != (0, S.SENT) or lost == ROUNDS]
        lost += len(ours) < len(messages)
        written = dict(zip((m.position for m in ours), save(key, ours), strict=True))
        return [written.get(m.position, False) for m in messages]

    stand.rows.save = save_but_the_first  # type: ignore[assignment, method-assign]
    report = stand.dispatch()

    assert [call.id.position for call in stand.sms.calls] == list(FIRST)
    assert stand.states() == ["sending"] + ["sent"] * (WAVE_SIZE - 1) + ["retry_wait"] * (BATCH - WAVE_SIZE)
    assert report.requeued == 1 + BATCH - WAVE_SIZE


@pytest.mark.parametrize("paused", [timedelta(0), 130 * SECOND])
def test_rows_that_were_read_before_the_claim_ended_prove_nothing(paused: timedelta) -> None:
    # given a worker that reads the rows, and then stands still until the claims have ended
    stand = Stand(sms(*map(number, range(BATCH))))
    key = stand.batch().key
    waves = [Wave("a", position // WAVE_SIZE) for position in range(BATCH)]
    stand.rows.save(key, [claimed(position, wave) for position, wave in enumerate(waves)])
    load = stand.rows.load

    def load_and_stand_still(key: ChunkKey, positions: range) -> Mapping[int, Message]:
        found = dict(load(key, positions))
        if paused and stand.clock() == NOON:
            # Meanwhile the first worker records the first wave, submits the second and dies.
            stand.rows.save(key, [accepted(found[position], "p", NOON) for position in FIRST])
            stand.clock.advance(paused)
        return found

    stand.rows.load = load_and_stand_still  # type: ignore[method-assign]
    if not paused:
        stand.clock.advance(CLAIM)
    stand.dispatch(stand.order(positions=tuple(range(BATCH))))

    # then it takes nothing for left behind; a worker that reads afterwards does
    assert stand.states() == (
        ["sent"] * WAVE_SIZE + ["unknown"] * (BATCH - WAVE_SIZE)
        if paused
        else ["unknown"] * WAVE_SIZE + ["retry_wait"] * (BATCH - WAVE_SIZE)
    )
    assert stand.sms.calls == []
