"""When a message may go out, for receivers who sleep."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import an_acceptance, number
from tocsin.alerts.domain.alert import Alert
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable, in_effect, release
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.delivery_terms import LATITUDE, DeliveryTerms, delivery_terms

NIGHT = QuietHours(time(22), time(7))
HOUR = timedelta(hours=1)
ANA = Recipient(number(1), "ana")
EVENING = datetime(2026, 11, 20, 20, tzinfo=UTC)
MIDNIGHT = EVENING + 4 * HOUR
SEVEN = EVENING + 11 * HOUR


def an_alert(
    accepted: datetime = MIDNIGHT,
    lifetime: timedelta = timedelta(days=30),
    quiet: QuietHours | None = NIGHT,
    zone: str = "UTC",
    *,
    urgent: bool = False,
) -> Alert:
    alert = an_acceptance(at=accepted, lifetime=min(lifetime, 4 * HOUR)).alert
    return replace(alert, expires_at=accepted + lifetime, urgent=urgent, account=AccountClock(zone, quiet))


def test_without_quiet_hours_the_alert_decides_alone() -> None:
    alert = an_alert(quiet=None)

    assert delivery_terms(alert, ANA, MIDNIGHT) == DeliveryTerms(MIDNIGHT, alert.send_before)


def test_a_message_for_somebody_asleep_waits_and_gets_its_time_afterwards() -> None:
    assert delivery_terms(an_alert(), ANA, MIDNIGHT) == DeliveryTerms(SEVEN, SEVEN + LATITUDE, "quiet_hours")


def test_the_time_it_has_does_not_depend_on_when_it_is_asked_for() -> None:
    alert = an_alert()

    asked = {delivery_terms(alert, ANA, MIDNIGHT + n * HOUR).send_before for n in range(48)}

    assert asked == {SEVEN + LATITUDE}


def test_quiet_hours_that_begin_while_it_is_tried_hold_it_too() -> None:
    alert = an_alert(accepted=EVENING)

    assert delivery_terms(alert, ANA, EVENING) == DeliveryTerms(EVENING, SEVEN + LATITUDE)
    assert delivery_terms(alert, ANA, EVENING + 2 * HOUR) == DeliveryTerms(SEVEN, SEVEN + LATITUDE, "quiet_hours")


def test_quiet_hours_that_end_early_take_nothing_away() -> None:
    alert = an_alert(accepted=SEVEN - timedelta(minutes=5), quiet=NIGHT)

    assert delivery_terms(alert, ANA, alert.accepted_at).send_before == SEVEN + LATITUDE
    later = an_alert(accepted=SEVEN)
    assert delivery_terms(later, ANA, SEVEN) == DeliveryTerms(SEVEN, later.send_before)


def test_it_never_outlives_its_alert() -> None:
    two_hours_after = an_alert(lifetime=9 * HOUR)
    assert delivery_terms(two_hours_after, ANA, MIDNIGHT).send_before == SEVEN + 2 * HOUR

    over_by_then = an_alert(lifetime=6 * HOUR)
    terms = delivery_terms(over_by_then, ANA, MIDNIGHT)
    assert (terms.why, terms.send_before) == ("quiet_hours_outlast_alert", MIDNIGHT + 6 * HOUR)
    assert terms.not_before >= terms.send_before


def test_a_second_night_does_not_give_it_another_day() -> None:
    nearly_always = QuietHours(time(8), time(7))

    terms = delivery_terms(an_alert(quiet=nearly_always), ANA, SEVEN + 2 * HOUR)

    assert (terms.why, terms.send_before) == ("quiet_hours_outlast_alert", SEVEN + LATITUDE)


def test_urgent_says_that_it_did_not_wait() -> None:
    alert = an_alert(urgent=True)

    assert delivery_terms(alert, ANA, MIDNIGHT) == DeliveryTerms(MIDNIGHT, alert.send_before, "quiet_hours_overridden")
    assert delivery_terms(alert, ANA, SEVEN) == DeliveryTerms(SEVEN, alert.send_before)


@pytest.mark.parametrize(
    ("choice", "not_before"),
    [
        (None, SEVEN),
        (Reachable.ALWAYS, MIDNIGHT),
        (QuietHours(time(23), time(9)), SEVEN + 2 * HOUR),
        (QuietHours(time(13), time(15)), MIDNIGHT),
        (QuietHours(time(22), time(7), zone="Asia/Tokyo"), MIDNIGHT),
    ],
)
def test_what_a_contact_says_wins(choice: QuietHours | Reachable | None, not_before: datetime) -> None:
    assert delivery_terms(an_alert(), replace(ANA, quiet=choice), MIDNIGHT).not_before == not_before


def test_quiet_hours_are_those_of_the_accounts_zone() -> None:
    assert delivery_terms(an_alert(zone="America/New_York"), ANA, MIDNIGHT).why is None


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
QUIET = st.builds(lambda a, b, days: (a, b, days), TIMES, TIMES, st.frozensets(st.integers(1, 7), min_size=1)).filter(
    lambda parts: parts[0] != parts[1]
)
ZONES = st.sampled_from(["UTC", "Europe/London", "America/Santiago", "Australia/Lord_Howe"])


@given(
    QUIET,
    ZONES,
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 48),
    st.integers(0, 72 * 6),
)
@settings(max_examples=300)
def test_no_terms_let_a_message_out_in_quiet_hours_or_lose_it(
    parts: tuple[time, time, frozenset[int]], zone: str, accepted: datetime, lives: int, later: int
) -> None:
    quiet = QuietHours(*parts)
    alert = an_alert(accepted, lives * HOUR, quiet, zone)
    at = accepted + timedelta(minutes=10) * later
    info = alert.account.zone_info

    terms = delivery_terms(alert, ANA, at)

    assert in_effect(ANA.quiet, quiet) == quiet
    assert terms.not_before == release(quiet, at, info) >= at
    assert alert.expires_at is not None
    assert alert.send_before <= terms.send_before <= alert.expires_at
    assert (terms.why is None) == (terms.not_before == at)
    assert (terms.why == "quiet_hours") == (at < terms.not_before < terms.send_before)
    if terms.not_before == at < alert.send_before:
        assert at < terms.send_before, "it may go out, and is too late at once"
    if at == accepted and terms.why == "quiet_hours":
        assert terms.send_before >= min(terms.not_before + LATITUDE, alert.expires_at)
