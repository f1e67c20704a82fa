"""Where results are posted, and whether a URL may be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.egress.domain.url_policy import EgressPolicy, EgressRefused, judge_url
from tocsin.kernel.domain.errors import Fault

_OF_FORM = {"malformed_url", "scheme", "userinfo", "host", "port"}


class CallbackEncoding(StrEnum):
    """How the body is written; the values are the wire's `notificationType`."""

    JSON = "json"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Callback:
    """Where and how one alert's events are posted."""

    url: str
    encoding: CallbackEncoding = CallbackEncoding.JSON


def url_faults(url: str, pointer: str, policy: EgressPolicy) -> list[Fault]:
    """Return what is wrong with a callback URL. The URL is not repeated.

    `NOT_PUBLIC` is a well-formed URL of a place that nobody outside can be: an inside name, a private address.
    """
    try:
        judge_url(url, policy)
    except EgressRefused as refused:
        if refused.reason in _OF_FORM:
            message = "must be an https URL with a public host, port 443 or 8443, and no user name"
            return [Fault(pointer, "WRONG_FORM", message)]
        return [Fault(pointer, "NOT_PUBLIC", "must lead to a public address")]
    return []
