"""Show what notifications of a rule make of a sample in the place of an event: a webhook's request, a text's price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from tocsin.alert_rules.application.account import ReadAccount
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.domain.actions import RuleAction, SmsAction, WebhookAction, masked_url
from tocsin.alert_rules.domain.payload import payload
from tocsin.alert_rules.domain.rights import may_edit
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.samples import (
    ExampleRequest,
    TextEstimate,
    estimate_of,
    example_request,
    sample_event,
    sample_triggers,
)
from tocsin.alert_rules.domain.words import Told
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class SampleRequests:
    """Makes sample requests for a caller who may see the rule, and estimates.

    Attributes:
        zone: returns the zone of an account.
    """

    read: ReadRules
    account: ReadAccount
    zone: Callable[[TenantId], ZoneInfo]
    clock: Clock

    def __call__(self, caller: Principal, rule: str, id: str) -> ExampleRequest:
        """Return the request of a webhook. Secrets are masked; so are query values, for who may not edit the rule.

        Raises:
            Forbidden.
            NotFound: there is no such rule, or the rule has no such webhook.
        """
        found = self.read.one(caller, rule)
        hook = next((each for each in found.actions if each.id == id), None)
        if not isinstance(hook, WebhookAction):
            raise NotFound("webhook")
        if not may_edit(caller, found):
            hook = replace(hook, url=masked_url(hook.url))
        return self.of(found, hook)

    def of(self, rule: AlertRule, hook: WebhookAction) -> ExampleRequest:
        """Return the request of a webhook as it is written, saved or not; secrets are masked."""
        told = self._told(rule)
        return example_request(hook, payload(rule, told.triggers, told.event, told.names, test=True))

    def estimates(self, rule: AlertRule, actions: Iterable[RuleAction]) -> Mapping[str, TextEstimate]:
        """Return what the texts of one run come to, by the ids of notifications, saved or not (decided 3.19)."""
        texts = [action for action in actions if isinstance(action, SmsAction)]
        if not texts:
            return {}
        told = self._told(rule)
        return {action.id: estimate_of(action, told) for action in texts}

    def _told(self, rule: AlertRule) -> Told:
        zone = self.zone(rule.tenant)
        return Told(
            rule=rule,
            triggers=sample_triggers(rule),
            event=sample_event(rule, self.clock(), zone),
            names=self.account(rule.tenant).names,
            zone=zone,
        )
