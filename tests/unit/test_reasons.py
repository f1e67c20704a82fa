"""Every word that says why has a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.adapters.aws import handovers
from tocsin.adapters.end_user_messaging import receipts as eum
from tocsin.adapters.end_user_messaging import sms_sender as eum_sender
from tocsin.adapters.ses import email_sender as ses_sender
from tocsin.adapters.ses import receipts as ses
from tocsin.adapters.sns import sms_sender as sns_sender
from tocsin.alerts.domain.left_out import LeftOutBecause
from tocsin.delivery.application.guards import CHECK_FAILED
from tocsin.delivery.domain.outcome import Withheld
from tocsin.history.domain.reasons import REASONS, told
from tocsin.limits.domain.brakes import Brake
from tocsin.suppressions.domain.suppression import SuppressionReason


def words() -> Iterator[str]:
    for vocabulary in (Brake, LeftOutBecause, SuppressionReason, Withheld):
        yield from (member.value for member in vocabulary)
    yield from (reason for _, reason in eum._TABLE.values() if reason)
    yield from (says.reason for *_, says in ses._TABLE if isinstance(says, ses._Says) and says.reason)
    for table in (handovers._COMMON, sns_sender._REFUSALS, ses_sender._REFUSALS, eum_sender._REFUSALS):
        yield from (refused.reason for *_, refused in table)
    yield handovers.UNRECOGNISED.reason
    yield CHECK_FAILED.reason


def test_every_word_of_every_table_has_a_sentence() -> None:
    assert {word for word in words() if word not in REASONS} == set()


def test_no_two_words_say_nothing_and_a_strange_one_speaks_for_itself() -> None:
    assert all(text and not text.endswith(".") for text in REASONS.values())
    assert told("carrier_on_strike") == "carrier on strike"
    assert told("bounced_for_reasons_of_its_own") == told("bounced_transient")
