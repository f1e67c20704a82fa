"""Exclude numbers, at acceptance, that the tenant's limits do not allow."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tocsin.alerts.application.preparation import Prepared
from tocsin.alerts.domain.capacity import PreparedElement
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason, named_places
from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.limits.application.recent_limits import RecentLimits
from tocsin.limits.domain.sending_limits import REFUSAL_REASONS, SendingLimit, judge_number
from tocsin.limits.ports import LimitSettings
from tocsin.stored_content.application.call_stores import CallStores

_log = logging.getLogger(__name__)


class NumberFilter:
    """An `ElementFilter`: excludes receivers of texts and calls whose country or number range is not allowed."""

    def __init__(self, settings: LimitSettings, clock: Clock) -> None:
        self._recent = RecentLimits(settings, clock)

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores
    ) -> list[Prepared]:
        """Return the elements without such receivers, and log how many there were.

        The `detail` of each exclusion is the value of a `SendingLimit`.

        Raises:
            StorageUnavailable: the tenant's limits cannot be read.
        """
        exceeded: Counter[SendingLimit] = Counter()
        kept = []
        for each in prepared:
            element, refused = self._without_refused(key.tenant, each.element)
            exceeded.update(refused)
            kept.append(replace(each, element=element))
        for sending_limit, count in exceeded.items():
            facts = {"tenant": key.tenant, "key": key.id, "reason": sending_limit.value, "count": count}
            _log.warning("limit_exceeded", extra=facts)
        return kept

    def _without_refused(
        self, tenant: TenantId, element: PreparedElement
    ) -> tuple[PreparedElement, Mapping[SendingLimit, int]]:
        """Return the element without refused receivers, and the number of refused receivers by limit."""
        if element.channel not in (Channel.SMS, Channel.CALL) or not element.recipients:
            return element, {}
        sending_limits = self._recent.get(tenant)
        exceeded: dict[SendingLimit, list[Exclusion]] = {}
        allowed: list[Recipient] = []
        for recipient in element.recipients:
            sending_limit = judge_number(recipient.address, sending_limits)
            if sending_limit is None:
                allowed.append(recipient)
            else:
                refused = Exclusion.of(recipient, ExclusionReason.SENDING_LIMIT, sending_limit.value)
                exceeded.setdefault(sending_limit, []).append(refused)
        if not exceeded:
            return element, {}
        why = "; ".join(
            f"{len(those)} {REFUSAL_REASONS[sending_limit]} ({sending_limit.value}){named_places(those)}"
            for sending_limit, those in exceeded.items()
        )
        if allowed:
            reason = f"{element.failure_reason}; {why}" if element.failure_reason else f"receivers refused: {why}"
        else:
            reason = f"no receiver can be reached: {why}"
        excluded = (*element.excluded, *(one for those in exceeded.values() for one in those))
        kept = replace(element, recipients=tuple(allowed), failure_reason=reason, excluded=excluded)
        return kept, {sending_limit: len(those) for sending_limit, those in exceeded.items()}
