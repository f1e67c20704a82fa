"""Pages of alert rules and of what they are about.

Each function imports what its pages need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalice.app import Blueprint

    from console.blueprints import Parts
    from tocsin.kernel.domain.ids import TenantId


def rules(parts: Parts) -> list[Blueprint]:
    """Return the pages of alert rules."""
    from console.events.routes import explain_routes
    from console.rules.file_routes import file_routes
    from console.rules.history import HistoryPages, history_routes
    from console.rules.part_routes import PartPages, part_routes
    from console.rules.past import PastDays
    from console.rules.routes import RulePages, rule_routes

    use = parts.rules

    def account_zone(tenant: TenantId) -> str:
        return use.clocks.get(tenant).zone

    past = PastDays(lambda: use.preview_backtest, account_zone)
    return [
        rule_routes(parts.site, RulePages(use.manage, past)),
        file_routes(parts.site, use.manage),
        history_routes(parts.site, HistoryPages(use.read_history, lambda: use.test)),
        explain_routes(parts.site, use.explain_events),
        part_routes(parts.site, PartPages(use.manage, use.sample_requests, account_zone, past)),
    ]


def events(parts: Parts) -> list[Blueprint]:
    """Return the pages of telephony events."""
    from console.events.routes import EventPages, event_routes

    rules = parts.rules
    return [event_routes(parts.site, EventPages(rules.read_events, rules.explain_events, rules.explain_notices))]


def sources(parts: Parts) -> list[Blueprint]:
    """Return the pages of event sources."""
    from console.sources.routes import SourcePages, source_routes

    pages = SourcePages(parts.rules.manage_sources, parts.console_url)
    return [source_routes(parts.site, pages)]


def integrations(parts: Parts) -> list[Blueprint]:
    """Return the pages of integrations, and of who is told when one does not work."""
    from console.integrations.alert_routes import AlertPages, integration_alert_routes
    from console.integrations.routes import IntegrationPages, integration_routes

    pages = IntegrationPages(parts.integrations.manage, parts.storage.directory, parts.console_url)
    return [
        integration_routes(parts.site, pages),
        integration_alert_routes(parts.site, AlertPages(parts.integrations.alerts, pages)),
    ]
