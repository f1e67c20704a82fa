"""The actions of each kind of participant in the transaction that accepts an alert."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.dynamodb import escalation as escalations
from tocsin.adapters.dynamodb import linked_alerts as link_sets
from tocsin.adapters.dynamodb.schedules import schedule_actions
from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.bucket import Contents
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.triggers.trigger_actions import activation_actions, store_there, trigger_run_sent
from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import delivery_row
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.participants import Participant
from tocsin.escalation.domain.escalation import EscalationBegun, StepTaken
from tocsin.kernel.ports import Sealer
from tocsin.linked_alerts.domain.link_set import LinkBegun, LinkJoined
from tocsin.personal_notices.domain.notice_run import NoticeRunWritten
from tocsin.schedules.domain.schedule import ScheduleChanged, ScheduleRun
from tocsin.tenant_mail.domain.mail_run import MailRunWritten
from tocsin.tenant_mail.domain.voicemails import VoicemailsWritten
from tocsin.triggers.domain.trigger import TriggerActivated, TriggerRunSent
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed


def participant_actions(participant: Participant, alert: Alert, sealer: Sealer, store: Contents) -> Sequence[Item]:
    """Return the actions, each with the condition under which it still holds.

    If a condition fails, nothing of the transaction is written, and the outcome is `Conflict`.
    """
    match participant:
        case LinkBegun():
            return link_sets.begun(participant, alert, store)
        case LinkJoined():
            return link_sets.joined(participant, alert)
        case EscalationBegun():
            return escalations.begun(participant, alert, store)
        case StepTaken():
            return [escalations.moved(participant.before, participant.after)]
        case TriggerActivated():
            there = store_there(participant, alert.accepted_at)
            return [there, *activation_actions(participant, sealer, alert.accepted_at)]
        case TriggerRunSent():
            return [trigger_run_sent(participant, alert.ref)]
        case _:
            return actions_alone(participant, sealer)


def actions_alone(participant: Participant, sealer: Sealer) -> Sequence[Item]:
    """Return the actions of a participant that can be written without an alert, each with its condition."""
    match participant:
        case ScheduleChanged() | ScheduleRun():
            return schedule_actions(participant, sealer)
        case DeliveryOwed(delivery):
            return [put(delivery_row(sealer, delivery), FREE)]
        case MailRunWritten() | VoicemailsWritten():
            from tocsin.adapters.dynamodb.tenant_mail.mail_runs import mail_actions

            return mail_actions(participant, sealer)
        case NoticeRunWritten():
            from tocsin.adapters.dynamodb.notice_runs import notice_run_actions

            return notice_run_actions(participant, sealer)
        case _:
            # Only the functions that run alert rules get here, so the others do not load what belongs to rules.
            from tocsin.adapters.dynamodb.alert_rules.windows import run_actions

            return run_actions(participant, sealer)
