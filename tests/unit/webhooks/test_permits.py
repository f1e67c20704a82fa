"""Permits of one order: kept from call to call while they outlast one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tests.builders import KEY
from tests.fakes.callbacks import FakeWebhookEndpoints
from tests.fakes.time import NOON, VirtualClock
from tocsin.kernel.domain.ids import TenantId
from tocsin.webhooks.application.permits import Permits
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.endpoint import Endpoint, EndpointState, SigningSecret
from tocsin.webhooks.domain.standard_webhooks import new_secret
from tocsin.webhooks.domain.turn import CALL_LIMIT
from tocsin.webhooks.ports.callbacks import Permit

ENDPOINT = EndpointKey.of(TenantId("acme"), KEY, "https://hooks.example.org/")


class CountedEndpoints(FakeWebhookEndpoints):
    """Counts what would be writes."""

    writes = 0

    def __init__(self) -> None:
        super().__init__()
        secret = SigningSecret(new_secret(b"x" * 32))
        self.add(Endpoint(ENDPOINT, "https://hooks.example.org/", (secret,), NOON, slow=False))

    def permit(
        self, tenant: TenantId, endpoint: EndpointKey | None, slots: range, until: datetime, now: datetime
    ) -> Permit | None:
        self.writes += 1
        return super().permit(tenant, endpoint, slots, until, now)

    def renew(self, permit: Permit, until: datetime) -> Permit | None:
        self.writes += 1
        return super().renew(permit, until)

    def lasts(self, clock: VirtualClock) -> timedelta:
        """Return how long the permit that was taken is valid from now on."""
        (until,) = self.taken[(ENDPOINT.tenant, ENDPOINT)].values()
        return until - clock()


def test_calls_that_are_answered_at_once_share_one_write() -> None:
    endpoints, clock = CountedEndpoints(), VirtualClock()
    with Permits(endpoints, clock, urgent=False) as permits:
        assert all(permits.take_call(ENDPOINT) for _ in range(25))
    assert endpoints.writes == 1


def test_w4_every_call_has_a_permit_that_outlasts_it() -> None:
    endpoints, clock = CountedEndpoints(), VirtualClock()
    with Permits(endpoints, clock, urgent=False) as permits:
        for seconds in (0.1, 1.5, 0.5, 3, 15, 30):
            assert permits.take_call(ENDPOINT)
            assert endpoints.lasts(clock) >= CALL_LIMIT
            clock.advance(timedelta(seconds=seconds))


def test_w4_an_endpoint_that_another_worker_disabled_gives_no_permit_two_seconds_later() -> None:
    endpoints, clock = CountedEndpoints(), VirtualClock()
    with Permits(endpoints, clock, urgent=False) as permits:
        assert permits.take_call(ENDPOINT)
        endpoints.save(replace(endpoints.rows[ENDPOINT], state=EndpointState.DISABLED))
        clock.advance(timedelta(seconds=2.1))
        assert not permits.take_call(ENDPOINT)
