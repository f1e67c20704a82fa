"""Claim the messages of a batch. Only the worker that saved the claim of a try may submit that try."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.delivery.application.batch_run import ROUNDS, BatchRun, TimeBudget
from tocsin.delivery.application.guards import Claimed
from tocsin.delivery.domain.message import (
    Message,
    MessageState,
    NotClaimed,
    NotClaimedReason,
    SendingTerms,
    claim_message,
    was_left_behind,
)
from tocsin.delivery.domain.retry_jobs import due_soon
from tocsin.delivery.domain.sending_terms import sending_terms
from tocsin.delivery.domain.waves import WAVE_SIZE, Wave
from tocsin.delivery.ports.lines import CallLines
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock

_NOT_WANTED = (MessageState.CANCELLED, MessageState.SKIPPED)


class ClaimMessages:
    """Saves a claim for each message that is due. Held, expired or cancelled messages are saved in their new state.

    Args:
        lines: a message is claimed only if it holds one; None = messages need none.
        idempotent: whether the provider takes the same try twice for one; the sandbox does not.
    """

    def __init__(
        self, clock: Clock, time_budget: TimeBudget, lines: CallLines | None = None, *, idempotent: bool = False
    ) -> None:
        self._clock = clock
        self._time_budget = time_budget
        self._lines = lines
        self._idempotent = idempotent

    def __call__(self, run: BatchRun, wanted: Sequence[int]) -> list[Claimed]:
        """Return the messages that only this worker may submit now.

        Args:
            wanted: positions to claim.

        Raises:
            StorageUnavailable: this worker has no claim to use. A claim that was saved all the same expires.
        """
        claimed: list[Message] = []
        # A new batch has no rows, so its first claim needs no read. Single positions are retries: they have rows.
        reload_first = run.job.positions is not None
        for _ in range(ROUNDS):
            if not wanted:
                break
            if run.time_left() < self._time_budget.reserve:
                run.unfinished.extend(wanted)
                break
            try:
                saved, lost = self._claim(run, wanted, reload=reload_first)
            except StorageUnavailable:
                if not claimed:
                    raise
                # What is claimed must be submitted now, or it waits until its claim expires. The rest is queued again.
                run.unfinished.extend(wanted)
                break
            reload_first = True
            if lost:
                run.reload_alert()
            claimed += [message for message in saved if message.state is MessageState.SENDING]
            run.moved.update(message.state.value for message in saved if message.state is not MessageState.SENDING)
            run.waiting += due_soon(saved, self._clock())
            wanted = [message.position for message in lost]
        else:
            run.unfinished.extend(wanted)
        return [Claimed(message, run.recipients[message.position]) for message in claimed]

    def _claim(self, run: BatchRun, wanted: Sequence[int], *, reload: bool) -> tuple[list[Message], list[Message]]:
        """Claim each wanted position if it is due. Return the saved messages, and those that lost to another writer."""
        read_at = self._clock()
        if reload:
            run.reload()
        now = self._clock()
        taken: list[Message] = []
        not_claimed: list[str] = []
        for position, wave in zip(wanted, self._waves(run, len(wanted)), strict=True):
            row = run.known.get(position)
            submitted = row is None or not was_left_behind(row, run.known.values(), read_at)
            terms = self._terms(run, position, now)
            decision = claim_message(row, position, now, terms, wave, submitted=submitted)
            if isinstance(decision, NotClaimed):
                not_claimed.append(decision.reason.value)
                if row is not None and decision.reason is NotClaimedReason.IN_CALL:
                    (run.in_call if decision.until else run.overdue).append(row)
            else:
                taken.append(decision)
        saved, lost = run.save(taken if self._lines is None else self._with_lines(run, taken, self._lines))
        run.not_claimed.update(not_claimed)
        if self._lines is not None:
            run.not_wanted += [message for message in saved if _was_withdrawn(message)]
        return saved, lost

    def _with_lines(self, run: BatchRun, taken: list[Message], lines: CallLines) -> list[Message]:
        """Return the messages without the claims of calls that get no line."""
        claims = [message for message in taken if message.state is MessageState.SENDING]
        if not claims:
            return taken
        key = run.job.batch.key
        # A job that came twice has asked for the lines of tries that are over, as it then finds out.
        over = [run.with_line[one.position] for one in claims if one.position in run.with_line]
        if over:
            lines.give_back(run.alert, key, [(one, run.recipients[one.position]) for one in over])
        positions = lines.take(run.alert, key, [(one, run.recipients[one.position]) for one in claims])
        run.with_line |= {message.position: message for message in claims if message.position in positions}
        waiting = {message.position for message in claims if message.position not in positions}
        run.without_line += sorted(waiting)
        return [message for message in taken if message.position not in waiting]

    def _waves(self, run: BatchRun, count: int) -> list[Wave | None]:
        """Return the wave of each message that is to be claimed; None for those that one wave holds.

        Waves cost a write more, which is dear where every write takes all messages. There, they are submitted at once.
        """
        if count <= WAVE_SIZE or run.rows.saves_together(run.alert.tenant, run.alert.ref):
            return [None] * count
        waves: list[Wave | None] = [Wave(run.claim, run.waves + place // WAVE_SIZE) for place in range(count)]
        run.waves += -(-count // WAVE_SIZE)
        return waves

    def _terms(self, run: BatchRun, position: int, now: datetime) -> SendingTerms:
        return sending_terms(
            run.alert,
            run.recipients[position],
            now,
            self._time_budget.claim_for,
            run.known.get(position),
            idempotent=self._idempotent and not run.alert.sandbox,
        )


def _was_withdrawn(message: Message) -> bool:
    """Whether its latest step has ended it while its receiver was being called."""
    return message.state in _NOT_WANTED and message.version > 1 and message.log[-2].state is MessageState.CALLING
