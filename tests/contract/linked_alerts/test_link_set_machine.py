"""Anything may happen to a linked set, in any order; a plain model says who is asked and who is left in peace.

Rules: alerts begin the set, join it, lift its cancellation, or must not; contacts answer any alert of any life of it, in
any way, again and again; the set is cancelled; its time passes and it is begun again.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.contract.alert_path import ACME, KEY, AlertPath
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.randomness import SeededRandomness
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.time import VirtualClock
from tests.unit.alerts.desk import a_key, an_sms
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.client_api.application.cancel_alerts import CancelAlerts, CancelElement, CancelKind
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.kernel.domain.errors import InvalidRequest, Superseded
from tocsin.kernel.domain.ids import AlertRef
from tocsin.linked_alerts.application.join import JoinLinkSet
from tocsin.linked_alerts.domain.link_set import LinkCancelled, LinkSet
from tocsin.responses.domain.response import Response

LIFE = timedelta(hours=2)
GROUPS = [
    ContactGroup("a", {name: Contact(name, sms=f"+44770090000{n}") for n, name in enumerate("abc")}),
    ContactGroup("b", {name: Contact(name, sms=f"+44770090001{n}") for n, name in enumerate("cde")}),
]
_names = itertools.count()


@dataclass
class Life:
    """One life of the set, as the model knows it."""

    master: str
    group: ContactGroup
    ends: datetime
    cancelled: bool = False
    answered: dict[str, set[ResponseKind]] = field(default_factory=dict)


class LinkSetMachine(RuleBasedStateMachine):
    """One set of one key."""

    def __init__(self, world: AlertPath) -> None:
        super().__init__()
        number = next(_names)
        self.ref = f"fire-{number}"
        self.set = LinkKey.of(ACME, KEY, self.ref)
        self.world, self.clock = world, VirtualClock()
        self.key = a_key(KEY, tenant=ACME)
        prepare = PrepareSend(FakeStoredContentRepository(), SeededRandomness(number), join=JoinLinkSet(world.links))
        self.send = SendAlert(prepare, world.alerts, FakeApiKeyRepository(), FakeDispatchQueue(), self.clock)
        self.waits = False
        self.cancel = CancelAlerts(
            world.alerts,
            world.work,
            world.messages,
            self.clock,
            world.links,
            names_link=lambda key, link_ref, now: self.waits,
        )
        self.lives: list[Life] = []
        self.sent: list[tuple[Alert, Life, list[str]]] = []
        self.unbegun: datetime | None = None  # until when it counts as cancelled although nothing stands
        self.inbound = 0

    @property
    def standing(self) -> Life | None:
        return self.lives[-1] if self.lives and self.clock() < self.lives[-1].ends else None

    @property
    def cancelled(self) -> bool:
        if self.standing:
            return self.standing.cancelled
        return self.unbegun is not None and self.clock() < self.unbegun

    @rule(
        group=st.sampled_from([None, *GROUPS]),
        only=st.booleans(),
        lift=st.booleans(),
        seen=st.frozensets(st.sampled_from(ResponseKind)),
    )
    def an_alert(self, group: ContactGroup | None, *, only: bool, lift: bool, seen: frozenset[ResponseKind]) -> None:
        life, cancelled = self.standing, self.cancelled
        asked = LinkOptions(self.ref, Lifetime(duration=LIFE), only, lift)
        element = replace(an_sms(sets=("all",)), except_responded=seen)
        request = SendRequest("r", (element,), group=group, link=asked)
        if cancelled and not lift:
            with pytest.raises(Superseded):
                self.send(self.key, request)
            return
        if life is None and (only or group is None):
            with pytest.raises(InvalidRequest):
                self.send(self.key, request)
            return

        result = self.send(self.key, request)

        book = life.group if life else group
        assert book is not None
        wanted = [name for name in book.contacts if life is None or not life.answered.get(name, set()) & seen]
        assert (result.success, result.items[0].requested, result.items[0].sent) == (bool(wanted), 3, len(wanted))
        if not wanted:
            return
        if life is None:
            life = Life(result.alert_ref or "", book, self.clock() + LIFE)
            self.lives.append(life)
            self.unbegun = None
        life.cancelled = False
        alert = self.world.alerts.get(ACME, AlertRef(result.alert_ref or ""))
        assert alert is not None
        people = self.world.alerts.recipients(ChunkKey(ACME, alert.ref, 0, 0))
        assert [who.contact_id for who in people] == wanted
        self.sent.append((alert, life, wanted))

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), kind=st.sampled_from(ResponseKind), again=st.booleans(), matched=st.booleans())
    def an_answer(self, data: st.DataObject, kind: ResponseKind, *, again: bool, matched: bool) -> None:
        alert, life, people = data.draw(st.sampled_from(self.sent))
        position = data.draw(st.integers(0, len(people) - 1))
        self.inbound += 1
        response = Response(
            ChunkKey(ACME, alert.ref, 0, 0),
            position,
            kind,
            f"in-{self.inbound}",
            "+447700900000",
            people[position],
            self.clock(),
            matched=matched,
            link=alert.link,
        )
        assert self.world.responses.add(response).fresh
        if again:
            assert not self.world.responses.add(response).fresh
        if matched:
            life.answered.setdefault(people[position], set()).add(kind)

    @rule(waits=st.booleans())
    def it_is_cancelled(self, *, waits: bool) -> None:
        self.waits = waits  # a schedule or a trigger names it
        lives = any(not alert.expired(self.clock()) for alert, _, _ in self.sent)
        (result,) = self.cancel(self.key, [CancelElement(CancelKind.LINKED, link_ref=self.ref)])
        assert result.success == bool(self.standing or self.cancelled or lives or waits)
        if not result.success:
            assert result.failure_code == "NOT_FOUND"
            return
        if self.standing:
            self.standing.cancelled = True
        elif not self.cancelled:
            self.unbegun = self.clock() + timedelta(days=30)
        for alert, _, _ in self.sent:
            found = self.world.alerts.get(ACME, alert.ref)
            assert found is not None
            assert found.cancelled_at is not None or found.expired(self.clock())

    @rule(hours=st.sampled_from([1, 1, 2, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @invariant()
    def the_set_stands_as_the_model_says(self) -> None:
        found = self.world.links.standing(self.set, self.clock())
        if self.standing:
            assert isinstance(found, LinkSet)
            assert (found.master, found.group) == (self.standing.master, self.standing.group)
            assert (found.cancelled_at is not None) == self.standing.cancelled
        elif self.cancelled:
            assert isinstance(found, LinkCancelled)
        else:
            assert found is None

    @invariant()
    def every_life_knows_its_own_answers(self) -> None:
        for alert, life, _ in self.sent:
            assert alert.link is not None
            assert alert.link.master == life.master
            assert self.world.links.answered(alert.link) == life.answered

    @invariant()
    def its_members_are_the_alerts_that_are_not_over(self) -> None:
        now = self.clock()
        members = [alert.ref for alert, _, _ in self.sent if not alert.expired(now)]
        assert sorted(self.world.links.members(self.set, now)) == sorted(members)


def test_a_linked_set_does_what_the_model_says_whatever_happens(world: AlertPath) -> None:
    # The stores of DynamoDB are slow to play with; what the model says is the same for all.
    examples, steps = (150, 30) if world.engine == "fake" else (4, 15)
    machine: Any = partial(LinkSetMachine, world)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )
