"""The alerts API. Handler: `alerts_api.app.app`."""

from __future__ import annotations

import gc

from alerts_api.blueprints import blueprints
from alerts_api.settings import Settings
from tocsin.adapters.audio.intake import AudioIntake
from tocsin.adapters.aws.clients import AwsClients
from tocsin.bootstrap.api import ApiUseCases
from tocsin.bootstrap.authenticating import checks_access
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import may_send
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.http.app import create_app

SERVICE = "alerts_api"

settings = Settings.from_environ()
clients = AwsClients()
storage = Storage.of(settings, clients)
use = ApiUseCases(
    storage,
    Queues(clients.sqs, settings),
    service=SERVICE,
    email_domain=settings.email_domain,
    link_base=settings.link_base_url,
    open_egress=settings.open_egress,
    decode=AudioIntake(),
    check_access=checks_access(settings),
    may_send=may_send(storage, sending=settings.sending == "on", restored=bool(settings.restored_table)),
)

app = create_app(SERVICE)
app.add(blueprints(use))

app.make_before_a_snapshot()

# These objects live as long as the process. The first full collection of them would add 0.1 s to a send.
gc.freeze()
