"""CloudFormation's functions, as the long form of YAML spells them, and how names become names of resources."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def ref(name: str) -> Json:
    """`!Ref name`."""
    return {"Ref": name}


def att(path: str) -> Json:
    """`!GetAtt path`: `AlertsApi.Arn`, `Messaging.Outputs.KeyArn`."""
    return {"Fn::GetAtt": path.split(".", 1)}


def sub(text: str) -> Json:
    """`!Sub text`."""
    return {"Fn::Sub": text}


def on_aws(then: Any, otherwise: Any) -> Json:
    """`!If [OnAws, then, otherwise]`: `otherwise` is for the local engine."""
    return {"Fn::If": ["OnAws", then, otherwise]}


NOTHING = ref("AWS::NoValue")


def camel(name: str) -> str:
    """`sms-urgent` and `sms_urgent` as `SmsUrgent`."""
    return "".join(word.capitalize() for word in name.replace("_", "-").split("-"))
