"""Whom an alert is not sent to, decided before it is accepted: each reason is a filter.

A filter stands in the subject that knows the reason. The composition lists the filters in the order they are asked in;
one more reason is one more filter in that list. The steps of an escalation pass the same filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.alerts.application.prepare_elements import Prepared
from tocsin.alerts.domain.request import SendRequest
from tocsin.identity.domain.api_key import ApiKey
from tocsin.stored_content.application.call_stores import CallStores


class ElementFilter(Protocol):
    """Takes receivers off the elements of one request."""

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores, /
    ) -> Sequence[Prepared]:
        """Return the elements without those who must not get them.

        Args:
            prepared: the request's elements in order, as earlier filters left them.
            stores: what the request refers to, as far as it was read.

        Returns:
            As many elements in the same order. Whoever was taken off stands in `excluded` with the reason, and an
            element that lost somebody says so in `failure_reason`.

        Raises:
            StorageUnavailable: nobody knows; nothing is accepted.
        """
        ...
