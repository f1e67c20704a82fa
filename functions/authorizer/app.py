"""The authorizer of the resources. Handler: `authorizer.app.handler`."""

from __future__ import annotations

from authorizer.handler import authorizer_handler
from authorizer.settings import Settings
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.entrypoint.process import observability
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.identity.application.authenticate import Authenticate

settings = Settings.from_environ()
observability.configure("authorizer")
aws = AwsClients()
table = Table(aws.dynamodb, settings.table_name)
sealer = KmsSealer(aws.kms, aws.dynamodb, settings.table_name, settings.key_id, utc_now, SystemRandomness())
keys = DynamoDbApiKeyRepository(table, sealer, utc_now)

handler = authorizer_handler(Authenticate(keys, sealer))
