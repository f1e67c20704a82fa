"""Promises about functions, their logs, and who is woken when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.architecture.deployment import Deployment, Resource
from tests.architecture.promises import promise
from tests.architecture.promises.messaging import dead_letters, sources

VARIABLES = {
    "ALLOW_PLAIN_SMTP",
    "AWS_ENDPOINT_URL_CONNECT",
    "BUCKET_NAME",
    "CLOCK_FILE",
    "CONNECT_INSTANCE_ARN",
    "CONSOLE_URL",
    "CONTACT_FLOW_ARN",
    "EMAIL_BULK_QUEUE_URL",
    "EMAIL_CONFIGURATION_SET",
    "EMAIL_DOMAIN",
    "EMAIL_EVENTS_TOPIC_ARN",
    "EMAIL_URGENT_QUEUE_URL",
    "EVENTS_OWED_QUEUE_URL",
    "EVENTS_URL",
    "IVR_FUNCTION_NAME",
    "KEY_ID",
    "LINK_BASE_URL",
    "LOG_LEVEL",
    "MAIL_APPS_NAME",
    "MAIL_BUCKET_NAME",
    "MAIL_DOMAIN_PROVIDERS",
    "MAIL_RECEIVED_TOPIC_ARN",
    "MANAGED_LOGIN_URL",
    "OPEN_EGRESS",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_SERVICE_NAME",
    "RECORDINGS_BUCKET_NAME",
    "RESTORED_TABLE",
    "RESULTS_BUS_NAME",
    "SECURE_COOKIES",
    "SENDING",
    "SIMULATED_MAIL_VENDORS",
    "SEND_CONCURRENCY",
    "SIMULATOR_URL",
    "SMS_BULK_QUEUE_URL",
    "SMS_CONFIGURATION_SET",
    "SMS_EVENTS_TOPIC_ARN",
    "SMS_INBOUND_TOPIC_ARN",
    "SMS_PROVIDER",
    "SMS_URGENT_QUEUE_URL",
    "STAGE",
    "TABLE_NAME",
    "TIMERS_DEAD_LETTERS_ARN",
    "TIMERS_QUEUE_ARN",
    "TIMERS_QUEUE_URL",
    "TIMER_WAKE_UP_GROUP",
    "TIMER_WAKE_UP_ROLE_ARN",
    "TOKEN_ISSUER",
    "TOKEN_KEYS_URL",
    "TRUSTED_CA",
    "TWIML_ACCOUNT",
    "TWIML_API_URL",
    "TWIML_APPLICATION",
    "TWIML_PROVIDER",
    "TWIML_PUBLIC_URL",
    "TWIML_SECRET_NAME",
    "USER_POOL_CLIENT_ID",
    "USER_POOL_ID",
    "VOICE_BULK_QUEUE_URL",
    "VOICE_LINES",
    "VOICE_PROVIDER",
    "VOICE_URGENT_QUEUE_URL",
    "WEBHOOK_QUEUE_URL",
    "WEBHOOK_SLOW_QUEUE_URL",
    "WEBHOOK_URGENT_QUEUE_URL",
}
"""All names an environment may use. A secret never gets in here: secrets are sealed rows, or parameters by their names."""


@promise
def environments_hold_known_names_and_no_secret(stack: Deployment) -> Iterator[str]:
    for function in stack.of("Lambda::Function"):
        variables = function.properties["Environment"]["Variables"]
        yield from (f"{function.name}: {name}" for name in set(variables) - VARIABLES)


@promise
def environments_are_text(stack: Deployment) -> Iterator[str]:
    # CloudFormation makes text of a number; the local engine hands it to the process as it is, which refuses it.
    for function in stack.of("Lambda::Function"):
        variables = function.properties["Environment"]["Variables"]
        yield from (f"{function.name}: {name}" for name, value in variables.items() if not isinstance(value, str))


@promise
def no_deployed_stage_can_be_sent_to_its_own_inside(stack: Deployment) -> Iterator[str]:
    for function in stack.of("Lambda::Function"):
        if function.properties["Environment"]["Variables"].get("OPEN_EGRESS", "false") != "false":
            yield function.name


@promise
def deployed_stages_trust_the_public_authorities_alone(stack: Deployment) -> Iterator[str]:
    for function in stack.of("Lambda::Function"):
        if function.properties["Environment"]["Variables"].get("TRUSTED_CA"):
            yield function.name


@promise
def deployed_stages_keep_to_the_systems_clock(stack: Deployment) -> Iterator[str]:
    for function in stack.of("Lambda::Function"):
        if function.properties["Environment"]["Variables"].get("CLOCK_FILE"):
            yield function.name


@promise
def functions_share_one_runtime_and_both_layers(stack: Deployment) -> Iterator[str]:
    for function in stack.of("Lambda::Function"):
        p = function.properties
        layers = [re.sub(r"Layer\w+", "Layer", layer) for layer in p.get("Layers", [])]
        if (p["Runtime"], p["Architectures"], layers) != (
            "python3.13",
            ["x86_64"],
            ["<CoreLayer>", "<DependenciesLayer>"],
        ):
            yield function.name


@promise
def concurrency_is_reserved(stack: Deployment) -> Iterator[str]:
    yield from (f.name for f in stack.of("Lambda::Function") if "ReservedConcurrentExecutions" not in f.properties)


@promise
def a_function_gives_up_before_its_caller_does(stack: Deployment) -> Iterator[str]:
    for name, longest in (("AlertsApi", 28), ("Authorizer", 28), ("Ivr", 8), ("Links", 28), ("Sweep", 59)):
        if stack.resources[name].properties["Timeout"] > longest:
            yield name


@promise
def sweeps_never_overlap_nor_pile_up(stack: Deployment) -> Iterator[str]:
    if stack.resources["Sweep"].properties.get("ReservedConcurrentExecutions") != 1:
        yield "two at a time"
    (config,) = stack.of("Lambda::EventInvokeConfig")
    tries = (config.properties.get("MaximumRetryAttempts"), config.properties.get("MaximumEventAgeInSeconds"))
    kept = config.properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    if tries != (0, 60) or not str(kept).endswith(":tocsin-sweep-dead"):
        yield "missed minutes are caught up with"


@promise
def logs_are_ours_and_are_forgotten(stack: Deployment) -> Iterator[str]:
    for function in stack.of("Lambda::Function"):
        if function.properties.get("LoggingConfig") != {"LogGroup": f"<{function.name}Log>"}:
            yield function.name
    for group in stack.of("Logs::LogGroup"):
        if not group.properties.get("RetentionInDays") or not str(group.properties.get("KmsKeyId")).endswith(
            ":key/<TransportKey>"
        ):
            yield group.name


@promise
def calls_are_traced(stack: Deployment) -> Iterator[str]:
    for function in stack.of("Lambda::Function"):
        if function.properties.get("TracingConfig") != {"Mode": "Active"}:
            yield function.name


def alarms(stack: Deployment, metric: str) -> Iterator[tuple[Resource, dict[str, Any]]]:
    """Yield (alarm, its dimensions) of each alarm that looks at a metric, alone or within a formula."""
    for alarm in stack.of("CloudWatch::Alarm"):
        looked_at = [
            alarm.properties,
            *(m["MetricStat"]["Metric"] for m in alarm.properties.get("Metrics", []) if "MetricStat" in m),
        ]
        for one in looked_at:
            if one.get("MetricName") == metric:
                yield alarm, {d["Name"]: d["Value"] for d in one.get("Dimensions", [])}


@promise
def a_dead_letter_wakes_somebody(stack: Deployment) -> Iterator[str]:
    watched = {
        dimensions["QueueName"]
        for alarm, dimensions in alarms(stack, "ApproximateNumberOfMessagesVisible")
        if alarm.properties["Threshold"] == 0 and alarm.properties["EvaluationPeriods"] == 1
    }
    yield from (n for n in dead_letters(stack) if stack.resources[n].properties["QueueName"] not in watched)


LONGEST_WAITS = {"tocsin-timers": 1_200}
"""Seconds, by queue, for those that do not do with a quarter of an hour: orders of timers may be delayed for as long."""


@promise
def a_queue_that_stands_still_wakes_somebody(stack: Deployment) -> Iterator[str]:
    watched = {d["QueueName"]: a.properties["Threshold"] for a, d in alarms(stack, "ApproximateAgeOfOldestMessage")}
    for _, _, queue in sources(stack):
        name = queue.properties["QueueName"]
        if watched.get(name, 9_999) > (60 if name.endswith("urgent") else LONGEST_WAITS.get(name, 900)):
            yield queue.name


@promise
def faults_and_throttles_wake_somebody(stack: Deployment) -> Iterator[str]:
    functions = {f"<{function.name}>" for function in stack.of("Lambda::Function")}
    for metric in ("Errors", "Throttles"):
        watched = {dimensions.get("FunctionName") for _, dimensions in alarms(stack, metric)}
        yield from (f"{metric} of {name}" for name in functions - watched)
    if not [a for a, _ in alarms(stack, "5XXError") if a.properties["Threshold"] <= 0.001]:
        yield "5XXError"


@promise
def a_silent_sweeper_wakes_somebody(stack: Deployment) -> Iterator[str]:
    beats = [
        alarm
        for alarm, dimensions in alarms(stack, "SweepRuns")
        if dimensions == {"service": "sweep"}
        and alarm.properties["TreatMissingData"] == "breaching"
        and alarm.properties["ComparisonOperator"] == "LessThanThreshold"
    ]
    if not beats:
        yield "no heartbeat"


@promise
def repairs_and_unknown_outcomes_wake_somebody(stack: Deployment) -> Iterator[str]:
    if [dimensions for _, dimensions in alarms(stack, "BatchesRepaired")] != [{"service": "sweep"}]:
        yield "BatchesRepaired"
    services = {dimensions.get("service") for _, dimensions in alarms(stack, "OutcomesUnknown")}
    if services != {"dispatch_sms", "dispatch_email", "dispatch_voice"}:
        yield "OutcomesUnknown"
    for function in stack.of("Lambda::Function"):
        if function.properties["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] != "Tocsin":
            yield f"{function.name} counts elsewhere"


@promise
def what_starts_late_wakes_somebody(stack: Deployment) -> Iterator[str]:
    watched = [
        (dimensions, alarm.properties["Threshold"], alarm.properties["Statistic"])
        for alarm, dimensions in alarms(stack, "TimerLateness")
    ]
    if watched != [({"service": "run_timers"}, 75_000, "Maximum")]:
        yield "TimerLateness"


@promise
def a_sending_limit_that_bites_wakes_somebody(stack: Deployment) -> Iterator[str]:
    exceeded = {
        (dimensions.get("service"), dimensions.get("reason")) for _, dimensions in alarms(stack, "LimitsExceeded")
    }
    money = {("dispatch_sms", "spend_cap"), ("dispatch_voice", "spend_cap")}
    if exceeded != money | {("dispatch_email", "sending_paused")}:
        yield "LimitsExceeded"


@promise
def a_provider_that_is_not_set_up_wakes_somebody(stack: Deployment) -> Iterator[str]:
    if [dimensions for _, dimensions in alarms(stack, "SubmissionsRejected")] != [
        {"service": "dispatch_voice", "reason": "not_set_up"}
    ]:
        yield "SubmissionsRejected"


@promise
def deployed_stages_call_the_true_connect(stack: Deployment) -> Iterator[str]:
    for function in stack.of("Lambda::Function"):
        if function.properties["Environment"]["Variables"].get("AWS_ENDPOINT_URL_CONNECT"):
            yield function.name


@promise
def what_nobody_understands_wakes_somebody(stack: Deployment) -> Iterator[str]:
    expected = [{"service": "track_events"}, {"service": "receive_texts"}]
    if [dimensions for _, dimensions in alarms(stack, "EventsUnreadable")] != expected:
        yield "EventsUnreadable"


@promise
def an_alarm_reaches_somebody(stack: Deployment) -> Iterator[str]:
    for alarm in stack.of("CloudWatch::Alarm"):
        told = alarm.properties.get("AlarmActions")
        if told not in (["<WakeAlarms>"], ["<TomorrowAlarms>"]) or alarm.properties.get("OKActions") != told:
            yield alarm.name
