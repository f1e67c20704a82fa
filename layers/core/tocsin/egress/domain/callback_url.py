"""The URL that results are posted to, and whether the URL is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.egress.domain.url_policy import EgressPolicy, EgressRefused, check_url
from tocsin.kernel.domain.errors import Fault

_OF_FORM = {"malformed_url", "scheme", "userinfo", "host", "port"}


class CallbackEncoding(StrEnum):
    """The encoding of the body; the values are those of `notificationType` in the API."""

    JSON = "json"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Callback:
    """The URL and the encoding for one alert's events."""

    url: str
    encoding: CallbackEncoding = CallbackEncoding.JSON


def url_faults(url: str, pointer: str, policy: EgressPolicy) -> list[Fault]:
    """Return the faults of a callback URL, without the URL itself.

    `WRONG_FORM`: not a URL of the accepted form. `NOT_PUBLIC`: a well-formed URL with a private name or address.
    """
    try:
        check_url(url, policy)
    except EgressRefused as refused:
        if refused.reason in _OF_FORM:
            message = "must be an https URL with a public host, port 443 or 8443, and no user name"
            return [Fault(pointer, "WRONG_FORM", message)]
        return [Fault(pointer, "NOT_PUBLIC", "must lead to a public address")]
    return []
