"""What comes in from outside. Handler: `track_events.app.handler`."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.environment import Environment
from tocsin.entrypoint.inbound import Inbound, Source
from tocsin.entrypoint.observability import configure

SERVICE = "track_events"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """What the template gives this function.

    Attributes:
        sms_events_topic_arn, sms_inbound_topic_arn, email_events_topic_arn: the only topics that are listened to.
    """

    sms_events_topic_arn: str
    sms_inbound_topic_arn: str
    email_events_topic_arn: str


configure(SERVICE)
settings = Settings.from_environ()
handler = Inbound(
    SERVICE,
    topics={
        settings.sms_events_topic_arn: Source.SMS_EVENTS,
        settings.sms_inbound_topic_arn: Source.SMS_INBOUND,
        settings.email_events_topic_arn: Source.EMAIL_EVENTS,
    },
    handlers={},
)
