"""The worker of timers. Handler: `run_timers.app.handler`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from run_timers.handler import timer_worker
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.dynamodb.brakes import DynamoDbBrakeBook
from tocsin.adapters.dynamodb.client_messages import DynamoDbClientMessages
from tocsin.adapters.dynamodb.erasure import DynamoDbErasureLedger
from tocsin.adapters.dynamodb.escalations import DynamoDbEscalations
from tocsin.adapters.dynamodb.happenings import DynamoDbHappenings
from tocsin.adapters.dynamodb.key_owners import DynamoDbKeyOwners
from tocsin.adapters.dynamodb.link_sets import DynamoDbLinkSets
from tocsin.adapters.dynamodb.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.schedules import DynamoDbSchedules
from tocsin.adapters.dynamodb.stored_content import DynamoDbStoredContentRepository
from tocsin.adapters.dynamodb.tenants import DynamoDbTenantRepository
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.adapters.dynamodb.together import DynamoDbTogether
from tocsin.adapters.dynamodb.triggers import DynamoDbTriggers
from tocsin.adapters.dynamodb.two_way_numbers import DynamoDbTwoWayNumbers
from tocsin.adapters.dynamodb.work import DynamoDbWorkLedger
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.adapters.scheduler.alarm_clock import AlarmPlace, EventBridgeAlarmClock
from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.application.account_clocks import AccountClocks
from tocsin.application.advance_escalation import AdvanceEscalation
from tocsin.application.brake import RefuseNumbers
from tocsin.application.drop_erased import DropErased
from tocsin.application.end_escalation import EndEscalation
from tocsin.application.join_link_set import JoinLinkSet
from tocsin.application.mail_owners import MailOwners
from tocsin.application.prepare_send import PrepareSend
from tocsin.application.publish_with_callbacks import TellWithCallbacks
from tocsin.application.run_schedule import RunSchedule
from tocsin.application.run_timers import Action, RunTimer
from tocsin.application.send_alert import SendAlert
from tocsin.application.send_triggered import SendTriggered
from tocsin.application.tell_refusals import TellRefusals
from tocsin.application.two_way_senders import CheckSender
from tocsin.domain.alert import Channel, Lane
from tocsin.domain.egress import EgressPolicy
from tocsin.domain.timer import TimerKind
from tocsin.domain.webhook_endpoint import CallbackLane
from tocsin.entrypoint.alert_body.alert import read_for_run
from tocsin.entrypoint.batch_metrics import emit
from tocsin.entrypoint.clock import utc_now
from tocsin.entrypoint.environment import Environment
from tocsin.entrypoint.observability import configure
from tocsin.entrypoint.randomness import SystemRandomness

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
chance = SystemRandomness()
sealer = KmsSealer(clients.kms, clients.dynamodb, settings.table_name, settings.key_id, utc_now, chance)
place = (clients.dynamodb, settings.table_name, sealer, clients.s3, settings.bucket_name)
keys = DynamoDbApiKeyRepository(clients.dynamodb, settings.table_name, sealer, utc_now)
stores = DynamoDbStoredContentRepository(*place)
alerts = DynamoDbAlertRepository(*place)
client_messages = DynamoDbClientMessages(clients.dynamodb, settings.table_name, sealer)
timer_queue = SqsTimerQueue(clients.sqs, settings.timers_queue_url)
happenings = TellWithCallbacks(
    DynamoDbHappenings(clients.dynamodb, settings.table_name, sealer),
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
        refuse_numbers=RefuseNumbers(DynamoDbBrakeBook(clients.dynamodb, settings.table_name), utc_now),
        clocks=AccountClocks(DynamoDbTenantRepository(clients.dynamodb, settings.table_name), utc_now),
        join=JoinLinkSet(DynamoDbLinkSets(*place)),
        check_sender=CheckSender(DynamoDbTwoWayNumbers(clients.dynamodb, settings.table_name), utc_now),
        drop_erased=DropErased(DynamoDbErasureLedger(clients.dynamodb, settings.table_name), sealer),
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
    DynamoDbSchedules(clients.dynamodb, settings.table_name, sealer),
    DynamoDbTogether(clients.dynamodb, settings.table_name, sealer, stores, clients.s3, settings.bucket_name),
    stores,
    keys,
    send_alert,
    read_for_run,
    client_messages,
)
send_triggered = SendTriggered(
    triggers=DynamoDbTriggers(*place),
    keys=keys,
    stores=stores,
    alerts=alerts,
    send=send_alert,
    read=read_for_run,
    happenings=happenings,
    messages=client_messages,
)

escalations = DynamoDbEscalations(*place)
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
        rows=DynamoDbMessageRows(clients.dynamodb, settings.table_name),
        ledger=DynamoDbWorkLedger(clients.dynamodb, settings.table_name),
        happenings=happenings,
        messages=client_messages,
        keys=keys,
        send=send_alert,
        read=read_for_run,
        mail_owners=MailOwners(
            DynamoDbKeyOwners(clients.dynamodb, settings.table_name, sealer), alerts, dispatch_queue, utc_now
        ),
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
    timers=DynamoDbTimers(clients.dynamodb, settings.table_name),
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
