"""All routes of the alerts API, each with the use cases it needs. The tests use the same routes with fakes.

All routes are late: each group is imported and made with the first request for one of its routes; see `LateRoutes`.
"""

from __future__ import annotations

from functools import partial

from chalice.app import Blueprint

from alerts_api.routes.callers import Callers
from tocsin.bootstrap.api import ApiUseCases
from tocsin.entrypoint.http.app import PUBLISHED
from tocsin.entrypoint.http.late_routes import LateRoutes

_ALERT = "/alerts/{alert_ref}"


def blueprints(use: ApiUseCases) -> list[Blueprint | LateRoutes]:
    """Return the routes, to be added to the app."""
    callers = Callers(use.authenticate, use.has_company)
    acts = [f"{_ALERT}/{act}" for act in ("escalate", "stop", "acknowledge", "resend")]
    schedules = ("schedulestoredalert", "pausescheduledalert", "resumescheduledalert", "cancelscheduledalert")
    return [
        LateRoutes(_verbs("sendalert", "sendalerts", "sendstoredalert"), partial(_sending, callers, use)),
        LateRoutes(_verbs(*schedules), partial(_scheduling, callers, use)),
        LateRoutes(_verbs("storecontent", "deletecontent"), partial(_storing, callers, use)),
        LateRoutes(["/stores"], partial(_stores, callers, use)),
        LateRoutes(_verbs("cancelalerts"), partial(_cancelling, callers, use)),
        LateRoutes(_verbs("collectevents"), partial(_collecting, callers, use)),
        LateRoutes(acts, partial(_acts, callers, use)),
        LateRoutes([f"{_ALERT}/incident", f"{_ALERT}/export.csv"], partial(_incidents, callers, use)),
        LateRoutes(["/alerts"], partial(_reading, callers, use)),
        LateRoutes(_verbs("getinfo", "setinfo"), partial(_managing, callers, use)),
        LateRoutes(["/docs", "/health", "/openapi.json"], _public),
    ]


def _verbs(*names: str) -> list[str]:
    return [f"{below}/{name}" for name in names for below in ("", PUBLISHED)]


def _sending(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.sending import Sending, sending_routes

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
    return [sending_routes(callers, sending)]


def _scheduling(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.scheduling import scheduling_routes

    return [scheduling_routes(callers, load=use.load_stored, schedule=use.schedule, change=use.change_schedule)]


def _storing(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.storing import storing_routes

    return [storing_routes(callers, store=use.store, delete=use.delete, answers_kept=use.idempotent_call)]


def _stores(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.stores import stores_routes

    return [stores_routes(callers, use.read_stores, use.edit_group)]


def _cancelling(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.cancelling import cancelling_routes

    return [cancelling_routes(callers, use.cancel, use.idempotent_call)]


def _collecting(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.collecting import collecting_routes

    return [collecting_routes(callers, use.collect, use.idempotent_call)]


def _acts(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.acts.acting import Acting, acting_routes

    acting = Acting(
        find=use.own_alert,
        status=use.read_status,
        escalate=use.escalate_alert,
        stop=use.stop_alert,
        acknowledge=use.acknowledge_alert,
        resend=use.resend_alert,
        may_send=use.may_send,
    )
    return [acting_routes(callers, acting, use.idempotent_call)]


def _incidents(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.incidents.reading import incident_routes

    return [incident_routes(callers, use.incident, use.export_results)]


def _reading(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.reading import reading_routes

    return [
        reading_routes(
            callers,
            list_alerts=use.list_alerts,
            summarize=use.summarize_alerts,
            status=use.read_status,
            recipients=use.read_recipients,
            excluded=use.read_excluded,
            responses=use.read_responses,
            explain=use.explain,
        )
    ]


def _managing(callers: Callers, use: ApiUseCases) -> list[Blueprint]:
    from alerts_api.routes.info import GetInfo, info_readers
    from alerts_api.routes.managing import managing_routes

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
    return [
        managing_routes(
            callers,
            get_info=GetInfo(use.clocks, readers, use.clock),
            set_info=use.set_info,
            manage_callbacks=use.manage_callbacks,
            answers_kept=use.idempotent_call,
        )
    ]


def _public() -> list[Blueprint]:
    from alerts_api.routes.public import public_routes

    return [public_routes()]
