"""Promises about queues, and about those who read from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.deployment import Deployment, Resource
from tests.architecture.promises import promise

DAY = 86_400


def sources(stack: Deployment) -> Iterator[tuple[Resource, Resource, Resource]]:
    """Yield (mapping, function, queue) of every queue that feeds a function."""
    for mapping in stack.of("Lambda::EventSourceMapping"):
        yield (
            mapping,
            stack.named(mapping.properties["FunctionName"]),
            stack.named(mapping.properties["EventSourceArn"]),
        )


def dead_letters(stack: Deployment) -> set[str]:
    """Return the names of queues that other queues, schedules or functions put what failed into."""
    arns = {
        *(
            str(queue.properties.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
            for queue in stack.of("SQS::Queue")
        ),
        *(str(s.properties["Target"].get("DeadLetterConfig", {}).get("Arn")) for s in stack.of("Scheduler::Schedule")),
    }
    return {stack.named(arn).name for arn in arns if arn != "None"}


@promise
def messages_stay_hidden_for_six_timeouts(stack: Deployment) -> Iterator[str]:
    for _, function, queue in sources(stack):
        if int(queue.properties["VisibilityTimeout"]) < 6 * function.properties["Timeout"]:
            yield queue.name


@promise
def failures_are_reported_by_message(stack: Deployment) -> Iterator[str]:
    for mapping, _, _ in sources(stack):
        if mapping.properties.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield mapping.name


@promise
def batches_are_small(stack: Deployment) -> Iterator[str]:
    for mapping, _, _ in sources(stack):
        if mapping.properties.get("BatchSize", 10) > 10:
            yield mapping.name


@promise
def what_fails_five_times_is_kept_apart(stack: Deployment) -> Iterator[str]:
    taken: set[str] = set()
    for _, _, queue in sources(stack):
        redrive = queue.properties.get("RedrivePolicy", {})
        target = redrive.get("deadLetterTargetArn")
        if redrive.get("maxReceiveCount") != 5 or target is None or target in taken:
            yield queue.name
        taken.add(str(target))


@promise
def dead_letters_outlive_their_source(stack: Deployment) -> Iterator[str]:
    for name in dead_letters(stack):
        if stack.resources[name].properties.get("MessageRetentionPeriod") != 14 * DAY:
            yield name
    for _, _, queue in sources(stack):
        if queue.properties.get("MessageRetentionPeriod", 4 * DAY) >= 14 * DAY:
            yield queue.name


@promise
def a_dead_letter_queue_takes_from_its_own_source_only(stack: Deployment) -> Iterator[str]:
    for _, _, queue in sources(stack):
        target = queue.properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
        if target is None:
            continue  # another promise
        allowed = stack.named(target).properties.get("RedriveAllowPolicy")
        own = f"arn:aws:sqs:eu-west-2:123456789012:{queue.properties['QueueName']}"
        if allowed != {"redrivePermission": "byQueue", "sourceQueueArns": [own]}:
            yield queue.name


@promise
def lanes_share_what_their_function_has(stack: Deployment) -> Iterator[str]:
    shares: defaultdict[str, list[int]] = defaultdict(list)
    for mapping, function, _ in sources(stack):
        shares[function.name].append(mapping.properties.get("ScalingConfig", {}).get("MaximumConcurrency", 1_000))
    for name, lanes in shares.items():
        if sum(lanes) > stack.resources[name].properties.get("ReservedConcurrentExecutions", 1_000):
            yield name


@promise
def queues_are_encrypted_with_our_key(stack: Deployment) -> Iterator[str]:
    for queue in stack.of("SQS::Queue"):
        if queue.properties.get("KmsMasterKeyId") != "<TransportKey>":
            yield queue.name


@promise
def queues_take_tls_only(stack: Deployment) -> Iterator[str]:
    guarded: set[str] = set()
    for policy in stack.of("SQS::QueuePolicy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}:
                guarded |= {stack.named(reference).name for reference in policy.properties["Queues"]}
    yield from {queue.name for queue in stack.of("SQS::Queue")} - guarded


@promise
def schedules_are_tried_again_and_then_kept(stack: Deployment) -> Iterator[str]:
    for schedule in stack.of("Scheduler::Schedule"):
        target = schedule.properties["Target"]
        if "Arn" not in target.get("DeadLetterConfig", {}) or not target.get("RetryPolicy"):
            yield schedule.name
    for rule in stack.of("Events::Rule"):
        yield from (
            f"{rule.name}: {target['Id']}" for target in rule.properties["Targets"] if "DeadLetterConfig" not in target
        )
