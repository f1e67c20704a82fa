"""Why a connection that we opened gave no response: one list for webhooks, mail servers and every other receiver."""

from __future__ import annotations

from enum import StrEnum


class OutboundReason(StrEnum):
    """What happened. A `…_timeout` names the step in which the one deadline of the whole call passed."""

    NAME_NOT_RESOLVED = "name_not_resolved"  # the name has no address
    NAME_TIMEOUT = "name_timeout"
    CONNECT_TIMEOUT = "connect_timeout"
    REFUSED = "refused"  # nothing listens at the port
    CONNECTION_FAILED = "connection_failed"  # no route to the address
    TLS_TIMEOUT = "tls_timeout"
    TLS_FAILED = "tls_failed"  # certificate, host name, version or a broken record
    WRITE_TIMEOUT = "write_timeout"
    READ_TIMEOUT = "read_timeout"
    CONNECTION_RESET = "connection_reset"
    HEADERS_TOO_LONG = "headers_too_long"
    NOT_HTTP = "not_http"  # not a response, or one that ends before its head does


class OutboundFailed(Exception):
    """The call ended without a response."""

    def __init__(self, reason: OutboundReason) -> None:
        self.reason = reason
        super().__init__(reason)
