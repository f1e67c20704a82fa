"""Filters: each one knows a reason why a receiver is excluded before an alert is accepted.

A filter is part of the subject that knows its reason. `bootstrap/sending.py` lists the filters in the order in which
they run. A further reason is a further filter in that list. The steps of an escalation pass the same filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.alerts.application.preparation import Prepared
from tocsin.alerts.domain.request import SendRequest
from tocsin.identity.domain.api_key import ApiKey
from tocsin.stored_content.application.call_stores import CallStores


class ElementFilter(Protocol):
    """Excludes receivers from the elements of one request."""

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores, /
    ) -> Sequence[Prepared]:
        """Return the elements without the receivers that this filter excludes.

        Args:
            prepared: the request's elements in order, after the earlier filters.
            stores: the stored content that was read for the request.

        Returns:
            The same number of elements in the same order. `excluded` names each excluded receiver with the reason, and
            `failure_reason` of its element mentions them.

        Raises:
            StorageUnavailable: the filter cannot decide; nothing is accepted.
        """
        ...
