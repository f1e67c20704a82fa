"""The webhook of one call, decided at acceptance: the call's own URL, else the API key's default."""

from __future__ import annotations

from tocsin.alerts.domain.request import SendRequest
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding, url_faults
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import Fault

_URL = "/options/callbackURL"


def callback_of(
    key: ApiKey, request: SendRequest, mode: NotificationMode, egress: EgressPolicy
) -> tuple[Callback | None, list[Fault]]:
    """Return the webhook (None unless the mode is CALLBACK), and the faults of its URL.

    A URL in the call is checked even if the mode does not use it, so that a client learns of a typing error now.
    """
    url = request.callback_url
    faults = url_faults(url, _URL, egress) if url is not None else []
    if mode is not NotificationMode.CALLBACK:
        return None, faults
    if url is None:
        url = key.callback_url
        if url is None:
            message = "is required with `notification: callback`: neither the call nor the API key says where to"
            return None, [*faults, Fault(_URL, "REQUIRED", message)]
        # The egress policy may have become stricter since the key's URL was set.
        faults = url_faults(url, _URL, egress)
    return Callback(url, CallbackEncoding(request.callback_encoding or key.callback_encoding)), faults
