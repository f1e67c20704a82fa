"""What waits for an account's mail server is tried at once when the settings are saved (decided 4.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import email
from tests.fakes.directory import FakeAuditTrail
from tests.fakes.executor import OneHand
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sending_limits import FakeCounters
from tests.fakes.tenant_mail import FakeAccessTokens, FakeMailSettingsStore, FakeOwnServers, FakeRefusedMails
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tests.unit.delivery.stand import Stand
from tocsin.audit.domain.actor import OPERATOR
from tocsin.content.domain.mime import MailTemplate
from tocsin.delivery.application.channels import EmailChannel
from tocsin.delivery.application.dispatch_batch import DispatchBatch
from tocsin.delivery.application.try_now import TryNow
from tocsin.delivery.domain.message import SETTINGS_SAVED, MessageState
from tocsin.identity.domain.account_key import INSIDE
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import system_role
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.tenant_mail.application.manage_settings import ManageMailSettings
from tocsin.tenant_mail.application.send_by_own_server import MailRouting
from tocsin.tenant_mail.application.try_waiting import AFTER_SAVE, AGAIN, LOOKS_FOR, ArmWaitingMails, TryWaitingMails
from tocsin.tenant_mail.domain.mail_settings import MailServerType, MailSettings
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerAnswer, ServerFault, refused
from tocsin.timers.application.run import RunTimer
from tocsin.timers.domain.timer import TimerKind

HOUR = timedelta(hours=1)
LATER = refused(ServerFault(MailReason.REFUSED, "451 ana@x.test is busy", of_server=False), ())
DOWN = refused(ServerFault(MailReason.UNREACHABLE), ())


class World:
    """An account with its own mail server, a mail to some people, and what a save does."""

    def __init__(self, *answers: ServerAnswer, to: tuple[str, ...] = ("ana@x.test",), **settings: Any) -> None:
        self.stand = stand = Stand(email(*to, body="Hi"), key_id=INSIDE, lifetime=timedelta(hours=24))
        self.tenant, self.clock = stand.alert.tenant, stand.clock
        self.store, self.servers, self.refused = FakeMailSettingsStore(), FakeOwnServers(*answers), FakeRefusedMails()
        settings = {"type": MailServerType.SMTP, "server": "smtp.acme.example", "username": "a@acme.example"} | settings
        self.store.save(MailSettings(tenant=self.tenant, version=1, **settings), self.clock())
        self.timers, self.timer_queue = FakeTimers(), FakeTimerQueue()
        system: Any = stand.sms
        routing = MailRouting(
            store=self.store,
            smtp=self.servers,
            api=self.servers,
            tokens=FakeAccessTokens(),
            system=system,
            system_allowed=lambda tenant: True,
            mail_domain="t.example",
            mail_owner=lambda tenant, notification: None,
            refused=self.refused,
            counters=FakeCounters(),
            clock=self.clock,
        )
        channel = EmailChannel(
            system, system, lambda content: MailTemplate.compile(content, "t.example"), routes=routing
        )  # fmt: skip
        self.dispatcher = DispatchBatch(
            stand.alerts, stand.rows, stand.dispatch_progress, stand.events, stand.queue, channel, [], self.clock,
            SeededRandomness(), OneHand(),
        )  # fmt: skip
        self.manage = ManageMailSettings(
            settings=self.store,
            trail=FakeAuditTrail(),
            clock=self.clock,
            randomness=SeededRandomness(),
            system_allowed=lambda tenant: True,
            waiting=ArmWaitingMails(self.timers, self.timer_queue, self.clock),
        )
        self.run_timer = RunTimer(
            timers=self.timers,
            queue=self.timer_queue,
            scheduler=FakeWakeUpScheduler(self.timer_queue),
            actions={
                TimerKind.MAIL: TryWaitingMails(
                    self.refused,
                    stand.alerts,
                    TryNow(stand.rows, stand.dispatch_progress, stand.queue, self.clock),
                )
            },
            clock=self.clock,
        )

    def dispatch(self) -> None:
        """Work off the jobs in the queue; without any, the first one of the alert."""
        jobs = [job for job, _ in self.stand.queue.puts] or [self.stand.order()]
        self.stand.queue.puts = []
        for job in jobs:
            self.dispatcher(job, lambda: HOUR)

    def fail(self, times: int) -> None:
        """Let the server refuse the mail so often."""
        for _ in range(times):
            self.dispatch()
            due = self.stand.row().due_at
            assert due is not None
            self.clock.advance(due - self.clock())

    def save(self, **given: Any) -> None:
        role = system_role(self.tenant, SystemRole.OWNER)
        owner = Principal(tenant=self.tenant, actor=OPERATOR, role=role)
        self.manage.save(owner, lambda before: {"password": "other", **given})

    def timers_run(self) -> None:
        """Let what is due of timers happen."""
        for timer in self.timer_queue.take(self.clock()):
            self.run_timer(timer)


def test_decided_4_5_a_mail_that_waits_an_hour_arrives_when_the_settings_are_saved() -> None:
    world = World(*[LATER] * 5)
    world.fail(4)
    world.dispatch()
    row = world.stand.row()
    assert (row.state, row.reason) == (MessageState.RETRY_WAIT, "refused")
    assert row.due_at is not None
    assert row.due_at - world.clock() > HOUR * 0.7
    world.stand.queue.puts = []

    world.save()
    world.clock.advance(AFTER_SAVE)
    world.timers_run()

    assert (world.stand.row().state, world.stand.row().reason) == (MessageState.RETRY_WAIT, SETTINGS_SAVED)
    world.dispatch()
    assert world.stand.states() == ["sent"]
    assert len(world.servers.sent) == 6
    assert not world.refused.alerts
    assert not world.timers.rows


def test_a_save_that_names_no_other_server_tries_nothing() -> None:
    world = World(LATER)
    world.dispatch()
    world.save(password="", reply_to="desk@acme.example")
    assert not world.timers.rows
    assert not world.timer_queue.waiting


def test_a_failing_server_is_tried_at_once_after_the_save() -> None:
    world = World(DOWN, to=("ana@x.test", "bob@x.test"))
    world.dispatch()
    assert len(world.servers.sent) == 1
    assert world.stand.states() == ["retry_wait", "retry_wait"]
    world.stand.queue.puts = []
    world.save()
    world.clock.advance(AFTER_SAVE)
    world.timers_run()
    world.dispatch()
    assert world.stand.states() == ["sent", "sent"]


def test_what_has_arrived_or_failed_for_good_is_left_alone() -> None:
    world = World(LATER, to=("ana@x.test", "bob@x.test"))
    world.dispatch()
    assert world.stand.states() == ["retry_wait", "sent"]
    world.stand.queue.puts = []
    world.save()
    world.clock.advance(AFTER_SAVE)
    world.timers_run()
    ((job, _),) = world.stand.queue.puts
    assert job.positions == (0,)


def test_a_mail_that_a_worker_sends_by_the_settings_from_before_is_tried_again_after_it() -> None:
    world = World(LATER)
    world.dispatch()
    world.stand.queue.puts = []
    waiting = world.stand.row()
    place = (world.stand.batch().key, 0)
    # given a worker that has claimed it and talks to the old server
    world.stand.rows.rows[place] = replace(waiting, state=MessageState.SENDING)
    world.save()
    world.clock.advance(AFTER_SAVE)
    world.timers_run()
    assert not world.stand.queue.puts
    # when it fails there
    world.stand.rows.rows[place] = replace(waiting, due_at=world.clock() + HOUR)
    world.clock.advance(AGAIN)
    world.timers_run()
    assert [job.positions for job, _ in world.stand.queue.puts] == [(0,)]
    assert not world.refused.alerts


def test_after_a_while_no_worker_can_send_by_the_settings_from_before() -> None:
    world = World(LATER)
    world.dispatch()
    place = (world.stand.batch().key, 0)
    world.stand.rows.rows[place] = replace(world.stand.row(), state=MessageState.SENDING)
    world.save()
    for _ in range(LOOKS_FOR // AGAIN + 1):
        world.clock.advance(AGAIN)
        world.timers_run()
    assert not world.timers.rows
    assert not world.refused.alerts


def test_a_save_is_not_made_without_its_timer() -> None:
    world = World(LATER)
    world.dispatch()
    world.timers.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.save()
    assert world.store.get(world.tenant).version == 1


def test_without_the_queue_of_timers_the_sweeper_finds_the_timer() -> None:
    world = World(LATER)
    world.dispatch()
    world.timer_queue.outage.failing = 1
    world.save()
    assert len(world.timers.rows) == 1


def test_without_the_queue_of_jobs_the_message_is_due_and_the_sweeper_finds_it() -> None:
    world = World(LATER)
    world.dispatch()
    world.stand.queue.puts = []
    world.save()
    world.clock.advance(AFTER_SAVE)
    world.stand.queue.outage.failing = 1
    world.timers_run()
    assert world.stand.row().due_at == world.clock()
    assert not world.stand.queue.puts
    world.clock.advance(timedelta(minutes=15))
    assert world.stand.sweep().requeued == 1
