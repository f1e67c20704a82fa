"""Pages of alert rules and of what they are about.

Each function imports what its pages need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalice.app import Blueprint

    from console.blueprints import Parts


def rules(parts: Parts) -> list[Blueprint]:
    """Return the pages of alert rules."""
    from console.drafting import SentOnce
    from console.rules.part_routes import PartPages, part_routes
    from console.rules.routes import RulePages, rule_routes
    from tocsin.alert_rules.application.account import ReadAccount
    from tocsin.alert_rules.application.change_rule import ChangeRule
    from tocsin.alert_rules.application.manage_rules import ManageRules
    from tocsin.alert_rules.application.read_rules import ReadRules
    from tocsin.alert_rules.application.rule_parts import RuleParts
    from tocsin.directory.application.references import References
    from tocsin.entrypoint.rule_body.rule import read_action, read_head, read_rule, read_trigger

    storage, use = parts.storage, parts.use
    change = ChangeRule(
        rules=storage.alert_rules,
        read=ReadRules(storage.alert_rules, storage.rule_runs, storage.directory, storage.clock),
        account=ReadAccount(storage.directory, References(storage.directory)),
        policy=use.set_info.egress,
        clock=storage.clock,
        randomness=storage.randomness,
    )
    rule_parts = RuleParts(change, read_trigger, read_action)
    manage = ManageRules(change=change, parts=rule_parts, read_rule=read_rule, read_head=read_head)
    once = SentOnce(storage.idempotency_store, "console-rule")
    return [
        rule_routes(parts.site, RulePages(manage, once)),
        part_routes(parts.site, PartPages(manage, lambda tenant: use.clocks.get(tenant).zone)),
    ]
