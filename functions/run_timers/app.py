"""The worker of timers. Handler: `run_timers.app.handler`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from run_timers.handler import timer_worker
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.alerts.together import DynamoDbTogether
from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.delivery.work import DynamoDbWorkLedger
from tocsin.adapters.dynamodb.escalation import DynamoDbEscalations
from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.dynamodb.identity.key_owners import DynamoDbKeyOwners
from tocsin.adapters.dynamodb.identity.tenants import DynamoDbTenantRepository
from tocsin.adapters.dynamodb.limits import DynamoDbBrakeBook
from tocsin.adapters.dynamodb.linked_alerts import DynamoDbLinkSets
from tocsin.adapters.dynamodb.notices import DynamoDbClientMessages
from tocsin.adapters.dynamodb.privacy.erasure_ledger import DynamoDbErasureLedger
from tocsin.adapters.dynamodb.responses.two_way_numbers import DynamoDbTwoWayNumbers
from tocsin.adapters.dynamodb.results.happenings import DynamoDbHappenings
from tocsin.adapters.dynamodb.schedules import DynamoDbSchedules
from tocsin.adapters.dynamodb.stored_content.stored_content import DynamoDbStoredContentRepository
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.adapters.dynamodb.triggers.triggers import DynamoDbTriggers
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.adapters.scheduler.alarm_clock import AlarmPlace, EventBridgeAlarmClock
from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.entrypoint.alert_body.alert import read_for_run
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.environment import Environment
from tocsin.entrypoint.process.observability import configure
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.entrypoint.queue.metrics import emit
from tocsin.escalation.application.advance import AdvanceEscalation
from tocsin.escalation.application.end import EndEscalation
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.limits.application.brake import RefuseNumbers
from tocsin.limits.application.tell_refusals import TellRefusals
from tocsin.linked_alerts.application.join import JoinLinkSet
from tocsin.privacy.application.drop_erased import DropErased
from tocsin.responses.application.two_way_senders import CheckSender
from tocsin.schedules.application.run import RunSchedule
from tocsin.timers.application.run import Action, RunTimer
from tocsin.timers.domain.timer import TimerKind
from tocsin.triggers.application.send import SendTriggered
from tocsin.webhooks.application.publish import TellWithCallbacks
from tocsin.webhooks.domain.endpoint import CallbackLane

SERVICE = "run_timers"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """What the template gives this function.

    Attributes:
        key_id: the KMS key under which the tenants' data keys lie.
        open_egress, link_base_url: as for the API, so that what is sent later is judged as what is sent at once.
        timer_alarm_group: schedule group of the alarms.
        timer_alarm_role_arn: the role the alarm clock takes to put an order on the timer queue.
    """

    table_name: str
    bucket_name: str
    key_id: str
    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    webhook_queue_url: str
    open_egress: bool
    timers_queue_url: str
    timers_queue_arn: str
    timers_dead_letters_arn: str
    timer_alarm_group: str
    timer_alarm_role_arn: str
    link_base_url: str = ""


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()
table = Table(clients.dynamodb, settings.table_name)
bucket = Bucket(clients.s3, settings.bucket_name)
chance = SystemRandomness()
sealer = KmsSealer(clients.kms, clients.dynamodb, settings.table_name, settings.key_id, utc_now, chance)
keys = DynamoDbApiKeyRepository(table, sealer, utc_now)
stores = DynamoDbStoredContentRepository(table, sealer, bucket)
alerts = DynamoDbAlertRepository(table, sealer, bucket)
client_messages = DynamoDbClientMessages(table, sealer)
timer_queue = SqsTimerQueue(clients.sqs, settings.timers_queue_url)
happenings = TellWithCallbacks(
    DynamoDbHappenings(table, sealer),
    SqsCallbackQueue(clients.sqs, {CallbackLane.QUICK: settings.webhook_queue_url}),
)
dispatch_queue = SqsDispatchQueue(
    clients.sqs,
    {
        (Channel.SMS, Lane.URGENT): settings.sms_urgent_queue_url,
        (Channel.SMS, Lane.BULK): settings.sms_bulk_queue_url,
        (Channel.EMAIL, Lane.URGENT): settings.email_urgent_queue_url,
        (Channel.EMAIL, Lane.BULK): settings.email_bulk_queue_url,
    },
)
send_alert = SendAlert(
    PrepareSend(
        stores,
        chance,
        link_base=settings.link_base_url,
        egress=EgressPolicy(loopback=settings.open_egress),
        refuse_numbers=RefuseNumbers(DynamoDbBrakeBook(table), utc_now),
        clocks=AccountClocks(DynamoDbTenantRepository(table), utc_now),
        join=JoinLinkSet(DynamoDbLinkSets(table, sealer, bucket)),
        check_sender=CheckSender(DynamoDbTwoWayNumbers(table), utc_now),
        drop_erased=DropErased(DynamoDbErasureLedger(table), sealer),
    ),
    alerts,
    keys,
    dispatch_queue,
    utc_now,
    client_messages,
    timer_queue,
    TellRefusals(client_messages, lambda brake, count: emit(SERVICE, {"BrakesBit": count}, reason=brake.value)),
)

run_schedule = RunSchedule(
    DynamoDbSchedules(table, sealer),
    DynamoDbTogether(table, sealer, bucket),
    stores,
    keys,
    send_alert,
    read_for_run,
    client_messages,
)
send_triggered = SendTriggered(
    triggers=DynamoDbTriggers(table, sealer, bucket),
    keys=keys,
    stores=stores,
    alerts=alerts,
    send=send_alert,
    read=read_for_run,
    happenings=happenings,
    messages=client_messages,
)

escalations = DynamoDbEscalations(table, sealer, bucket)
advance_escalation = AdvanceEscalation(
    escalations=escalations,
    alerts=alerts,
    keys=keys,
    happenings=happenings,
    send=send_alert,
    read=read_for_run,
    end=EndEscalation(
        escalations=escalations,
        alerts=alerts,
        rows=DynamoDbMessageRows(table),
        ledger=DynamoDbWorkLedger(table),
        happenings=happenings,
        messages=client_messages,
        keys=keys,
        send=send_alert,
        read=read_for_run,
        mail_owners=MailOwners(DynamoDbKeyOwners(table, sealer), alerts, dispatch_queue, utc_now),
    ),
)

actions: Mapping[TimerKind, Action] = {
    TimerKind.ESCALATION: advance_escalation,
    TimerKind.TRIGGER: send_triggered,
    TimerKind.SCHEDULE: run_schedule,
    TimerKind.PROBE: lambda timer, now: None,
}
"""What each kind of timer does when it is due. A kind that is missing here ends among the dead letters."""

run = RunTimer(
    timers=DynamoDbTimers(table),
    queue=timer_queue,
    alarm=EventBridgeAlarmClock(
        clients.scheduler,
        AlarmPlace(
            group=settings.timer_alarm_group,
            queue=settings.timers_queue_arn,
            role=settings.timer_alarm_role_arn,
            dead_letters=settings.timers_dead_letters_arn,
        ),
    ),
    actions=actions,
    clock=utc_now,
)
handler = timer_worker(SERVICE, run)
