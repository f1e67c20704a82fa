"""Reasons why sending on a channel is paused, as clients see them."""

from __future__ import annotations

from tocsin.kernel.domain.codes import Code, Vocabulary

PAUSE_REASONS = Vocabulary(
    "PauseReason",
    "Why a channel is paused",
    "`sendingLimits.paused[].reason` in `/getinfo`.",
    {
        "operator": Code("an operator paused the channel", "ask your operator why"),
        "too_many_bounces": Code(
            "too many of the day's emails went to addresses that do not exist",
            "take bad addresses out of your lists, then ask your operator to resume it",
        ),
        "too_many_complaints": Code(
            "too many of the day's receivers reported an email as spam",
            "write to people who want your mail, then ask your operator to resume it",
        ),
    },
)
