"""The alerts API. Handler: `alerts_api.app.app`."""

from __future__ import annotations

import gc

from alerts_api.routes.cancelling import cancelling_routes
from alerts_api.routes.collecting import collecting_routes
from alerts_api.routes.managing import managing_routes
from alerts_api.routes.public import public_routes
from alerts_api.routes.reading import reading_routes
from alerts_api.routes.scheduling import scheduling_routes
from alerts_api.routes.sending import Sending, sending_routes
from alerts_api.routes.storing import storing_routes
from alerts_api.settings import Settings
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.alerts.together import DynamoDbTogether
from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.delivery.work import DynamoDbWorkLedger
from tocsin.adapters.dynamodb.escalation import DynamoDbEscalations
from tocsin.adapters.dynamodb.idempotency import DynamoDbAnswerBook
from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.dynamodb.identity.key_owners import DynamoDbKeyOwners
from tocsin.adapters.dynamodb.identity.tenants import DynamoDbTenantRepository
from tocsin.adapters.dynamodb.limits import DynamoDbBrakeBook, DynamoDbMeters
from tocsin.adapters.dynamodb.linked_alerts import DynamoDbLinkSets
from tocsin.adapters.dynamodb.notices import DynamoDbClientMessages
from tocsin.adapters.dynamodb.privacy.erasure_ledger import DynamoDbErasureLedger
from tocsin.adapters.dynamodb.responses.responses import DynamoDbResponses
from tocsin.adapters.dynamodb.responses.two_way_numbers import DynamoDbTwoWayNumbers
from tocsin.adapters.dynamodb.results.results import DynamoDbResultEvents
from tocsin.adapters.dynamodb.schedules import DynamoDbSchedules
from tocsin.adapters.dynamodb.stored_content.stored_content import DynamoDbStoredContentRepository
from tocsin.adapters.dynamodb.suppressions import DynamoDbSuppressions
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.adapters.dynamodb.triggers.triggers import DynamoDbTriggers
from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import DynamoDbWebhookDeliveries
from tocsin.adapters.dynamodb.webhooks.webhook_endpoints import DynamoDbWebhookEndpoints
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.alerts.application.check_later import CheckLater
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Lane
from tocsin.client_api.application.cancel_alerts import CancelAlerts
from tocsin.client_api.application.client_info import ReadInfo, SetInfo
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.http.wire import before_a_snapshot, build_all
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.entrypoint.queue.metrics import emit
from tocsin.escalation.application.answers import WakeEscalation
from tocsin.escalation.application.cancel import CancelEscalations
from tocsin.history.application.explain import ExplainRecipient
from tocsin.history.application.read_alerts import ListAlerts, ReadAlertStatus, ReadRecipients
from tocsin.history.application.read_responses import ReadResponses
from tocsin.idempotency.application.answer_once import AnswerOnce
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.application.authenticate import Authenticate
from tocsin.limits.application.brake import RefuseNumbers
from tocsin.limits.application.tell_refusals import TellRefusals
from tocsin.linked_alerts.application.join import JoinLinkSet
from tocsin.planning.application.plan_send import PlanSend
from tocsin.privacy.application.drop_erased import DropErased
from tocsin.responses.application.two_way_senders import CheckSender
from tocsin.results.application.collect import CollectEvents
from tocsin.schedules.application.begin import BeginSchedule
from tocsin.schedules.application.change import ChangeSchedule
from tocsin.schedules.application.defer import DeferAlert
from tocsin.schedules.application.schedule_alert import ScheduleAlert
from tocsin.schedules.application.send_together import SendTogether
from tocsin.stored_content.application.delete import DeleteContent
from tocsin.stored_content.application.load_alert import LoadStoredAlert
from tocsin.stored_content.application.store import StoreContent
from tocsin.suppressions.application.suppress import Suppress
from tocsin.triggers.application.arm import ArmTrigger
from tocsin.triggers.application.end import EndTrigger
from tocsin.triggers.application.places import TriggerMailboxes, TriggerPlaces
from tocsin.webhooks.application.manage import ManageCallbacks
from tocsin.webhooks.domain.endpoint import CallbackLane

settings = Settings.from_environ()
aws = AwsClients()
table = Table(aws.dynamodb, settings.table_name)
bucket = Bucket(aws.s3, settings.bucket_name)
chance = SystemRandomness()

sealer = KmsSealer(aws.kms, aws.dynamodb, settings.table_name, settings.key_id, utc_now, chance)
keys = DynamoDbApiKeyRepository(table, sealer, utc_now)
owners = DynamoDbKeyOwners(table, sealer)
stores = DynamoDbStoredContentRepository(table, sealer, bucket)
alerts = DynamoDbAlertRepository(table, sealer, bucket)
links = DynamoDbLinkSets(table, sealer, bucket)
numbers = DynamoDbTwoWayNumbers(table)
messages = DynamoDbMessageRows(table)
work = DynamoDbWorkLedger(table)
brakes = DynamoDbBrakeBook(table)
meters = DynamoDbMeters(table)
client_messages = DynamoDbClientMessages(table, sealer)
results = DynamoDbResultEvents(table, sealer)
responses = DynamoDbResponses(table, sealer)
escalations = DynamoDbEscalations(table, sealer, bucket)
queue = SqsDispatchQueue(
    aws.sqs,
    {
        (Channel.SMS, Lane.URGENT): settings.sms_urgent_queue_url,
        (Channel.SMS, Lane.BULK): settings.sms_bulk_queue_url,
        (Channel.EMAIL, Lane.URGENT): settings.email_urgent_queue_url,
        (Channel.EMAIL, Lane.BULK): settings.email_bulk_queue_url,
    },
)

endpoints = DynamoDbWebhookEndpoints(table, sealer)
deliveries = DynamoDbWebhookDeliveries(table, sealer)
callback_queue = SqsCallbackQueue(aws.sqs, {CallbackLane.QUICK: settings.webhook_queue_url})
egress = EgressPolicy(loopback=settings.open_egress)
answer_once = AnswerOnce(DynamoDbAnswerBook(table, sealer), utc_now)
authenticate = Authenticate(keys, sealer)

clocks = AccountClocks(DynamoDbTenantRepository(table), utc_now)
prepare_send = PrepareSend(
    stores,
    chance,
    link_base=settings.link_base_url,
    egress=egress,
    refuse_numbers=RefuseNumbers(brakes, utc_now),
    clocks=clocks,
    join=JoinLinkSet(links),
    check_sender=CheckSender(numbers, utc_now),
    drop_erased=DropErased(DynamoDbErasureLedger(table), sealer),
)
tell_refusals = TellRefusals(
    client_messages, lambda brake, count: emit("alerts_api", {"BrakesBit": count}, reason=brake.value)
)
timers = SqsTimerQueue(aws.sqs, settings.timers_queue_url)
send_alert = SendAlert(prepare_send, alerts, keys, queue, utc_now, client_messages, timers, tell_refusals)
triggers = DynamoDbTriggers(table, sealer, bucket)
places = TriggerPlaces(numbers, TriggerMailboxes(settings.email_domain, sealer))
end_trigger = EndTrigger(triggers, stores, utc_now)

schedules = DynamoDbSchedules(table, sealer)
together = DynamoDbTogether(table, sealer, bucket)
suppress = Suppress(DynamoDbSuppressions(table), sealer)
store_content = StoreContent(stores, utc_now, chance)
check_later = CheckLater(prepare_send)
begin_schedule = BeginSchedule(check_later, clocks, chance)
schedule_alert = ScheduleAlert(begin_schedule, together, stores, timers, utc_now)
change_schedule = ChangeSchedule(schedules, together, stores, timers, utc_now)
load_stored = LoadStoredAlert(stores, utc_now)
cancel_escalations = CancelEscalations(escalations, WakeEscalation(DynamoDbTimers(table), timers, utc_now))

app = create_app("alerts_api")
app.register_blueprint(
    sending_routes(
        authenticate,
        Sending(
            send_alert,
            load_stored,
            schedule_alert,
            DeferAlert(check_later, store_content, together, utc_now),
            SendTogether(
                prepare_send,
                begin_schedule,
                together,
                keys,
                queue,
                timers,
                utc_now,
                client_messages,
                tell_refusals,
            ),
            PlanSend(prepare_send, keys, suppress, clocks, read_stored, utc_now),
            ArmTrigger(check_later, send_alert, alerts, stores, triggers, places, read_stored, utc_now, chance),
        ),
    )
)
app.register_blueprint(scheduling_routes(authenticate, load_stored, schedule_alert, change_schedule))
app.register_blueprint(
    storing_routes(authenticate, store_content, DeleteContent(stores, utc_now, end_trigger), answer_once)
)
app.register_blueprint(
    cancelling_routes(
        authenticate,
        CancelAlerts(alerts, work, utc_now, links, change_schedule, cancel_escalations, end_trigger),
        answer_once,
    )
)
app.register_blueprint(collecting_routes(authenticate, CollectEvents(results, alerts, utc_now), answer_once))
app.register_blueprint(
    reading_routes(
        authenticate,
        ListAlerts(alerts, utc_now),
        ReadAlertStatus(alerts, work, responses, utc_now, escalations),
        ReadRecipients(alerts, messages, responses, sealer, utc_now, settings.link_base_url),
        ReadResponses(alerts, responses, sealer, utc_now),
        ExplainRecipient(alerts, messages, responses, utc_now),
    )
)
app.register_blueprint(
    managing_routes(
        authenticate,
        ReadInfo(
            keys,
            stores,
            results,
            client_messages,
            brakes,
            meters,
            endpoints,
            deliveries,
            clocks,
            schedules,
            triggers,
            places,
            utc_now,
        ),
        SetInfo(keys, egress, utc_now, MailOwners(owners, alerts, queue, utc_now)),
        ManageCallbacks(endpoints, deliveries, callback_queue, utc_now, chance, egress, sealer),
        answer_once,
    )
)
app.register_blueprint(public_routes())

if before_a_snapshot():
    build_all()

# All of this lives as long as the process. The collector's first look at everything would take 0.1 s of a sending.
gc.freeze()
