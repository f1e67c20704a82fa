"""The settings API. Handler: `settings_api.app.app`."""

from __future__ import annotations

from collections.abc import Callable

from settings_api.blueprints import blueprints
from settings_api.caller import authorized_caller
from settings_api.settings import Settings
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.cognito.provider import CognitoIdentityProvider
from tocsin.bootstrap.alert_rules import RuleUseCases
from tocsin.bootstrap.browsers.pushing import own_browsers
from tocsin.bootstrap.directory import DirectoryUseCases
from tocsin.bootstrap.integrations.use_cases import IntegrationUseCases
from tocsin.bootstrap.people.password_grants import password_grants
from tocsin.bootstrap.people.system_mail import system_mail
from tocsin.bootstrap.personal_notices import sample_sender
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.reminders.managing import ReminderUseCases
from tocsin.bootstrap.restoring import may_send
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.tenant_mail.connecting import mailbox_connection
from tocsin.bootstrap.tenant_mail.managing import MailUseCases
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.entrypoint.http.app import create_app

SERVICE = "settings_api"

settings = Settings.from_environ()
clients = AwsClients()
storage = Storage(clients, table_name=settings.table_name, key_id=settings.key_id)
provider = CognitoIdentityProvider(clients.cognito, settings.user_pool_id, settings.user_pool_client_id)
queues = Queues(clients.sqs, settings)
use = DirectoryUseCases(storage, provider, mail=system_mail(storage, queues), queues=queues)


def check_sending() -> Callable[[], None]:
    """Return what raises Restoring while nothing is sent."""
    return may_send(storage, sending=settings.sending == "on", restored=bool(settings.restored_table))


rules = RuleUseCases(
    storage,
    queues,
    service=SERVICE,
    may_send=check_sending,
    open_egress=settings.open_egress,
    sms_provider=settings.sms_provider,
)
mail = MailUseCases.of(settings, storage, queues, service=SERVICE, may_send=check_sending)
integration_use = IntegrationUseCases(storage, queues, service=SERVICE, may_send=check_sending)

grant = password_grants(storage, provider, limited=not settings.open_egress)  # on the local engine all share a source

app = create_app(SERVICE)
app.add(
    blueprints(
        use=use,
        rules=rules,
        mail=mail,
        integration_use=integration_use,
        reminders=ReminderUseCases(storage, queues.timers),
        caller=authorized_caller,
        grant=grant,
        send_samples=sample_sender(storage, queues, service=SERVICE, may_send=check_sending),
        connect_mailbox=mailbox_connection(storage, queues, clients=clients, settings=settings),
        own_browsers=lambda: own_browsers(storage, EgressPolicy(loopback=settings.open_egress)),
        console_url=settings.console_url,
    )
)

app.make_before_a_snapshot()
