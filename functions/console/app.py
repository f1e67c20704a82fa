"""The console. Handler: `console.app.app`."""

from __future__ import annotations

import gc

from console.blueprints import blueprints
from console.rendering import load_templates
from console.settings import Settings
from tocsin.adapters.audio.intake import AudioIntake
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.cognito.provider import CognitoIdentityProvider
from tocsin.bootstrap.alert_rules import RuleUseCases
from tocsin.bootstrap.api import ApiUseCases
from tocsin.bootstrap.directory import DirectoryUseCases
from tocsin.bootstrap.people.company_sign_in import company_sign_in
from tocsin.bootstrap.people.system_mail import system_mail
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import may_send
from tocsin.bootstrap.signing_in import SigningIn
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.tenant_mail.connecting import mailbox_connection
from tocsin.bootstrap.tenant_mail.managing import MailUseCases
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.http.cookies import Cookies
from tocsin.sign_in.domain.throttle import ThrottleSettings

SERVICE = "console"

settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
provider = CognitoIdentityProvider(clients.cognito, settings.user_pool_id, settings.user_pool_client_id)
queues = Queues(clients.sqs, settings)
guard = may_send(storage, sending=settings.sending == "on", restored=bool(settings.restored_table))
use = ApiUseCases(
    storage,
    queues,
    service=SERVICE,
    email_domain=settings.email_domain,
    link_base=settings.link_base_url,
    open_egress=settings.open_egress,
    decode=AudioIntake(),
    may_send=guard,
)
rules = RuleUseCases(
    storage,
    queues,
    service=SERVICE,
    may_send=lambda: guard,
    open_egress=settings.open_egress,
    sms_provider=settings.sms_provider,
)
throttle = ThrottleSettings() if settings.secure_cookies else ThrottleSettings(per_source=None)  # locally all share one
signing_in = SigningIn(storage, provider, throttle=throttle)
app = create_app(SERVICE)
app.add(
    blueprints(
        storage=storage,
        use=use,
        signing_in=signing_in,
        people=DirectoryUseCases(storage, provider, mail=system_mail(storage, queues), queues=queues),
        rules=rules,
        mail=MailUseCases.of(settings, storage, queues, service=SERVICE, may_send=lambda: guard),
        queues=queues,
        cookies=Cookies(local=not settings.secure_cookies),
        console_url=settings.console_url,
        simulator=settings.simulator_url,
        login_url=settings.managed_login_url,
        company=company_sign_in(signing_in, storage, settings),
        connect_mailbox=mailbox_connection(storage, queues, clients=clients, settings=settings),
    )
)

if app.make_before_a_snapshot():
    load_templates()

# These objects live as long as the process. The first full collection of them would add 0.1 s to a page.
gc.freeze()
