"""Codes about webhooks that clients see, with meaning and advice."""

from __future__ import annotations

from tocsin.egress.domain.outbound_reason import OutboundReason
from tocsin.kernel.domain.codes import Code, Vocabulary
from tocsin.webhooks.domain.delivery import DeliveryState
from tocsin.webhooks.domain.endpoint import DisabledReason, EndpointState
from tocsin.webhooks.domain.rule_delivery import RULE_DELETED, SANDBOX, URL_TOO_LONG

_YOUR_URL = "correct the callback URL"
_YOUR_SERVER = "check your server; the post is retried"

ENDPOINT_STATES = Vocabulary(
    "EndpointState",
    "States of a webhook endpoint",
    "`callbacks.endpoints[].state` in `/getinfo`.",
    {
        EndpointState.ENABLED: Code("the endpoint accepts its calls", "nothing"),
        EndpointState.FAILING: Code("all calls since `failingSince` failed", "repair it before it is disabled"),
        EndpointState.DISABLED: Code(
            "the endpoint gets no calls; its events are kept", "repair it, then `/setinfo` with `enabled` and a replay"
        ),
    },
)

DISABLED_REASONS = Vocabulary(
    "DisabledReason",
    "Why a webhook endpoint is disabled",
    "`callbacks.endpoints[].disabledReason` in `/getinfo`.",
    {
        DisabledReason.FAILED: Code("every call of five days failed", "repair the endpoint and enable it"),
        DisabledReason.GONE: Code("the endpoint answered 410 Gone", "enable it if that was not intended"),
        DisabledReason.OWNER: Code("you disabled the endpoint by `/setinfo`", "enable it to get calls again"),
    },
)

DELIVERY_STATES = Vocabulary(
    "DeliveryState",
    "States of a webhook delivery",
    "`callbacks.deliveries[].state` in `/getinfo`.",
    {
        DeliveryState.PENDING: Code("the event will be posted", "wait"),
        DeliveryState.ATTEMPTING: Code("the event is being posted", "wait"),
        DeliveryState.RETRY_WAIT: Code("a post failed, and another follows", _YOUR_SERVER),
        DeliveryState.SUCCEEDED: Code("the endpoint answered 2xx", "nothing"),
        DeliveryState.EXHAUSTED: Code("all ten posts have failed", "repair the endpoint, then replay the event"),
        DeliveryState.DROPPED: Code("the endpoint answered 410 to the event", "replay it if that was not intended"),
        DeliveryState.PAUSED: Code("the event waits: its endpoint is disabled", "enable the endpoint and replay"),
    },
)

ATTEMPT_REASONS = Vocabulary(
    "AttemptReason",
    "Why a webhook call got no response",
    "`callbacks.deliveries[].attempts[].reason` in `/getinfo`.",
    {
        "malformed_url": Code("the callback URL is not a URL", _YOUR_URL),
        "userinfo": Code("the callback URL contains a user name or a password", _YOUR_URL),
        "host": Code("the host of the callback URL is not valid", _YOUR_URL),
        "scheme": Code("the callback URL is not https", _YOUR_URL),
        "port": Code("the port of the callback URL is not allowed", "use port 443"),
        "inside_name": Code("the host of the callback URL is a name of a private network", "use a public host"),
        "not_public": Code("the host of the callback URL has an address that is not public", "use a public host"),
        OutboundReason.NAME_NOT_RESOLVED: Code("the host of the callback URL has no address", "check your DNS"),
        OutboundReason.NAME_TIMEOUT: Code("your name server did not answer in time", "check your DNS"),
        OutboundReason.CONNECT_TIMEOUT: Code("your server did not accept the connection in time", _YOUR_SERVER),
        OutboundReason.REFUSED: Code("your server refused the connection", _YOUR_SERVER),
        OutboundReason.CONNECTION_FAILED: Code("the connection to your server could not be made", _YOUR_SERVER),
        OutboundReason.TLS_TIMEOUT: Code("your server did not finish the TLS handshake in time", _YOUR_SERVER),
        OutboundReason.TLS_FAILED: Code("your server's certificate or TLS is not valid", "renew the certificate"),
        OutboundReason.WRITE_TIMEOUT: Code("your server did not read the whole event in time", _YOUR_SERVER),
        OutboundReason.READ_TIMEOUT: Code(
            "your server did not send the head of its response within 15 seconds of the call's begin",
            "answer first and process the event later",
        ),
        OutboundReason.CONNECTION_RESET: Code("the connection to your server broke", _YOUR_SERVER),
        OutboundReason.HEADERS_TOO_LONG: Code(
            "the response of your server has over 100 header lines, or over 64 KB before its body",
            "send fewer headers; the post is retried",
        ),
        OutboundReason.NOT_HTTP: Code("the response of your server is not HTTP, or not complete", _YOUR_SERVER),
        "outcome_lost": Code(
            "the worker stopped during the call; your server may have received the event",
            "nothing; an event that arrives twice has the same id",
        ),
        URL_TOO_LONG: Code(
            "the URL of a rule's GET would be longer than URLs may be with its data; no call was made", "use POST"
        ),
        SANDBOX: Code("the event of the rule came with a sandbox key; no call was made", "nothing"),
        RULE_DELETED: Code("the rule was deleted before the call; no further call is made", "nothing"),
    },
)
