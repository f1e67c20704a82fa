"""Pages of alerts, and of what alerts are made of.

Each function imports what its pages need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalice.app import Blueprint

    from console.blueprints import Parts


def compose(parts: Parts) -> list[Blueprint]:
    """Return the form that sends an alert."""
    from console.routes.compose import compose_routes

    return [compose_routes(parts.site, parts.composing)]


def alerts(parts: Parts) -> list[Blueprint]:
    """Return the list of sent alerts."""
    from console.companies import Companies
    from console.routes.alerts import alert_list_routes

    return [alert_list_routes(parts.site, parts.use.list_alerts, Companies(parts.storage.directory))]


def incident(parts: Parts) -> list[Blueprint]:
    """Return the pages of one alert."""
    from console.companies import Companies
    from console.routes.incident import IncidentPages, incident_routes

    use = parts.use
    pages = IncidentPages(
        incident=use.incident,
        export=use.export_results,
        alerts=parts.storage.alerts,
        escalate=use.escalate_alert,
        stop=use.stop_alert,
        acknowledge=use.acknowledge_alert,
        resend=use.resend_alert,
        may_send=use.may_send,
        record=parts.record,
        companies=Companies(parts.storage.directory),
    )
    return [incident_routes(parts.site, pages)]


def escalations(parts: Parts) -> list[Blueprint]:
    """Return the pages of escalations."""
    from console.escalations.routes import KINDS as ESCALATIONS
    from console.escalations.routes import EscalationPages, escalation_routes
    from console.routes.store_pages import store_routes

    use = parts.use
    pages = EscalationPages(parts.composing, use.activate_trigger, use.list_triggers, parts.record)
    stores = store_routes(parts.site, parts.stores, "escalations", ESCALATIONS)
    return [escalation_routes(parts.site, pages), stores]


def groups(parts: Parts) -> list[Blueprint]:
    """Return the pages of contact groups."""
    from console.groups.editing import editing_routes
    from console.groups.importing import import_routes
    from console.groups.routes import GROUPS, GroupPages, group_routes
    from console.routes.store_pages import store_routes
    from tocsin.suppressions.application.suppress import Suppress

    standing = Suppress(parts.storage.suppressions, parts.storage.sealer).standing
    groups = GroupPages(parts.stores, parts.use.edit_group, standing)
    return [
        group_routes(parts.site, groups),
        store_routes(parts.site, parts.stores, "groups", GROUPS),
        editing_routes(parts.site, groups),
        import_routes(parts.site, groups),
    ]


def content(parts: Parts) -> list[Blueprint]:
    """Return the pages of stored content."""
    from console.routes.content import KINDS, ContentPages, content_routes
    from console.routes.store_pages import store_routes

    pages = ContentPages(parts.stores, parts.use.replace_content)
    return [content_routes(parts.site, pages), store_routes(parts.site, parts.stores, "content", KINDS)]


def schedules(parts: Parts) -> list[Blueprint]:
    """Return the pages of schedules."""
    from console.routes.schedules import SchedulePages, schedule_routes

    schedules = SchedulePages(
        list_schedules=parts.use.list_schedules,
        get=lambda key, id: parts.storage.schedules.get(key.tenant, key.id, id),
        change=parts.use.change_schedule,
        stores=parts.stores,
        record=parts.record,
    )
    return [schedule_routes(parts.site, schedules)]


def triggers(parts: Parts) -> list[Blueprint]:
    """Return the pages of triggers."""
    from console.routes.triggers import TriggerPages, trigger_routes

    use = parts.use
    pages = TriggerPages(use.list_triggers, use.end_trigger, parts.stores, parts.record)
    return [trigger_routes(parts.site, pages)]
