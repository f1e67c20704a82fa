"""What the words about callbacks mean to a client."""

from __future__ import annotations

from tocsin.kernel.domain.codes import Code, Vocabulary
from tocsin.webhooks.domain.delivery import DeliveryState
from tocsin.webhooks.domain.endpoint import DisabledReason, EndpointState

_YOUR_URL = "correct the callback URL"
_YOUR_SERVER = "look after your server; it is tried again by itself"

ENDPOINT_STATES = Vocabulary(
    "EndpointState",
    "States of a receiver of callbacks",
    "`callbacks.endpoints[].state` in `/getinfo`.",
    {
        EndpointState.ENABLED: Code("the receiver takes its calls", "nothing"),
        EndpointState.FAILING: Code("all calls since `failingSince` failed", "look after it before it is disabled"),
        EndpointState.DISABLED: Code(
            "the receiver gets no calls; its events are kept", "mend it, then `/setinfo` with `enabled` and a replay"
        ),
    },
)

DISABLED_REASONS = Vocabulary(
    "DisabledReason",
    "Why a receiver of callbacks is disabled",
    "`callbacks.endpoints[].disabledReason` in `/getinfo`.",
    {
        DisabledReason.FAILED: Code("nothing but failures for five days", "mend the receiver and enable it"),
        DisabledReason.GONE: Code("the receiver answered 410 Gone", "enable it if that was not meant"),
        DisabledReason.OWNER: Code("you disabled the receiver by `/setinfo`", "enable it to be called again"),
    },
)

DELIVERY_STATES = Vocabulary(
    "DeliveryState",
    "States of a callback",
    "`callbacks.deliveries[].state` in `/getinfo`.",
    {
        DeliveryState.PENDING: Code("the event is to be posted", "wait"),
        DeliveryState.ATTEMPTING: Code("the event is being posted", "wait"),
        DeliveryState.RETRY_WAIT: Code("a post failed, and another follows", _YOUR_SERVER),
        DeliveryState.SUCCEEDED: Code("the receiver answered 2xx", "nothing"),
        DeliveryState.EXHAUSTED: Code("all ten posts have failed", "mend the receiver, then replay the event"),
        DeliveryState.DROPPED: Code("the receiver answered the event with 410", "replay it if that was not meant"),
        DeliveryState.PAUSED: Code("the event waits: its receiver is disabled", "enable the receiver and replay"),
    },
)

ATTEMPT_REASONS = Vocabulary(
    "AttemptReason",
    "Why a callback got no answer",
    "`callbacks.deliveries[].attempts[].reason` in `/getinfo`.",
    {
        "malformed_url": Code("the callback URL is none", _YOUR_URL),
        "userinfo": Code("the callback URL holds a name or a password before an @", _YOUR_URL),
        "host": Code("the host of the callback URL is not valid", _YOUR_URL),
        "scheme": Code("the callback URL is not https", _YOUR_URL),
        "port": Code("the callback URL names a port that is not served", "use port 443"),
        "inside_name": Code("the host of the callback URL is a name of an inside network", "use a public host"),
        "not_public": Code("the host of the callback URL leads to an address that is not public", "use a public host"),
        "name_not_resolved": Code("the host of the callback URL has no address", "look after your DNS"),
        "connect_timeout": Code("your server did not take the connection in time", _YOUR_SERVER),
        "connection_refused": Code("your server refused the connection", _YOUR_SERVER),
        "connection_failed": Code("no connection to your server could be made", _YOUR_SERVER),
        "connection_reset": Code("the connection to your server broke", _YOUR_SERVER),
        "tls": Code("your server's certificate or TLS is not valid", "renew the certificate"),
        "timeout": Code("your server did not answer within 15 seconds", "answer first and work afterwards"),
        "not_http": Code("what your server answered is no HTTP", _YOUR_SERVER),
        "outcome_lost": Code(
            "the worker stopped during the call; your server may have got the event",
            "nothing; an event that comes twice has the same id",
        ),
    },
)
