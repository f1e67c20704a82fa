"""Faults of the promises about the provider of calls. They are planted in a deployment that makes calls by Connect."""

from __future__ import annotations

from typing import Any

from tests.architecture.deployment import MAIN, Sources
from tests.architecture.faults import INBOUND, OBSERVABILITY, Fault, breaks, dropping, granting, p, setting
from tests.architecture.more_faults import allowing

RECORDINGS, VOICE = "infra/recordings.yaml", "infra/voice.yaml"

INSTANCE = "arn:aws:connect:eu-west-2:123456789012:instance/11111111-2222-3333-4444-555555555555"
BY_CONNECT = {"VoiceProvider": "connect", "ConnectInstanceArn": INSTANCE}


def with_calls(fault: Fault) -> Fault:
    """Return the fault in a deployment that makes calls."""

    def planted(sources: Sources) -> None:
        for name, value in BY_CONNECT.items():
            sources[MAIN]["Parameters"][name]["Default"] = value
        for template in (sources[RECORDINGS], sources[INBOUND]):
            _choose(template["Resources"])
        fault(sources)

    return planted


def _choose(value: Any) -> None:
    """Put the statements in that are there with calls, so that a fault finds them by their Sid."""
    if isinstance(value, dict):
        for each in value.values():
            _choose(each)
    if isinstance(value, list):
        for place, each in enumerate(value):
            if isinstance(each, dict) and each.get("Fn::If", [""])[0] in ("ReadByConnect", "ContactEventsComeIn"):
                value[place] = each["Fn::If"][1]
            _choose(value[place])


ANY_INSTANCE = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}

for resource, document in (("RecordingsBucketPolicy", "PolicyDocument"), ("RecordingsKey", "KeyPolicy")):
    breaks("connect_acts_for_our_instance_only")(
        with_calls(allowing(RECORDINGS, resource, "OurInstancePlays", document, Condition=ANY_INSTANCE))
    )
breaks("connect_acts_for_our_instance_only")(with_calls(dropping(VOICE, "ConnectAsksIvr", "SourceArn")))
breaks("connect_acts_for_our_instance_only")(
    with_calls(
        granting("DispatchVoiceRole", "PlaceCalls", Resource="arn:aws:connect:eu-west-2:123456789012:instance/*")
    )
)
breaks("connect_runs_the_flow_that_our_code_makes")(with_calls(setting("SAVED", VOICE, "VoiceFlow", "State")))
breaks("connect_runs_the_flow_that_our_code_makes")(
    with_calls(setting({"Fn::Sub": '{"Version": "2019-10-30"}'}, VOICE, "VoiceFlow", "Content"))
)
breaks("connect_runs_the_flow_that_our_code_makes")(
    with_calls(lambda s: s[VOICE]["Resources"].pop("IvrIsKnownToConnect"))
)
breaks("ends_of_calls_are_told")(with_calls(setting("DISABLED", VOICE, "ContactEvents", "State")))
breaks("ends_of_calls_are_told")(
    with_calls(setting(["CONNECTED_TO_AGENT"], VOICE, "ContactEvents", "EventPattern", "detail", "eventType"))
)
breaks("ends_of_calls_are_told")(
    with_calls(
        allowing(
            INBOUND,
            "EventsDeadLettersPolicy",
            "OurContactEvents",
            Condition={"ArnEquals": {"aws:SourceArn": "arn:aws:events:eu-west-2:123456789012:rule/*"}},
        )
    )
)
breaks("schedules_are_tried_again_and_then_kept")(
    with_calls(dropping(VOICE, "ContactEvents", "Targets", 0, "DeadLetterConfig"))  # type: ignore[arg-type]
)
breaks("what_comes_in_comes_by_our_topics")(
    with_calls(
        allowing(
            INBOUND,
            "EventsQueuePolicy",
            "OurContactEvents",
            Condition={"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        )
    )
)
breaks("data_at_rest_is_under_our_key")(with_calls(dropping(RECORDINGS, "RecordingsBucket", "BucketEncryption")))
breaks("objects_of_alerts_that_are_over_are_removed")(
    with_calls(setting(40, RECORDINGS, "RecordingsBucket", "LifecycleConfiguration", "Rules", 3, "ExpirationInDays"))
)
breaks("services_may_only_hand_in")(
    with_calls(allowing(RECORDINGS, "RecordingsBucketPolicy", "OurInstancePlays", Action="s3:*"))
)
breaks("only_senders_may_call_a_provider")(
    with_calls(granting("TrackEventsRole", "LookAtCalls", Action="connect:StartOutboundVoiceContact"))
)
breaks("deployed_stages_call_the_true_connect")(
    setting("http://127.0.0.1:1", MAIN, "DispatchVoice", "Environment", "Variables", "AWS_ENDPOINT_URL_CONNECT")
)
breaks("a_provider_that_is_not_set_up_wakes_somebody")(
    lambda s: s[OBSERVABILITY]["Resources"].pop("VoiceNotSetUpAlarm")
)
breaks("a_sending_limit_that_bites_wakes_somebody")(lambda s: s[OBSERVABILITY]["Resources"].pop("VoiceSpendCapAlarm"))
breaks("a_function_gives_up_before_its_caller_does")(setting(9, MAIN, "Ivr", "Timeout"))


@breaks("connect_acts_for_our_instance_only")
def _another_instance_in_a_permission(sources: Sources) -> None:
    with_calls(lambda s: None)(sources)
    p(sources, VOICE, "ConnectAsksIvr")["SourceArn"] = INSTANCE.replace("1111", "9999")
