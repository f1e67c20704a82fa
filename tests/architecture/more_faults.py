"""Faults of the promises in `promises/general.py`: one for each kind that scanners do not see."""

from __future__ import annotations

from typing import Any

from tests.architecture.deployment import MAIN, Sources
from tests.architecture.faults import DATA, EDGE, INBOUND, MESSAGING, OBSERVABILITY, Fault, breaks, granting, p, setting

ANYBODY = {"AWS": "*"}


def trusting(role: str, **changes: Any) -> Fault:
    """Return the fault that changes who may assume a role."""

    def fault(sources: Sources) -> None:
        p(sources, MAIN, role)["AssumeRolePolicyDocument"]["Statement"][0].update(changes)

    return fault


def allowing(path: str, resource: str, sid: str, document: str = "PolicyDocument", **changes: Any) -> Fault:
    """Return the fault that changes one statement of a resource policy."""

    def fault(sources: Sources) -> None:
        statements = p(sources, path, resource)[document]["Statement"]
        (found,) = [s for s in statements if s.get("Sid") == sid]
        found.update(changes)

    return fault


def rule(number: int, **changes: Any) -> Fault:
    """Return the fault that changes a rule of the firewall."""
    return lambda s: p(s, EDGE, "Firewall")["Rules"][number].update(changes)


NOWHERE = {"StringEquals": {"aws:SourceAccount": "*"}}
ELSEWHERE = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
IF_THERE = {"StringEqualsIfExists": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}

for principal in (ANYBODY, "*", {"AWS": "arn:aws:iam::999999999999:root"}, {"Service": "ec2.amazonaws.com"}):
    breaks("roles_are_assumed_by_our_services_only")(trusting("AlertsApiRole", Principal=principal))
breaks("roles_are_assumed_by_our_services_only")(trusting("ApiLogRole", Principal=ANYBODY))
for condition in (NOWHERE, ELSEWHERE, IF_THERE, {"Bool": {"aws:SecureTransport": "true"}}):
    breaks("services_act_for_this_account_only")(
        allowing(INBOUND, "MailBucketPolicy", "SesOfThisAccount", Condition=condition)
    )
breaks("services_act_for_this_account_only")(
    allowing(INBOUND, "MailsQueuePolicy", "BucketsOfThisAccount", Condition=NOWHERE)
)
breaks("services_act_for_this_account_only")(
    allowing(INBOUND, "SmsInboundPolicy", "EndUserMessagingOfThisAccount", Condition=ELSEWHERE)
)
breaks("services_act_for_this_account_only")(
    allowing(INBOUND, "InboundKey", "MailsIntoOurBucket", "KeyPolicy", Condition=NOWHERE)
)
breaks("services_act_for_this_account_only")(
    allowing(
        MESSAGING,
        "TransportKey",
        "LogGroupsOfThisAccount",
        "KeyPolicy",
        Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "*"}},
    )
)
for policy in ("MailBucketPolicy", "EmailEventsPolicy"):
    breaks("resources_are_open_to_nobody_unconditionally")(allowing(INBOUND, policy, "SesOfThisAccount", Condition={}))
breaks("other_accounts_have_no_rights")(
    allowing(DATA, "DataKey", "AccountDecidesByRoles", "KeyPolicy", Principal={"AWS": "arn:aws:iam::999999999999:root"})
)
breaks("a_function_has_the_queues_of_its_own_work")(
    granting("LinksRole", "QueueTriggerRuns", Resource={"Fn::GetAtt": "Messaging.Outputs.SmsUrgentQueueArn"})
)
breaks("a_function_has_the_queues_of_its_own_work")(
    granting("RunTimersRole", "TakeFromItsQueue", Resource={"Fn::GetAtt": "Messaging.Outputs.WebhookQueueArn"})
)
breaks("roles_list_their_actions")(granting("SweepRole", "BigContents", Effect="Deny"))
breaks("the_firewall_blocks")(rule(0, Action={"Count": {}}))
breaks("the_firewall_blocks")(rule(1, OverrideAction={"Count": {}}))
breaks("the_firewall_blocks")(rule(2, OverrideAction={"Count": {}}))
breaks("the_firewall_blocks")(rule(0, Statement={"RateBasedStatement": {"AggregateKeyType": "IP", "Limit": 2_000_000}}))
breaks("alarms_are_switched_on")(setting(False, OBSERVABILITY, "SweepHeartbeatAlarm", "ActionsEnabled"))
breaks("alarms_are_switched_on")(setting(9, OBSERVABILITY, "ApiFaultsAlarm", "DatapointsToAlarm"))
breaks("alarms_are_switched_on")(setting("ignore", OBSERVABILITY, "SpendCapAlarm", "TreatMissingData"))
breaks("alarms_look_at_what_is_there")(setting("other", OBSERVABILITY, "ApiFaultsAlarm", "Dimensions", 0, "Value"))
breaks("alarms_look_at_what_is_there")(setting("AWS/SQS", OBSERVABILITY, "TimersLateAlarm", "Namespace"))
breaks("an_alarm_reaches_somebody")(setting([], OBSERVABILITY, "SpendCapAlarm", "AlarmActions"))
breaks("reservations_fit_an_account")(setting(1_200, MAIN, "DeliverWebhook", "ReservedConcurrentExecutions"))
breaks("reservations_fit_an_account")(setting(0, MAIN, "Authorizer", "ReservedConcurrentExecutions"))
breaks("topics_are_encrypted")(lambda s: p(s, OBSERVABILITY, "TomorrowAlarms").pop("KmsMasterKeyId"))
breaks("calls_are_traced_from_the_gateway_on")(setting(False, MAIN, "Api", "TracingEnabled"))
breaks("the_api_is_for_servers_not_for_pages_of_others")(
    setting(
        "'*'", MAIN, "Api", "GatewayResponses", "UNAUTHORIZED", "ResponseParameters", "Headers",
        "Access-Control-Allow-Origin",
    )
)  # fmt: skip
breaks("buckets_keep_versions_and_have_no_acl")(setting("PublicRead", INBOUND, "MailBucket", "AccessControl"))
breaks("buckets_keep_versions_and_have_no_acl")(
    setting("Suspended", DATA, "MediaBucket", "VersioningConfiguration", "Status")
)
breaks("queues_and_schedules_are_switched_on")(
    setting(False, MAIN, "DispatchSms", "Events", "Urgent", "Properties", "Enabled")
)
breaks("queues_and_schedules_are_switched_on")(
    setting("DISABLED", MAIN, "Sweep", "Events", "EveryMinute", "Properties", "State")
)
breaks("keys_work_and_are_not_destroyed_in_haste")(setting(False, DATA, "DataKey", "Enabled"))
breaks("keys_work_and_are_not_destroyed_in_haste")(setting(7, DATA, "DataKey", "PendingWindowInDays"))
for count in (1, 1_000):
    breaks("what_fails_five_times_is_kept_apart")(
        setting(count, MESSAGING, "TimersQueue", "RedrivePolicy", "maxReceiveCount")
    )
breaks("what_fails_five_times_is_kept_apart")(lambda s: p(s, MESSAGING, "WebhookQueue").pop("RedrivePolicy"))
breaks("the_table_costs_what_is_used_and_forgets_what_expired")(
    setting(False, DATA, "CoreTable", "TimeToLiveSpecification", "Enabled")
)
breaks("the_table_can_be_had_back_and_not_be_deleted")(
    setting(False, DATA, "CoreTable", "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")
)


@breaks("what_people_gave_us_outlives_the_stack")
def _a_key_that_goes_with_the_stack(sources: Sources) -> None:
    sources[DATA]["Resources"]["DataKey"]["DeletionPolicy"] = "Delete"


@breaks("functions_are_called_by_named_sources")
def _a_function_without_a_guard(sources: Sources) -> None:
    sources[MAIN]["Resources"]["Url"] = {
        "Type": "AWS::Lambda::Url",
        "Properties": {"AuthType": "NONE", "TargetFunctionArn": {"Fn::GetAtt": "AlertsApi.Arn"}},
    }


@breaks("services_act_for_this_account_only")
def _a_function_that_everybody_calls(sources: Sources) -> None:
    sources[MAIN]["Resources"]["Open"] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "AlertsApi"},
            "Principal": "*",
            "SourceArn": "*",
        },
    }


@breaks("domains_take_new_tls_only")
def _a_domain_with_old_tls(sources: Sources) -> None:
    sources[MAIN]["Resources"]["Domain"] = {
        "Type": "AWS::ApiGateway::DomainName",
        "Properties": {"DomainName": "api.example.org", "SecurityPolicy": "TLS_1_0"},
    }


@breaks("mails_are_taken_in_and_scanned")
def _a_rule_that_is_switched_off(sources: Sources) -> None:
    sources[MAIN]["Parameters"]["EmailReceiptRuleSet"]["Default"] = "default"
    p(sources, INBOUND, "MailRule")["Rule"]["Enabled"] = False


breaks("roles_touch_resources_of_this_account")(granting("LinksRole", "BigContents", Resource="arn:aws:s3:::*"))
breaks("roles_touch_resources_of_this_account")(
    granting("LinksRole", "QueueEncryption", Resource="arn:aws:kms:*:*:key/*")
)
breaks("roles_touch_resources_of_this_account")(
    granting("DispatchEmailRole", "Mail", Resource="arn:aws:ses:*:*:identity/*")
)
breaks("a_function_writes_its_own_log")(
    granting("LinksRole", "WriteItsLog", Resource={"Fn::GetAtt": ["SweepLog", "Arn"]})
)
breaks("no_role_changes_identities")(granting("LinksRole", "Rows", Action="iam:CreateUser"))
breaks("services_may_only_hand_in")(allowing(INBOUND, "MailBucketPolicy", "SesOfThisAccount", Action="s3:*"))
breaks("services_may_only_hand_in")(allowing(INBOUND, "EmailEventsPolicy", "SesOfThisAccount", Action="sns:*"))
breaks("a_table_is_encrypted_at_all")(setting(False, DATA, "CoreTable", "SSESpecification", "SSEEnabled"))
breaks("a_limit_of_calls_is_a_limit")(setting(100_000, MAIN, "Api", "MethodSettings", 0, "ThrottlingRateLimit"))
breaks("the_firewall_has_the_rules_of_aws")(lambda s: p(s, EDGE, "Firewall")["Rules"].pop(1))
breaks("an_alarm_can_become_on")(setting("LessThanThreshold", OBSERVABILITY, "EmailPausedAlarm", "ComparisonOperator"))
breaks("an_alarm_can_become_on")(setting(1_000, OBSERVABILITY, "SmsUrgentAgeAlarm", "EvaluationPeriods"))

for action in ("DeleteItem", "PartiQLDelete", "BatchWriteItem", "Query"):
    breaks("a_function_has_the_rows_of_its_own_work")(
        granting("LinksRole", "Rows", Action=["dynamodb:GetItem", f"dynamodb:{action}"])
    )
breaks("a_function_has_the_rows_of_its_own_work")(granting("AuthorizerRole", "Rows", Action="dynamodb:PutItem"))
breaks("topics_lead_to_queues_and_lose_nothing")(setting("https", INBOUND, "SmsInboundSubscription", "Protocol"))
breaks("topics_lead_to_queues_and_lose_nothing")(
    setting({"kind": ["other"]}, INBOUND, "EmailEventsSubscription", "FilterPolicy")
)
for rule_number in range(3):
    breaks("raw_mails_are_forgotten")(
        setting("Disabled", INBOUND, "MailBucket", "LifecycleConfiguration", "Rules", rule_number, "Status")
    )
breaks("raw_mails_are_forgotten")(
    setting(3_650, INBOUND, "MailBucket", "LifecycleConfiguration", "Rules", 0, "ExpirationInDays")
)
for alarm in ("SpendCapAlarm", "SweepRepairedAlarm", "FunctionErrorsAlarm"):
    breaks("alarms_on_counts_begin_with_the_first")(setting(100, OBSERVABILITY, alarm, "Threshold"))
breaks("logs_hold_no_details")(setting("DEBUG", MAIN, "Links", "Environment", "Variables", "LOG_LEVEL"))


@breaks("logs_hold_no_details")
def _details_in_all_logs(sources: Sources) -> None:
    sources[MAIN]["Parameters"]["LogLevel"]["Default"] = "DEBUG"


@breaks("callbacks_reach_public_addresses_unless_asked_for")
def _open_egress(sources: Sources) -> None:
    sources[MAIN]["Parameters"]["OpenEgress"]["Default"] = "true"


breaks("large_answers_are_compressed")(setting(None, MAIN, "Api", "MinimumCompressionSize"))
breaks("the_api_is_in_one_region")(setting({"Type": "EDGE"}, MAIN, "Api", "EndpointConfiguration"))
breaks("deleted_objects_are_gone_within_the_promised_35_days")(
    setting("Disabled", DATA, "MediaBucket", "LifecycleConfiguration", "Rules", 0, "Status")
)

IDENTITY = "infra/identity.yaml"
_PASSWORDS = ("Policies", "PasswordPolicy")
breaks("passwords_are_long_and_of_any_characters")(setting(8, IDENTITY, "People", *_PASSWORDS, "MinimumLength"))
breaks("passwords_are_long_and_of_any_characters")(setting(True, IDENTITY, "People", *_PASSWORDS, "RequireSymbols"))
breaks("nobody_signs_up_or_tries_passwords_past_the_throttle")(
    setting({"AllowAdminCreateUserOnly": False}, IDENTITY, "People", "AdminCreateUserConfig")
)
breaks("nobody_signs_up_or_tries_passwords_past_the_throttle")(
    setting(["ALLOW_USER_PASSWORD_AUTH"], IDENTITY, "ConsoleClient", "ExplicitAuthFlows")
)
breaks("nobody_signs_up_or_tries_passwords_past_the_throttle")(
    setting("LEGACY", IDENTITY, "ConsoleClient", "PreventUserExistenceErrors")
)

EVENTS = "infra/events.yaml"

for queue in ("TelephonyQueuePolicy", "TelephonyDeadLettersPolicy"):
    breaks("telephony_events_come_by_our_rules")(
        allowing(
            INBOUND,
            queue,
            "OurTelephonyRules",
            Condition={"ArnEquals": {"aws:SourceArn": ["arn:aws:events:eu-west-2:123456789012:rule/*"]}},
        )
    )


def of_other_accounts(**changes: Any) -> Fault:
    """Return the fault that changes what other accounts may put on the bus."""

    def fault(sources: Sources) -> None:
        sources[MAIN]["Parameters"]["TelephonyAccounts"]["Default"] = "111122223333"
        p(sources, EVENTS, "TelephonyBusPolicy")["Statement"].update(changes)

    return fault


for change in (
    {"Principal": "*"},
    {"Action": "events:*"},
    {"Condition": {"StringLike": {"events:source": "*"}}},
    {
        "Resource": {
            "Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${Prefix}-results"
        }
    },
):
    breaks("another_account_puts_events_of_tenants_on_one_bus_only")(of_other_accounts(**change))
