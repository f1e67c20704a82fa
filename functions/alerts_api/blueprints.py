"""All routes of the alerts API, each with the use cases it needs. The tests use the same routes with fakes."""

from __future__ import annotations

from chalice.app import Blueprint

from alerts_api.routes.acts.acting import Acting, acting_routes
from alerts_api.routes.callers import Callers
from alerts_api.routes.cancelling import cancelling_routes
from alerts_api.routes.collecting import collecting_routes
from alerts_api.routes.incidents.reading import incident_routes
from alerts_api.routes.info import GetInfo, info_readers
from alerts_api.routes.managing import managing_routes
from alerts_api.routes.public import public_routes
from alerts_api.routes.reading import reading_routes
from alerts_api.routes.scheduling import scheduling_routes
from alerts_api.routes.sending import Sending, sending_routes
from alerts_api.routes.stores import stores_routes
from alerts_api.routes.storing import storing_routes
from tocsin.bootstrap.api import ApiUseCases


def blueprints(use: ApiUseCases) -> list[Blueprint]:
    """Return the routes, to be registered with the app."""
    sending = Sending(
        send=use.send,
        load=use.load_stored,
        schedule=use.schedule,
        defer=use.defer,
        together=use.send_together,
        plan=use.plan,
        activate_trigger=use.activate_trigger,
        may_send=use.may_send,
    )
    acting = Acting(
        find=use.own_alert,
        status=use.read_status,
        escalate=use.escalate_alert,
        stop=use.stop_alert,
        acknowledge=use.acknowledge_alert,
        resend=use.resend_alert,
        may_send=use.may_send,
    )
    readers = info_readers(
        capacities=use.read_capacities,
        stores=use.list_stores,
        schedules=use.list_schedules,
        triggers=use.list_triggers,
        limits=use.read_limits,
        events=use.collect,
        callbacks=use.read_callbacks,
        messages=use.read_notices,
    )
    callers = Callers(use.authenticate, use.has_company)
    return [
        sending_routes(callers, sending),
        scheduling_routes(callers, load=use.load_stored, schedule=use.schedule, change=use.change_schedule),
        storing_routes(callers, store=use.store, delete=use.delete, answers_kept=use.idempotent_call),
        stores_routes(callers, use.read_stores, use.edit_group),
        cancelling_routes(callers, use.cancel, use.idempotent_call),
        collecting_routes(callers, use.collect, use.idempotent_call),
        reading_routes(
            callers,
            list_alerts=use.list_alerts,
            summarize=use.summarize_alerts,
            status=use.read_status,
            recipients=use.read_recipients,
            excluded=use.read_excluded,
            responses=use.read_responses,
            explain=use.explain,
        ),
        acting_routes(callers, acting, use.idempotent_call),
        incident_routes(callers, use.incident, use.export_results),
        managing_routes(
            callers,
            get_info=GetInfo(use.clocks, readers, use.clock),
            set_info=use.set_info,
            manage_callbacks=use.manage_callbacks,
            answers_kept=use.idempotent_call,
        ),
        public_routes(),
    ]
