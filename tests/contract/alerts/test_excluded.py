"""Who was excluded is kept with the alert, however many they are, and alerts of earlier versions are still read."""

from __future__ import annotations

from dataclasses import replace

from tests.contract.alert_path import ACME, AlertPath, an_acceptance
from tocsin.adapters.dynamodb.alerts.alert_row import to_excluded
from tocsin.alerts.domain.exclusion import KEPT_OF_AN_ADDRESS, Exclusion, ExclusionReason
from tocsin.alerts.ports.alerts import Committed


def test_who_was_excluded_reads_back_with_reason_and_place(world: AlertPath) -> None:
    acceptance = an_acceptance(1, 1)
    bad = Exclusion(None, "07700 900002", ExclusionReason.BAD_ADDRESS, "phone:PHONE_EMPTY", "recipients[1]")
    ana = Exclusion("ana", "", ExclusionReason.NO_ADDRESS)
    world.alerts.accept(replace(acceptance, excluded={0: [bad, ana]}))

    (left,) = world.alerts.excluded(ACME, acceptance.alert.ref).values()

    assert list(left) == [bad, ana]
    assert [who.place for who in left] == ["recipients[1]", ""]


def test_an_alert_without_them_has_none(world: AlertPath) -> None:
    acceptance = an_acceptance(1)
    world.alerts.accept(acceptance)
    assert world.alerts.excluded(ACME, acceptance.alert.ref) == {}


def test_ten_thousand_excluded_receivers_with_long_addresses_are_kept(real: AlertPath) -> None:
    # given more than a row holds, of one accepted receiver
    acceptance = an_acceptance(1)
    excluded = [
        Exclusion(
            None,
            f"{number:05}".ljust(KEPT_OF_AN_ADDRESS, "é"),
            ExclusionReason.BAD_ADDRESS,
            "email:EMAIL_NOT_ONE_ADDRESS",
            f"line {number} of recipientList",
        )
        for number in range(10_000)
    ]

    assert real.alerts.accept(replace(acceptance, excluded={0: excluded})) == Committed()

    (left,) = real.alerts.excluded(ACME, acceptance.alert.ref).values()
    assert left == excluded
    assert left[-1].place == "line 9999 of recipientList"


def test_rows_of_earlier_versions_have_no_places() -> None:
    assert to_excluded({"2": [["ana", "", "no_address", ""], [None, "x", "bad_address", "phone:PHONE_EMPTY"]]}) == {
        2: [
            Exclusion("ana", "", ExclusionReason.NO_ADDRESS),
            Exclusion(None, "x", ExclusionReason.BAD_ADDRESS, "phone:PHONE_EMPTY"),
        ]
    }
