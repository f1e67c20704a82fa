"""All routes of the settings API, each with the use cases it needs. The tests use the same routes with fakes.

All routes are late: each group is imported and made with the first request for one of its routes; see `LateRoutes`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tocsin.directory.domain.things import Kind
from tocsin.entrypoint.http.late_routes import LateRoutes

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Blueprint

    from settings_api.caller import Caller
    from settings_api.routes.answering import SettingsCalls
    from tocsin.bootstrap.alert_rules import RuleUseCases
    from tocsin.bootstrap.directory import DirectoryUseCases
    from tocsin.bootstrap.integrations.use_cases import IntegrationUseCases
    from tocsin.bootstrap.reminders.managing import ReminderUseCases
    from tocsin.bootstrap.tenant_mail.managing import MailUseCases
    from tocsin.browser_push.application.own_browsers import OwnBrowsers
    from tocsin.personal_notices.application.send_samples import SendSamples
    from tocsin.sign_in.application.password_grant import PasswordGrant
    from tocsin.tenant_mail.application.connect_mailbox import ConnectMailbox


def blueprints(
    use: DirectoryUseCases,
    rules: RuleUseCases,
    mail: MailUseCases,
    integration_use: IntegrationUseCases,
    reminders: ReminderUseCases,
    caller: Caller,
    grant: Callable[[], PasswordGrant],
    connect_mailbox: Callable[[], ConnectMailbox],
    send_samples: Callable[[str], SendSamples],
    own_browsers: Callable[[], OwnBrowsers],
    console_url: str = "",
) -> list[Blueprint | LateRoutes]:
    """Return the routes, to be added to the app.

    Args:
        grant: returns what gives access tokens to programs.
        connect_mailbox: returns the use case that connects a mailbox.
        send_samples: returns what sends samples of notices, by where the console is.
        own_browsers: returns the use case of a person's browsers.
        console_url: where people reach the console, as `Call.address_by` reads it.
    """

    @cache
    def calls() -> SettingsCalls:
        from settings_api.routes.answering import SettingsCalls

        return SettingsCalls(
            caller, use.read, use.write, use.delete, use.person_states, use.idempotent_call, console_url
        )

    def directory() -> list[Blueprint]:
        from settings_api.routes.people import people_routes
        from settings_api.routes.things import things_routes

        return [people_routes(calls()), things_routes(calls())]

    def keys() -> list[Blueprint]:
        from settings_api.routes.keys import keys_routes

        return [keys_routes(caller, use.keys, use.capacities, use.waits_under_key, use.idempotent_call)]

    def account() -> list[Blueprint]:
        from settings_api.routes.account import account_routes

        return [account_routes(caller, use.account)]

    def samples() -> list[Blueprint]:
        from settings_api.notices.samples import sample_routes

        return [sample_routes(calls(), send_samples)]

    def tokens() -> list[Blueprint]:
        from settings_api.routes.tokens import tokens_routes

        return [tokens_routes(caller, use.own_tokens, use.idempotent_call)]

    def notification_settings() -> list[Blueprint]:
        from settings_api.routes.notification_settings import notification_settings_routes

        return [notification_settings_routes(caller, use.preferences)]

    def notifications() -> list[Blueprint]:
        from settings_api.inbox.notifications import notification_routes

        return [notification_routes(caller, use.own_inbox)]

    def push() -> list[Blueprint]:
        from settings_api.inbox.push import push_routes

        return [push_routes(caller, own_browsers())]

    def oauth() -> list[Blueprint]:
        from settings_api.routes.oauth import oauth_routes

        return [oauth_routes(grant())]

    def importing() -> list[Blueprint]:
        from settings_api.routes.importing import importing_routes

        return [importing_routes(calls(), use.import_directory)]

    def alert_rules() -> list[Blueprint]:
        from settings_api.routes.backtests import backtest_routes
        from settings_api.routes.rule_parts import rule_parts_routes
        from settings_api.routes.rule_verbs import rule_verbs_routes
        from settings_api.routes.rules import rules_routes

        return [
            rules_routes(caller, rules.read, rules.manage, use.idempotent_call),
            rule_verbs_routes(
                caller,
                rules=rules.read,
                manage=rules.manage,
                test_rule=lambda: rules.test,
                account=rules.account,
                answers_kept=use.idempotent_call,
                console_url=console_url,
            ),
            backtest_routes(caller, rules.read, rules.manage, lambda: rules.start_backtest, use.idempotent_call),
            rule_parts_routes(caller, rules.read, rules.parts, rules.sample_requests, use.idempotent_call),
        ]

    def sources() -> list[Blueprint]:
        from settings_api.routes.event_sources import event_source_routes

        return [event_source_routes(calls(), rules.manage_sources)]

    def integrations() -> list[Blueprint]:
        from settings_api.integrations.routes import integration_routes

        return [integration_routes(calls(), integration_use.manage)]

    def integration_alerts() -> list[Blueprint]:
        from settings_api.integrations.alert_routes import integration_alert_routes

        return [integration_alert_routes(calls(), integration_use.alerts)]

    def events() -> list[Blueprint]:
        from settings_api.routes.events import event_routes

        notices = rules.explain_notices
        return [event_routes(caller, rules.read_events, rules.explain_events, rules.read_mails, notices)]

    def mail_messages() -> list[Blueprint]:
        from settings_api.routes.mail_messages import mail_message_routes

        return [mail_message_routes(caller, rules.read_mails)]

    def reading_rules() -> list[Blueprint]:
        from settings_api.routes.events import rule_reading_routes

        return [rule_reading_routes(caller, rules.explain_events, rules.read_history)]

    def tenant_mail() -> list[Blueprint]:
        from settings_api.routes.mail import mail_routes

        return [mail_routes(caller, mail.settings, lambda: mail.test, use.idempotent_call)]

    def mail_templates() -> list[Blueprint]:
        from settings_api.routes.mail_templates import mail_template_routes

        return [mail_template_routes(caller, mail.templates, lambda: mail.test, use.idempotent_call)]

    def connecting() -> list[Blueprint]:
        from settings_api.routes.mail_connect import mail_connect_routes

        return [mail_connect_routes(calls(), connect_mailbox)]

    def appointments() -> list[Blueprint]:
        from settings_api.routes.appointments import appointment_routes

        return [appointment_routes(calls(), reminders.manage)]

    return [
        LateRoutes(["/keys"], keys),
        LateRoutes(["/account"], account),
        LateRoutes(["/users/me/notification_settings/sample"], samples),
        LateRoutes(["/users/me/tokens"], tokens),
        LateRoutes(["/users/me/notification_settings", "/users/{id}/notification_settings"], notification_settings),
        LateRoutes(["/users/me/notifications"], notifications),
        LateRoutes(["/push_key", "/users/me/push_subscriptions"], push),
        LateRoutes(["/oauth"], oauth),
        LateRoutes(["/directory/imports"], importing),
        LateRoutes(["/alert_rules/{id}/explain", "/alert_rules/{id}/history"], reading_rules),
        LateRoutes(["/alert_rules", "/backtests"], alert_rules),
        LateRoutes(["/event_sources"], sources),
        LateRoutes(["/integrations"], integrations),
        LateRoutes(["/integration_alerts"], integration_alerts),
        LateRoutes(["/events"], events),
        LateRoutes(["/appointments"], appointments),
        LateRoutes(["/tenant/notification/connect"], connecting),
        LateRoutes(["/tenant/notification/messages"], mail_messages),
        LateRoutes(["/tenant/notification"], tenant_mail),
        LateRoutes(["/default_email_templates", "/custom_email_templates"], mail_templates),
        LateRoutes(["/directory", *(f"/{kind.value}" for kind in Kind)], directory),
    ]
