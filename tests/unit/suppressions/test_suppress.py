from __future__ import annotations

from datetime import timedelta

from tests.builders import TENANT, number
from tests.fakes.sealer import FakeSealer
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import NOON
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason

ANA, BEN = number(1), number(2)
STOP, BOUNCE = SuppressionReason.STOP, SuppressionReason.HARD_BOUNCE
LATER = NOON + timedelta(minutes=1)


def a_list() -> tuple[Suppress, FakeSuppressions]:
    rows = FakeSuppressions()
    return Suppress(rows, FakeSealer()), rows


def test_what_is_suppressed_is_found_and_nothing_else() -> None:
    suppress, _ = a_list()

    assert suppress(TENANT, Channel.SMS, ANA, STOP, NOON)

    assert suppress.standing(TENANT, Channel.SMS, [ANA, BEN]) == {ANA: STOP}
    assert suppress.standing(TENANT, Channel.EMAIL, [ANA]) == {}
    assert suppress.standing(TenantId("other"), Channel.SMS, [ANA]) == {}


def test_a_repeat_says_so() -> None:
    suppress, _ = a_list()
    suppress(TENANT, Channel.SMS, ANA, STOP, NOON)

    assert not suppress(TENANT, Channel.SMS, ANA, STOP, NOON)
    assert suppress.lift(TENANT, Channel.SMS, ANA, LATER)
    assert not suppress.lift(TENANT, Channel.SMS, ANA, LATER)


def test_start_lifts_only_a_stop_and_the_operator_lifts_all() -> None:
    suppress, _ = a_list()
    suppress(TENANT, Channel.EMAIL, "ana@x.example", BOUNCE, NOON)

    assert not suppress.lift(TENANT, Channel.EMAIL, "ana@x.example", LATER)
    assert suppress.known(TENANT, Channel.EMAIL, "Ana@x.example").reason is BOUNCE

    assert suppress.lift(TENANT, Channel.EMAIL, "ana@x.example", LATER, list(SuppressionReason))
    assert suppress.known(TENANT, Channel.EMAIL, "ana@x.example").reason is None


def test_every_spelling_that_is_asked_for_is_answered() -> None:
    suppress, _ = a_list()
    suppress(TENANT, Channel.EMAIL, "ana@x.example", BOUNCE, NOON)

    assert suppress.standing(TENANT, Channel.EMAIL, ["Ana@x.example", "ana@x.example"]) == {
        "Ana@x.example": BOUNCE,
        "ana@x.example": BOUNCE,
    }


def test_who_loses_a_race_looks_again() -> None:
    rows = FakeSuppressions()
    suppress, rival = Suppress(rows, FakeSealer()), Suppress(rows, FakeSealer())
    find = rows.find
    raced: list[bool] = []

    def find_then_be_conflict(*args: object) -> object:
        found = find(*args)  # type: ignore[arg-type]
        if not raced:
            raced.append(True)
            rival(TENANT, Channel.SMS, ANA, BOUNCE, NOON)
        return found

    rows.find = find_then_be_conflict  # type: ignore[method-assign, assignment]
    suppress(TENANT, Channel.SMS, ANA, STOP, NOON)

    assert set(suppress.known(TENANT, Channel.SMS, ANA).standing) == {STOP, BOUNCE}


def test_s8_no_address_is_in_the_list() -> None:
    suppress, rows = a_list()
    suppress(TENANT, Channel.SMS, ANA, STOP, NOON)

    assert ANA.lstrip("+") not in repr(rows.rows)
