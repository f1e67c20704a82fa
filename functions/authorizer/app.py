"""The authorizer of the resources. Handler: `authorizer.app.handler`."""

from __future__ import annotations

from authorizer.handler import authorizer_handler
from authorizer.settings import Settings
from tocsin.adapters.aws.clients import AwsClients
from tocsin.bootstrap.authenticating import authenticate_caller
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.process import observability

settings = Settings.from_environ()
observability.configure("authorizer")
storage = Storage(AwsClients(), table_name=settings.table_name, key_id=settings.key_id)

handler = authorizer_handler(authenticate_caller(storage))
