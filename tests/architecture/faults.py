"""One fault per promise: what somebody might do to the templates on a bad day, and the promise that must notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.architecture.deployment import MAIN, Sources

DATA, MESSAGING = "infra/data.yaml", "infra/messaging.yaml"
INBOUND = "infra/inbound.yaml"
EDGE, OBSERVABILITY = "infra/edge.yaml", "infra/observability.yaml"

Fault = Callable[[Sources], None]

FAULTS: list[tuple[str, Fault]] = []
"""(the promise it breaks, the fault)."""


def breaks(promise: str) -> Callable[[Fault], Fault]:
    """Say which promise a fault breaks."""

    def note(fault: Fault) -> Fault:
        FAULTS.append((promise, fault))
        return fault

    return note


def p(sources: Sources, path: str, resource: str) -> Any:
    """Return the properties of a resource."""
    return sources[path]["Resources"][resource]["Properties"]


def statement(sources: Sources, role: str, sid: str) -> Any:
    """Return one policy statement of a role."""
    flat: list[Any] = []
    for entry in p(sources, MAIN, role)["Policies"][0]["PolicyDocument"]["Statement"]:
        flat += entry["Fn::If"][1:] if "Fn::If" in entry else [entry]
    (found,) = [entry for entry in flat if entry.get("Sid") == sid]
    return found


def dropping(path: str, resource: str, *keys: str) -> Fault:
    """Return the fault that takes one property away."""

    def fault(sources: Sources) -> None:
        place = p(sources, path, resource)
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return fault


def setting(value: Any, path: str, resource: str, *keys: Any) -> Fault:
    """Return the fault that gives one property another value."""

    def fault(sources: Sources) -> None:
        place = p(sources, path, resource)
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value

    return fault


def granting(role: str, sid: str, **changes: Any) -> Fault:
    """Return the fault that changes one policy statement; None takes a key away."""

    def fault(sources: Sources) -> None:
        found = statement(sources, role, sid)
        for key, value in changes.items():
            found.pop(key, None)
            if value is not None:
                found[key] = value

    return fault


# --- messaging ---
breaks("messages_stay_hidden_for_three_timeouts")(setting(61, MAIN, "DispatchSms", "Timeout"))
breaks("failures_are_reported_by_message")(
    dropping(MAIN, "DispatchSms", "Events", "Bulk", "Properties", "FunctionResponseTypes")
)
breaks("messages_stay_hidden_for_three_timeouts")(
    setting(3, MAIN, "TrackEvents", "Events", "InboundEvents", "Properties", "MaximumBatchingWindowInSeconds")
)
breaks("batches_are_small")(setting(11, MAIN, "DispatchEmail", "Events", "Bulk", "Properties", "BatchSize"))
breaks("batches_are_small")(setting(201, MAIN, "TrackEvents", "Events", "InboundEvents", "Properties", "BatchSize"))
breaks("batches_are_small")(
    setting(0, MAIN, "TrackEvents", "Events", "InboundEvents", "Properties", "MaximumBatchingWindowInSeconds")
)
breaks("what_fails_five_times_is_kept_apart")(
    setting(10, MESSAGING, "SmsBulkQueue", "RedrivePolicy", "maxReceiveCount")
)
breaks("dead_letters_outlive_their_source")(dropping(MESSAGING, "EmailBulkDeadLetters", "MessageRetentionPeriod"))
breaks("dead_letters_outlive_their_source")(setting(1_209_600, MESSAGING, "EmailBulkQueue", "MessageRetentionPeriod"))
breaks("a_dead_letter_queue_takes_from_its_own_source_only")(
    dropping(MESSAGING, "SmsUrgentDeadLetters", "RedriveAllowPolicy")
)
breaks("lanes_share_what_their_function_has")(
    setting(26, MAIN, "DispatchSms", "Events", "Bulk", "Properties", "ScalingConfig", "MaximumConcurrency")
)
breaks("queues_are_encrypted_with_our_key")(dropping(MESSAGING, "SmsUrgentQueue", "KmsMasterKeyId"))
breaks("queues_take_tls_only")(lambda s: p(s, MESSAGING, "QueuesTlsOnly")["Queues"].pop())
breaks("schedules_are_tried_again_and_then_kept")(
    dropping(MAIN, "Sweep", "Events", "EveryMinute", "Properties", "RetryPolicy")
)


# --- what comes in ---
@breaks("what_comes_in_comes_by_our_topics")
def _a_queue_that_takes_from_any_topic(sources: Sources) -> None:
    allowed = p(sources, INBOUND, "EventsQueuePolicy")["PolicyDocument"]["Statement"][0]
    allowed["Condition"] = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


breaks("what_comes_in_comes_by_our_topics")(setting(True, INBOUND, "SmsInboundSubscription", "RawMessageDelivery"))
breaks("what_comes_in_comes_by_our_topics")(lambda s: s[INBOUND]["Resources"].pop("EmailEventsSubscription"))
breaks("what_comes_in_comes_by_our_topics")(dropping(INBOUND, "SmsEvents", "KmsMasterKeyId"))
breaks("what_comes_in_comes_by_our_topics")(
    setting(
        {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Prefix}-events"},
        *(INBOUND, "SmsInboundSubscription", "Endpoint"),
    )
)
breaks("queues_are_encrypted_with_our_key")(dropping(INBOUND, "EventsDeadLetters", "KmsMasterKeyId"))
breaks("queues_are_encrypted_with_our_key")(dropping(INBOUND, "MailsQueue", "KmsMasterKeyId"))
breaks("only_its_own_function_reads_what_comes_in")(
    granting("SweepRole", "BigContents", Resource={"Fn::Sub": "${Inbound.Outputs.MailBucketArn}/*"})
)
breaks("only_its_own_function_reads_what_comes_in")(
    granting("ReceiveTextsRole", "BigContents", Resource={"Fn::Sub": "${Inbound.Outputs.MailBucketArn}/*"})
)
breaks("answers_that_failed_come_back_within_30_s")(setting(60, INBOUND, "TextsQueue", "VisibilityTimeout"))
breaks("messages_stay_hidden_for_three_timeouts")(setting(11, MAIN, "ReceiveMails", "Timeout"))
breaks("what_became_of_a_message_is_told")(
    setting(["bounce"], INBOUND, "EmailConfigurationEvents", "EventDestination", "MatchingEventTypes")
)
breaks("what_became_of_a_message_is_told")(
    setting("", MAIN, "DispatchEmail", "Environment", "Variables", "EMAIL_CONFIGURATION_SET")
)
breaks("one_tenants_receivers_silence_no_other_tenant")(dropping(INBOUND, "EmailConfiguration", "SuppressionOptions"))
breaks("what_nobody_understands_wakes_somebody")(lambda s: s[OBSERVABILITY]["Resources"].pop("EventsUnreadableAlarm"))

# --- permissions ---
breaks("every_function_has_a_role_of_its_own")(setting({"Fn::GetAtt": "AlertsApiRole.Arn"}, MAIN, "Authorizer", "Role"))
breaks("no_role_has_a_managed_policy_of_amazons")(
    setting(["arn:aws:iam::aws:policy/ReadOnlyAccess"], MAIN, "SweepRole", "ManagedPolicyArns")
)
breaks("no_role_may_do_everything_of_a_service")(granting("SweepRole", "BigContents", Action="s3:*"))
breaks("roles_name_what_they_touch")(granting("AuthorizerRole", "Rows", Resource="*"))
breaks("texts_go_to_numbers_and_never_to_topics")(
    granting("DispatchSmsRole", "TextBySns", NotResource="arn:aws:sns:*:*:x")
)
breaks("only_senders_may_call_a_provider")(granting("SweepRole", "BigContents", Action="ses:SendEmail"))
breaks("only_senders_may_call_a_provider")(granting("SweepRole", "BigContents", Action="events:PutEvents"))
breaks("nobody_scans_passes_roles_or_destroys")(
    granting("AuthorizerRole", "Rows", Action=["dynamodb:GetItem", "dynamodb:Scan"])
)
breaks("nobody_scans_passes_roles_or_destroys")(granting("SweepRole", "BigContents", Action="iam:PassRole"))
breaks("nobody_scans_passes_roles_or_destroys")(granting("RunTimersRole", "PassWakeUpRole", Condition=None))
breaks("an_alarm_can_enqueue_and_do_nothing_else")(granting("TimerWakeUpRole", "Enqueue", Action="sqs:ReceiveMessage"))
breaks("an_alarm_can_enqueue_and_do_nothing_else")(
    granting("RunTimersRole", "CreateWakeUps", Action=["scheduler:CreateSchedule", "scheduler:DeleteSchedule"])
)
breaks("only_the_sweeper_reads_across_tenants")(
    granting("AlertsApiRole", "IndexGsi1", Resource={"Fn::Sub": "${Data.Outputs.TableArn}/index/*"})
)
breaks("only_the_sweeper_sees_queues_that_it_does_not_empty")(
    granting("SweepRole", "SeeBulkQueues", Resource=[{"Fn::GetAtt": ["Messaging", "Outputs.TimersQueueArn"]}])
)
breaks("data_keys_open_for_a_named_tenant_only")(granting("AlertsApiRole", "DataKeysOfTenants", Condition=None))
breaks("data_keys_open_for_a_named_tenant_only")(granting("AuthorizerRole", "EncryptionAtRest", Condition=None))


@breaks("the_scheduler_acts_for_its_own_group_only")
def _a_trust_without_a_source(sources: Sources) -> None:
    trust = p(sources, MAIN, "SweepScheduleRole")["AssumeRolePolicyDocument"]["Statement"][0]
    del trust["Condition"]["ArnEquals"]


@breaks("functions_are_called_by_named_sources")
def _an_open_permission(sources: Sources) -> None:
    sources[MAIN]["Resources"]["Open"] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": "x", "Principal": "sns.amazonaws.com"},
    }


@breaks("resources_are_open_to_nobody_unconditionally")
def _a_topic_for_everybody(sources: Sources) -> None:
    document = p(sources, OBSERVABILITY, "WakeAlarmsPolicy")["PolicyDocument"]
    document["Statement"][0] |= {"Principal": "*", "Condition": {}}


# --- data ---
@breaks("what_people_gave_us_outlives_the_stack")
def _a_table_that_a_replacement_deletes(sources: Sources) -> None:
    del sources[DATA]["Resources"]["CoreTable"]["UpdateReplacePolicy"]


@breaks("the_table_can_be_had_back_and_not_be_deleted")
def _protection_off_unless_asked_for(sources: Sources) -> None:
    sources[MAIN]["Parameters"]["DeletionProtection"]["Default"] = "false"


breaks("the_table_can_be_had_back_and_not_be_deleted")(dropping(DATA, "CoreTable", "PointInTimeRecoverySpecification"))
breaks("the_table_costs_what_is_used_and_forgets_what_expired")(
    setting("expires", DATA, "CoreTable", "TimeToLiveSpecification", "AttributeName")
)
breaks("data_at_rest_is_under_our_key")(dropping(DATA, "CoreTable", "SSESpecification", "KMSMasterKeyId"))
breaks("data_at_rest_is_under_our_key")(dropping(DATA, "MediaBucket", "BucketEncryption"))
breaks("keys_rotate")(dropping(MESSAGING, "TransportKey", "EnableKeyRotation"))
breaks("buckets_are_closed_to_the_public")(
    dropping(DATA, "MediaBucket", "PublicAccessBlockConfiguration", "BlockPublicPolicy")
)


@breaks("buckets_take_tls_only")
def _tls_for_objects_only(sources: Sources) -> None:
    p(sources, DATA, "MediaBucketPolicy")["PolicyDocument"]["Statement"][0]["Resource"].pop(0)


breaks("objects_of_alerts_that_are_over_are_removed")(
    setting(31, DATA, "MediaBucket", "LifecycleConfiguration", "Rules", 3, "ExpirationInDays")
)
breaks("deleted_objects_are_gone_within_the_promised_35_days")(
    setting(
        36, DATA, "MediaBucket", "LifecycleConfiguration", "Rules", 0, "NoncurrentVersionExpiration", "NoncurrentDays"
    )
)


# --- edge ---
@breaks("every_route_has_an_authorizer_or_is_public_by_name")
def _a_route_that_forgot(sources: Sources) -> None:
    p(sources, MAIN, "Api")["DefinitionBody"]["paths"]["/alerts/{alert_ref}"]["get"]["security"] = [{"NONE": []}]


@breaks("every_route_has_an_authorizer_or_is_public_by_name")
def _a_new_public_route(sources: Sources) -> None:
    paths = p(sources, MAIN, "Api")["DefinitionBody"]["paths"]
    paths["/debug"] = paths["/health"]


@breaks("a_variable_of_a_path_has_one_name")
def _two_names_of_one_variable(sources: Sources) -> None:
    paths = p(sources, MAIN, "Api")["DefinitionBody"]["paths"]
    paths["/alerts/{reference}/more"] = paths["/alerts/{alert_ref}"]


breaks("a_withdrawn_key_is_refused_within_a_minute")(
    setting(
        {"ReauthorizeEvery": 300, "Context": ["identity.sourceIp"]},
        MAIN,
        "Api",
        "Auth",
        "Authorizers",
        "KeyAuthorizer",
        "Identity",
    )
)
breaks("either_of_two_headers_is_enough")(
    setting(
        {"ReauthorizeEvery": 60, "Headers": ["Authorization", "X-API-Key"]},
        MAIN,
        "Api",
        "Auth",
        "Authorizers",
        "KeyAuthorizer",
        "Identity",
    )
)
breaks("calls_are_throttled_and_sends_more_so")(lambda s: p(s, MAIN, "Api")["MethodSettings"].pop())
breaks("bodies_are_never_logged")(setting(True, MAIN, "Api", "MethodSettings", 0, "DataTraceEnabled"))
breaks("bodies_are_never_logged")(setting("INFO", MAIN, "Api", "MethodSettings", 1, "LoggingLevel"))
breaks("the_access_log_says_who_called_what_and_never_with_what")(dropping(MAIN, "Api", "AccessLogSetting"))
breaks("the_access_log_says_who_called_what_and_never_with_what")(
    setting('{"status":"$context.status","path":"$context.path"}', MAIN, "Api", "AccessLogSetting", "Format")
)
breaks("the_gateway_answers_in_our_shape")(dropping(MAIN, "Api", "GatewayResponses", "THROTTLED"))
breaks("the_firewall_stands_before_the_api")(lambda s: s[EDGE]["Resources"].pop("FirewallOfStage"))
breaks("the_firewall_stands_before_the_api")(lambda s: p(s, EDGE, "Firewall")["Rules"].pop(0))
breaks("the_firewall_lets_alerts_through")(
    lambda s: p(s, EDGE, "Firewall")["Rules"][2]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"].pop(0)
)

# --- running ---
breaks("environments_hold_known_names_and_no_secret")(
    setting("hunter2", MAIN, "Sweep", "Environment", "Variables", "SMTP_PASSWORD")
)
breaks("environments_are_text")(setting(10, MAIN, "DispatchSms", "Environment", "Variables", "SEND_CONCURRENCY"))
breaks("no_deployed_stage_can_be_sent_to_its_own_inside")(
    setting("true", MAIN, "DeliverWebhook", "Environment", "Variables", "OPEN_EGRESS")
)
breaks("deployed_stages_trust_the_public_authorities_alone")(
    setting("/tmp/ca.pem", MAIN, "DeliverWebhook", "Environment", "Variables", "TRUSTED_CA")
)
breaks("deployed_stages_keep_to_the_systems_clock")(
    setting("/tmp/clock", MAIN, "Sweep", "Environment", "Variables", "CLOCK_FILE")
)
breaks("functions_share_one_runtime_and_both_layers")(setting("python3.12", MAIN, "Sweep", "Runtime"))
breaks("concurrency_is_reserved")(dropping(MAIN, "Authorizer", "ReservedConcurrentExecutions"))
breaks("a_function_gives_up_before_its_caller_does")(setting(30, MAIN, "AlertsApi", "Timeout"))
breaks("sweeps_never_overlap_nor_pile_up")(setting(2, MAIN, "Sweep", "ReservedConcurrentExecutions"))
breaks("sweeps_never_overlap_nor_pile_up")(setting(2, MAIN, "Sweep", "EventInvokeConfig", "MaximumRetryAttempts"))
breaks("logs_are_ours_and_are_forgotten")(dropping(MAIN, "SweepLog", "RetentionInDays"))
breaks("logs_are_ours_and_are_forgotten")(dropping(MAIN, "Sweep", "LoggingConfig"))
breaks("calls_are_traced")(setting("PassThrough", MAIN, "Sweep", "Tracing"))
breaks("a_dead_letter_wakes_somebody")(lambda s: s[OBSERVABILITY]["Resources"].pop("SweepDeadLettersAlarm"))
breaks("what_starts_late_wakes_somebody")(lambda s: s[OBSERVABILITY]["Resources"].pop("TimersLateAlarm"))
breaks("a_queue_that_stands_still_wakes_somebody")(setting(1_201, OBSERVABILITY, "TimersAgeAlarm", "Threshold"))
breaks("a_queue_that_stands_still_wakes_somebody")(setting(900, OBSERVABILITY, "SmsUrgentAgeAlarm", "Threshold"))
breaks("faults_and_throttles_wake_somebody")(lambda s: s[OBSERVABILITY]["Resources"].pop("FunctionThrottlesAlarm"))
breaks("faults_and_throttles_wake_somebody")(lambda s: s[OBSERVABILITY]["Resources"].pop("ApiFaultsAlarm"))
breaks("a_silent_sweeper_wakes_somebody")(
    setting("notBreaching", OBSERVABILITY, "SweepHeartbeatAlarm", "TreatMissingData")
)
breaks("a_sending_limit_that_bites_wakes_somebody")(lambda s: s[OBSERVABILITY]["Resources"].pop("SpendCapAlarm"))
breaks("repairs_and_unknown_outcomes_wake_somebody")(lambda s: s[OBSERVABILITY]["Resources"].pop("SweepRepairedAlarm"))
breaks("repairs_and_unknown_outcomes_wake_somebody")(lambda s: s[OBSERVABILITY]["Resources"].pop("EmailUnknownAlarm"))
breaks("repairs_and_unknown_outcomes_wake_somebody")(
    setting("tocsin", MAIN, "Sweep", "Environment", "Variables", "POWERTOOLS_METRICS_NAMESPACE")
)
breaks("an_alarm_reaches_somebody")(dropping(OBSERVABILITY, "SweepHeartbeatAlarm", "AlarmActions"))
breaks("an_alarm_reaches_somebody")(dropping(OBSERVABILITY, "TableThrottlesAlarm", "OKActions"))
