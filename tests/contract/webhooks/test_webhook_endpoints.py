"""WebhookEndpoints: receivers, moved on top of the version before, and permits for calls to them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER
from tests.contract.webhooks.callback_stores import ENDPOINT, MINUTE, SECRET, CallbackStores, an_endpoint
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.endpoint import (
    DisabledReason,
    Endpoint,
    EndpointState,
    SigningSecret,
    disabled_by_owner,
    enabled,
    rotated,
)
from tocsin.webhooks.ports.callbacks import Permit

SOON = NOON + timedelta(seconds=20)


def test_an_endpoint_reads_back_in_every_state(callbacks: CallbackStores) -> None:
    store = callbacks.endpoints
    assert store.get(ENDPOINT) is None
    stands = store.add(an_endpoint())
    assert stands == store.get(ENDPOINT) == an_endpoint()
    for change in (
        lambda one: replace(one, state=EndpointState.FAILING, failing_since=NOON, warned=True, slow=True),
        lambda one: rotated(one, "whsec_" + "REVG" * 8, NOON),
        lambda one: disabled_by_owner(one, NOON + MINUTE),
        enabled,
    ):
        wanted = change(stands)
        saved = store.save(wanted)
        assert saved is not None
        assert saved == replace(wanted, version=stands.version + 1)
        assert store.get(ENDPOINT) == saved
        stands = saved
    assert stands.secrets[1] == SigningSecret(SECRET, NOON + timedelta(hours=24))


def test_the_first_writer_of_an_endpoint_chooses_its_secret(callbacks: CallbackStores) -> None:
    first = callbacks.endpoints.add(an_endpoint())
    second = callbacks.endpoints.add(an_endpoint(secrets=(SigningSecret("whsec_" + "eHl6" * 8),)))
    assert first == second == callbacks.endpoints.get(ENDPOINT)


def test_a_save_over_a_version_that_is_gone_is_refused(callbacks: CallbackStores) -> None:
    stands = callbacks.endpoints.add(an_endpoint())
    assert callbacks.endpoints.save(disabled_by_owner(stands, NOON)) is not None
    assert callbacks.endpoints.save(replace(stands, warned=True)) is None
    assert callbacks.endpoints.save(an_endpoint("https://hooks.example.org/never")) is None


def test_a_keys_endpoints_are_listed_and_nobody_elses(callbacks: CallbackStores) -> None:
    mine = [an_endpoint(f"https://hooks.example.org/{n}", created_at=NOON + n * MINUTE) for n in (2, 0, 1)]
    theirs = an_endpoint(tenant=OTHER)
    for one in (*mine, theirs, an_endpoint(key=EndpointKey(ACME, ApiKeyId("k2"), "a" * 64))):
        callbacks.endpoints.add(one)
    assert list(callbacks.endpoints.of_key(ACME, KEY)) == [mine[1], mine[2], mine[0]]
    assert list(callbacks.endpoints.of_key(OTHER, KEY)) == [theirs]


# --- permits --------------------------------------------------------------------------------------------------


def take(callbacks: CallbackStores, endpoint: EndpointKey | None = ENDPOINT, at_most: int = 5) -> Permit | None:
    return callbacks.endpoints.permit(ACME, endpoint, range(at_most), SOON, NOON)


@pytest.mark.parametrize("of", [ENDPOINT, None], ids=["endpoint", "tenant"])
def test_w6_no_more_permits_than_there_may_be(callbacks: CallbackStores, of: EndpointKey | None) -> None:
    callbacks.endpoints.add(an_endpoint())
    held = [take(callbacks, of) for _ in range(5)]
    assert sorted(permit.slot for permit in held if permit) == [0, 1, 2, 3, 4]
    assert take(callbacks, of) is None

    assert held[2] is not None
    callbacks.endpoints.release(held[2])
    again = take(callbacks, of)
    assert again is not None
    assert again.slot == held[2].slot


@pytest.mark.parametrize("of", [ENDPOINT, None], ids=["endpoint", "tenant"])
def test_a_permit_is_taken_of_the_wanted_slots_only(callbacks: CallbackStores, of: EndpointKey | None) -> None:
    callbacks.endpoints.add(an_endpoint())
    some = [callbacks.endpoints.permit(ACME, of, range(3), SOON, NOON) for _ in range(4)]
    more = [callbacks.endpoints.permit(ACME, of, range(2, 5), SOON, NOON) for _ in range(3)]
    assert {permit.slot for permit in some if permit} == {0, 1, 2}
    assert {permit.slot for permit in more if permit} == {3, 4}


def test_w6_of_many_workers_at_once_five_may_call(callbacks: CallbackStores) -> None:
    callbacks.endpoints.add(an_endpoint())
    with ThreadPoolExecutor(16) as pool:
        held = [permit for permit in pool.map(lambda _: take(callbacks), range(16)) if permit]
    # A worker may give up while another takes the place it saw; none ever gets one that is taken.
    assert len({permit.slot for permit in held}) == len(held) <= 5
    assert held


def test_w6_a_permit_lapses_by_itself(callbacks: CallbackStores) -> None:
    callbacks.endpoints.add(an_endpoint())
    for _ in range(5):
        take(callbacks)
    later = SOON + MINUTE
    assert callbacks.endpoints.permit(ACME, ENDPOINT, range(5), later, SOON - timedelta(milliseconds=1)) is None
    assert callbacks.endpoints.permit(ACME, ENDPOINT, range(5), later, SOON) is not None


def test_w6_a_permit_is_kept_by_its_holder_and_by_nobody_else(callbacks: CallbackStores) -> None:
    callbacks.endpoints.add(an_endpoint())
    permit = take(callbacks, at_most=1)
    assert permit is not None
    renewed = callbacks.endpoints.renew(permit, SOON + MINUTE)
    assert renewed == replace(permit, until=SOON + MINUTE)
    # the one it was before is worth nothing
    assert callbacks.endpoints.renew(permit, SOON) is None
    callbacks.endpoints.release(permit)
    assert callbacks.endpoints.permit(ACME, ENDPOINT, range(1), SOON + MINUTE, SOON) is None


def test_w4_a_disabled_endpoint_gives_no_permit_and_renews_none(callbacks: CallbackStores) -> None:
    stands = callbacks.endpoints.add(an_endpoint())
    permit = take(callbacks)
    assert permit is not None
    off: Endpoint | None = callbacks.endpoints.save(disabled_by_owner(stands, NOON))
    assert off is not None
    assert off.disabled_reason is DisabledReason.OWNER

    assert callbacks.endpoints.renew(permit, SOON + MINUTE) is None
    assert take(callbacks) is None
    callbacks.endpoints.save(enabled(off))
    assert take(callbacks) is not None


def test_an_endpoint_that_is_not_there_gives_no_permit(callbacks: CallbackStores) -> None:
    assert take(callbacks) is None
    assert callbacks.endpoints.get(ENDPOINT) is None


def test_w6_permits_of_one_endpoint_are_not_those_of_another_or_of_the_tenant(callbacks: CallbackStores) -> None:
    other = an_endpoint("https://hooks.example.org/b")
    for one in (an_endpoint(), other):
        callbacks.endpoints.add(one)
    assert take(callbacks, at_most=1) is not None
    assert take(callbacks, other.key, at_most=1) is not None
    assert take(callbacks, None, at_most=1) is not None
    assert callbacks.endpoints.permit(OTHER, None, range(1), SOON, NOON) is not None


def test_saving_an_endpoint_takes_no_permit_away(callbacks: CallbackStores) -> None:
    stands = callbacks.endpoints.add(an_endpoint())
    permit = take(callbacks, at_most=1)
    assert permit is not None
    callbacks.endpoints.save(replace(stands, slow=True))
    assert take(callbacks, at_most=1) is None
    assert callbacks.endpoints.renew(permit, SOON + MINUTE) is not None
