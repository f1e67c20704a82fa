"""Promises about queues, and about those who read from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.deployment import Deployment, Resource
from tests.architecture.promises import promise

DAY = 86_400

TAKEN_TOGETHER = {"track_events.app.handler": 200}
"""Most records of an invocation, of functions that take them in together and report each failure by itself. Others work
them off one after the other, and what comes last waits for all before it."""


def sources(stack: Deployment) -> Iterator[tuple[Resource, Resource, Resource]]:
    """Yield (mapping, function, queue) of every queue that feeds a function."""
    for mapping in stack.of("Lambda::EventSourceMapping"):
        yield mapping, stack.started_by(mapping), stack.named(mapping.properties["EventSourceArn"])


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
def messages_stay_hidden_for_three_timeouts(stack: Deployment) -> Iterator[str]:
    # AWS recommends six, for functions that are throttled: a throttled message is received again and again within its
    # time-out. Ours are not: the maximum concurrency of each source is reserved.
    for mapping, function, queue in sources(stack):
        window = mapping.properties.get("MaximumBatchingWindowInSeconds", 0)
        if int(queue.properties["VisibilityTimeout"]) < 3 * function.properties["Timeout"] + window:
            yield queue.name


@promise
def failures_are_reported_by_message(stack: Deployment) -> Iterator[str]:
    for mapping, _, _ in sources(stack):
        if mapping.properties.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield mapping.name


@promise
def batches_are_small(stack: Deployment) -> Iterator[str]:
    # Lambda takes more than ten only with a window of a second or more.
    for mapping, function, _ in sources(stack):
        size, window = (mapping.properties.get(name) for name in ("BatchSize", "MaximumBatchingWindowInSeconds"))
        most = TAKEN_TOGETHER.get(function.properties["Handler"], 10)
        if (size or 10) > most or ((size or 10) > 10 and not 1 <= (window or 0) <= 5):
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
    # What comes in holds addresses and texts: it has a key apart from that of our own queues, which carry ids.
    for queue in stack.of("SQS::Queue"):
        from_outside = queue.name.removesuffix("Queue").removesuffix("DeadLetters") in FROM_OUTSIDE
        key = "<InboundKey>" if from_outside else "<TransportKey>"
        if queue.properties.get("KmsMasterKeyId") != key:
            yield queue.name


FROM_OUTSIDE = {"Events", "Texts", "Mails", "Telephony"}

INBOUND = {"Events": {"SmsEvents", "EmailEvents"}, "Texts": {"SmsInbound"}, "Mails": {"MailReceived"}}
"""The topics that lead to each queue."""

ANSWERS = {"TextsQueue", "MailsQueue"}


@promise
def what_comes_in_comes_by_our_topics(stack: Deployment) -> Iterator[str]:
    for queue, names in INBOUND.items():
        topics = {f"<{name}>" for name in names}
        (policy,) = (p for p in stack.of("SQS::QueuePolicy") if f"<{queue}Queue>" in p.properties["Queues"])
        allowed = {s["Sid"]: s for s in policy.properties["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"}
        expected = {"OurTopics"} if topics else set[str]()
        rules = {arn for arn, target in _rules(stack) if target.endswith("-events")}
        others = {"Mails": {"BucketsOfThisAccount"}, "Events": {"OurContactEvents"} if rules else set[str]()}
        if set(allowed) != expected | others.get(queue, set()):
            yield f"somebody else may write to {queue}"
        condition = allowed.get("OurContactEvents", {}).get("Condition")
        if condition != ({"ArnEquals": {"aws:SourceArn": min(rules)}} if queue == "Events" and rules else None):
            yield f"{queue} takes from other rules"
        if topics and set(allowed["OurTopics"]["Condition"].get("ArnEquals", {}).get("aws:SourceArn", [])) != topics:
            yield f"{queue} takes from other topics"
        led = {
            s.properties["TopicArn"]
            for s in stack.of("SNS::Subscription")
            if str(s.properties["Endpoint"]).endswith(f":tocsin-{queue.lower()}")
            # The function tells topics apart by their wrapping.
            and s.properties.get("RawMessageDelivery") in (None, False, "false")
        }
        yield from topics ^ led
        for name in names:
            if not str(stack.resources[name].properties.get("KmsMasterKeyId")).endswith(":key/<InboundKey>"):
                yield f"{name} is in the clear"
    for bucket in stack.of("S3::Bucket"):
        for notified in bucket.properties.get("NotificationConfiguration", {}).get("QueueConfigurations", []):
            if not str(notified["Queue"]).endswith(":tocsin-mails"):
                yield f"{bucket.name} leads to another queue"


def _rules(stack: Deployment) -> Iterator[tuple[str, str]]:
    """Yield (ARN of a rule, ARN of a queue that it leads to)."""
    for rule in stack.of("Events::Rule"):
        bus = (
            stack.resources[rule.properties["EventBusName"].strip("<>")] if "EventBusName" in rule.properties else None
        )
        name = (
            f"{bus.properties['Name']}/" * (bus is not None) + rule.properties["Name"]
            if bus
            else rule.properties["Name"]
        )
        for target in rule.properties["Targets"]:
            yield f"arn:aws:events:eu-west-2:123456789012:rule/{name}", str(target["Arn"])


@promise
def telephony_events_come_by_our_rules(stack: Deployment) -> Iterator[str]:
    rules = {arn for arn, target in _rules(stack) if target.endswith("-telephony")}
    for queue in ("TelephonyQueue", "TelephonyDeadLetters"):
        (policy,) = (p for p in stack.of("SQS::QueuePolicy") if f"<{queue}>" in p.properties["Queues"])
        (allowed,) = (s for s in policy.properties["PolicyDocument"]["Statement"] if s["Effect"] == "Allow")
        if len(rules) != 2 or set(allowed["Condition"]["ArnEquals"]["aws:SourceArn"]) != rules:
            yield f"others may write to {queue}"


@promise
def another_account_puts_events_of_tenants_on_one_bus_only(stack: Deployment) -> Iterator[str]:
    for policy in stack.of("Events::EventBusPolicy"):
        statement = policy.properties["Statement"]
        of_tenants = statement["Condition"] == {"StringLike": {"events:source": "tocsin.tenant.*"}}
        own_bus = str(statement["Resource"]).endswith(":event-bus/tocsin-telephony")
        if not (of_tenants and own_bus and statement["Action"] == "events:PutEvents" and statement["Principal"] != "*"):
            yield policy.name


@promise
def answers_that_failed_come_back_within_30_s(stack: Deployment) -> Iterator[str]:
    for name in ANSWERS:
        if not int(stack.resources[name].properties["VisibilityTimeout"]) <= 30:
            yield name


READERS = {
    "<InboundKey>": {"TrackEventsRole", "ReceiveTextsRole", "ReceiveMailsRole", "IngestEventsRole"},
    ":tocsin-telephony ": {"IngestEventsRole"},
    ":tocsin-events ": {"TrackEventsRole"},
    ":tocsin-texts ": {"ReceiveTextsRole"},
    ":tocsin-mails ": {"ReceiveMailsRole"},
    "<MailBucket>": {"ReceiveMailsRole"},
}
"""Who may touch what holds addresses and texts in clear."""


@promise
def only_its_own_function_reads_what_comes_in(stack: Deployment) -> Iterator[str]:
    for role in stack.of("IAM::Role"):
        for statement in stack.statements(role):
            touched = f"{statement.get('Resource')}".replace("'", " ")  # an ARN ends before a blank
            if any(reference in touched and role.name not in readers for reference, readers in READERS.items()):
                yield f"{role.name}: {statement['Sid']}"


TOLD = {"send", "delivery", "deliveryDelay", "bounce", "complaint", "reject", "renderingFailure"}


@promise
def what_became_of_a_message_is_told(stack: Deployment) -> Iterator[str]:
    variables = stack.resources["DispatchEmail"].properties["Environment"]["Variables"]
    for destination in stack.of("SES::ConfigurationSetEventDestination"):
        told = destination.properties["EventDestination"]
        where = told.get("SnsDestination", {}).get("TopicARN")
        if not told.get("Enabled") or set(told["MatchingEventTypes"]) != TOLD or where != "<EmailEvents>":
            yield destination.name
    own = [s.properties["Name"] for s in stack.of("SES::ConfigurationSet")]
    if variables["EMAIL_CONFIGURATION_SET"] not in (own or ["events"]):
        yield "mails are sent without a configuration set"
    variables = stack.resources["DispatchSms"].properties["Environment"]["Variables"]
    own = [s.properties["ConfigurationSetName"] for s in stack.of("SMSVOICE::ConfigurationSet")]
    if variables["SMS_PROVIDER"] == "eum" and variables["SMS_CONFIGURATION_SET"] not in (own or ["events"]):
        yield "texts are sent without a configuration set"
    for configuration in stack.of("SMSVOICE::ConfigurationSet"):
        (told,) = configuration.properties["EventDestinations"]
        if told["MatchingEventTypes"] != ["TEXT_ALL"] or told["SnsDestination"] != {"TopicArn": "<SmsEvents>"}:
            yield configuration.name


@promise
def one_tenants_receivers_silence_no_other_tenant(stack: Deployment) -> Iterator[str]:
    for configuration in stack.of("SES::ConfigurationSet"):
        if configuration.properties.get("SuppressionOptions") != {"SuppressedReasons": []}:
            yield configuration.name


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
